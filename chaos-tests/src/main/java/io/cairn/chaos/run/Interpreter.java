package io.cairn.chaos.run;

import io.cairn.chaos.generator.Context;
import io.cairn.chaos.generator.Generator;
import io.cairn.chaos.generator.Invocation;
import io.cairn.chaos.generator.Step;
import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import io.cairn.chaos.workload.Completion;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Does what a generator says. The thread that calls {@link #run} asks the generator and writes the
 * history; threads of clients and of the nemesis do the work, one operation at a time each. After
 * an outcome that nobody knows a thread goes on under another process number.
 *
 * <p>An operation that takes longer than {@code opLimit} is interrupted; if it does not end even
 * then, its outcome is unknown, and another thread takes its place.
 */
public final class Interpreter implements AutoCloseable {
  private static final long WAIT_NANOS_MAX = 10_000_000;
  private static final long END_MILLIS_MAX = 5_000;

  /** Longer than any fault takes that still gets somewhere. */
  static final Duration NEMESIS_MAX = Duration.ofMinutes(20);

  private final Recorder recorder;
  private final int clientCount;
  private final long opLimitNanos;
  private final IntFunction<Worker.Duty> duties;
  private final BlockingQueue<Worker.Done> done;
  private final Map<Integer, Worker> workers = new HashMap<>();
  private final Map<Integer, Underway> underway = new HashMap<>();
  private Context context;
  private volatile boolean stopping;
  private Map<String, Object> marks = Map.of();

  /** An operation that has not ended. */
  private record Underway(Op invocation, long giveUpNanos, boolean interrupted) {}

  /**
   * An interpreter whose threads are all free.
   *
   * @param duties what each thread does, by its number; {@link Context#NEMESIS} is the nemesis
   */
  Interpreter(
      Recorder recorder, int clientCount, Duration opLimit, IntFunction<Worker.Duty> duties) {
    this.recorder = recorder;
    this.clientCount = clientCount;
    this.opLimitNanos = opLimit.toNanos();
    this.duties = duties;
    this.done = new ArrayBlockingQueue<>(2 * (clientCount + 1));
    this.context = Context.of(clientCount);
    context.processes().keySet().forEach(this::startWorker);
  }

  private void startWorker(int thread) {
    workers.put(thread, new Worker(thread, duties.apply(thread), done));
  }

  /** Begins nothing any more, and breaks off what is under way. Any thread. */
  public void stop() {
    stopping = true;
  }

  /** True if it was stopped. */
  public boolean isStopped() {
    return stopping;
  }

  /** Does all that the generator says; on return all threads are free. */
  public void run(Generator generator) throws InterruptedException {
    run(generator, true);
  }

  /** The same, also when the run was stopped: for what has to be ended. */
  void runToEnd(Generator generator) throws InterruptedException {
    run(generator, false);
  }

  /** The same, with further fields in the line in which each operation begins. */
  void run(Generator generator, Map<String, Object> fields) throws InterruptedException {
    marks = Map.copyOf(fields);
    try {
      run(generator, true);
    } finally {
      marks = Map.of();
    }
  }

  private void run(Generator generator, boolean mayStop) throws InterruptedException {
    Generator left = generator;
    long waitNanos = 0;
    boolean exhausted = false;
    while (true) {
      Worker.@Nullable Done ended =
          waitNanos == 0 ? done.poll() : done.poll(waitNanos, TimeUnit.NANOSECONDS);
      waitNanos = 0;
      if (ended != null) {
        left = completed(ended, left);
        continue;
      }
      left = overdue(left);
      if (stopping && mayStop) {
        exhausted = true;
      }
      if (exhausted) {
        if (underway.isEmpty()) {
          return;
        }
        waitNanos = WAIT_NANOS_MAX;
        continue;
      }
      context = context.at(recorder.nowNanos());
      Step step = left.next(context);
      if (step instanceof Step.Exhausted) {
        exhausted = true;
      } else if (step instanceof Step.Pending pending) {
        left = pending.rest();
        waitNanos = WAIT_NANOS_MAX / 10;
      } else if (step instanceof Step.Emit emit) {
        long early = emit.invocation().timeNanos() - context.timeNanos();
        if (early > 0) {
          waitNanos = Math.min(early, WAIT_NANOS_MAX); // asked again then: it has not begun
        } else {
          left = begun(emit);
        }
      }
    }
  }

  private Generator begun(Step.Emit emit) {
    Invocation invocation = emit.invocation();
    int thread = invocation.thread();
    boolean nemesis = thread == Context.NEMESIS;
    Op op =
        recorder.record(
            nemesis ? OpType.INFO : OpType.INVOKE,
            invocation.process(),
            invocation.f(),
            invocation.value(),
            nemesis ? Map.of() : marks);
    context = context.at(op.timeNanos()).withBusy(thread);
    // A fault is not broken off: that would leave its means behind. One that hangs ends the run.
    long giveUp = op.timeNanos() + (nemesis ? NEMESIS_MAX.toNanos() : opLimitNanos);
    underway.put(thread, new Underway(op, giveUp, false));
    worker(thread).give(op);
    return emit.rest().update(context, op);
  }

  private Generator completed(Worker.Done ended, Generator generator) {
    int thread = ended.by().threadNumber();
    if (workers.get(thread) != ended.by()) {
      return generator; // given up long ago
    }
    if (ended.failure() != null) {
      throw new IllegalStateException(
          "the harness broke in :" + ended.invocation().f() + ": " + ended.failure(),
          ended.failure());
    }
    return ended(thread, ended.invocation(), ended.completion(), generator);
  }

  private Generator ended(int thread, Op invocation, Completion completion, Generator generator) {
    boolean nemesis = thread == Context.NEMESIS;
    underway.remove(thread);
    Op op =
        recorder.record(
            nemesis ? OpType.INFO : completion.type(),
            invocation.process(),
            invocation.f(),
            completion.value(),
            completion.extras());
    context = context.at(op.timeNanos()).withFree(thread, invocation.process());
    Generator told = generator.update(context, op);
    if (!nemesis && op.type() == OpType.INFO) {
      context = context.withFree(thread, invocation.process() + clientCount);
    }
    return told;
  }

  private Generator overdue(Generator generator) {
    Generator told = generator;
    long now = recorder.nowNanos();
    for (Map.Entry<Integer, Underway> entry : Map.copyOf(underway).entrySet()) {
      int thread = entry.getKey();
      Underway op = entry.getValue();
      boolean client = thread != Context.NEMESIS;
      if (!client && now > op.giveUpNanos()) {
        throw new IllegalStateException(
            ":%s did not end within %d s".formatted(op.invocation().f(), NEMESIS_MAX.toSeconds()));
      }
      if (!op.interrupted() && client && (now > op.giveUpNanos() || stopping)) {
        worker(thread).interrupt();
        underway.put(thread, new Underway(op.invocation(), now + opLimitNanos, true));
      } else if (op.interrupted() && now > op.giveUpNanos()) {
        worker(thread).end();
        startWorker(thread);
        told =
            ended(
                thread,
                op.invocation(),
                Completion.unknown(op.invocation().value(), "it did not end"),
                told);
      }
    }
    return told;
  }

  private Worker worker(int thread) {
    return java.util.Objects.requireNonNull(workers.get(thread));
  }

  /** Ends all threads and their clients. */
  @Override
  public void close() {
    workers.values().forEach(Worker::end);
    long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(END_MILLIS_MAX);
    try {
      for (Worker worker : workers.values()) {
        long left = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
        if (!worker.awaitEnd(Math.max(1, left))) {
          worker.interrupt();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
