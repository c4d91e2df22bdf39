package io.cairn.client.internal;

import io.cairn.client.CairnException;
import io.cairn.client.Fault;
import io.cairn.client.Lost;
import io.cairn.client.job.JobHandler;
import io.cairn.client.job.RunningTask;
import io.cairn.client.job.Worker;
import io.cairn.client.job.WorkerFencedException;
import io.cairn.protocol.v1.Command;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A worker as its process sees it: starts it, shows what it has, and stops it. Any thread. */
final class RunningWorker implements Worker {
  private static final Logger LOG = LoggerFactory.getLogger(RunningWorker.class);
  private static final Duration INTERRUPTED_GRACE = Duration.ofSeconds(1);
  private static final long FAREWELL_MILLIS = 2_000;

  private final WorkerParts parts;
  private final Client client;
  private final WorkerSetup setup;
  private final Membership membership;
  private final Assignments assignments;
  private final HandlerPool pool;
  private final FaultReading faults;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Object idle = new Object();
  private volatile Optional<WorkerFencedException> failure = Optional.empty();
  private volatile Optional<Thread> hook = Optional.empty();

  RunningWorker(WorkerParts parts, WorkerSetup setup) {
    this.parts = parts;
    this.client = parts.client();
    this.setup = setup;
    this.assignments = new Assignments(client, setup.capacity(), new TaskListener());
    this.membership = new Membership(client, setup, assignments, stopping::get, this::fenced);
    this.pool = new HandlerPool(setup.capacity(), setup.threads());
    this.faults = new FaultReading(setup.classifiers());
  }

  /** Registers, or throws. Not on the loop. */
  void begin() {
    try {
      client.requests().await(membership.begin());
    } catch (CairnException e) {
      stopping.set(true);
      pool.close();
      stopped.countDown();
      throw e;
    }
    parts.running().add(this);
    if (setup.hooked()) {
      hook();
    }
  }

  private void hook() {
    Thread closing = stopping(setup.grace());
    hook = Optional.of(closing);
    try {
      Runtime.getRuntime().addShutdownHook(closing);
    } catch (IllegalStateException e) {
      LOG.info("worker '{}' stops: its process ends already", setup.id(), e);
      close();
    }
  }

  private Thread stopping(Duration grace) {
    return new Thread(() -> stop(grace), "cairn-worker-stop-" + setup.id());
  }

  @Override
  public String id() {
    return setup.id();
  }

  @Override
  public String node() {
    return setup.node();
  }

  @Override
  public long epoch() {
    return membership.epoch();
  }

  @Override
  public boolean isRunning() {
    return !stopping.get();
  }

  @Override
  public Optional<WorkerFencedException> failure() {
    return failure;
  }

  @Override
  public List<RunningTask> tasks() {
    return assignments.all().stream()
        .map(
            assignment ->
                new RunningTask(
                    assignment.owned().name(),
                    assignment.owned().epoch(),
                    assignment.start().map(start -> start.getHandler()).orElse(""),
                    assignment.start().map(start -> start.getTask().getAttempt()).orElse(0L),
                    assignment.progress().done(),
                    assignment.progress().total()))
        .toList();
  }

  @Override
  public void drain() {
    membership.drain();
  }

  @Override
  public boolean awaitIdle(Duration timeout) {
    long startNanos = System.nanoTime();
    synchronized (idle) {
      while (!assignments.all().isEmpty()) {
        long leftNanos = NanoClock.nanosOf(timeout) - (System.nanoTime() - startNanos);
        if (leftNanos <= 0) {
          return false;
        }
        try {
          TimeUnit.NANOSECONDS.timedWait(idle, leftNanos);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return false;
        }
      }
    }
    return true;
  }

  @Override
  public void awaitStop() throws InterruptedException {
    stopped.await();
  }

  @Override
  public void close() {
    stop(setup.grace());
  }

  @Override
  public void stop(Duration grace) {
    if (pool.isCurrent() || client.callbacks().isCurrent()) {
      // To wait here were to wait for this very handler, or for what it is to be told by.
      if (isRunning()) {
        stopping(grace).start();
      }
      return;
    }
    if (!stopping.compareAndSet(false, true)) {
      awaitStopped(grace);
      return;
    }
    try {
      drain();
      assignments.all().forEach(task -> task.stop(client.callbacks()::run));
      if (!awaitIdle(grace)) {
        LOG.info("worker '{}' interrupts {} handlers", setup.id(), assignments.all().size());
        assignments.all().forEach(this::abort);
        awaitIdle(INTERRUPTED_GRACE);
      }
      farewell();
    } finally {
      ended();
    }
  }

  /** The client is closed: handlers are interrupted, and nothing more is told. Any thread. */
  void abandon() {
    if (stopping.compareAndSet(false, true)) {
      // First they are lost, then interrupted: an interrupt is no fault of theirs.
      assignments.all().forEach(task -> task.lose(Lost.Reason.LEASE_RAN_OUT));
      ended();
    }
  }

  /** Takes the task from its handler, which may go on in vain, and gives it back. */
  private void abort(Assignment task) {
    onLoop(
        () -> {
          if (task.isAlive() && !task.isEnding()) {
            Command release = TaskWriteCalls.release(task.owned());
            task.lose(Lost.Reason.TOLD);
            CompletableFuture<?> unused = client.requests().command(release);
          }
        });
  }

  private void farewell() {
    Optional<Registration> last = membership.registration();
    onLoop(membership::silence);
    if (last.isEmpty()) {
      return;
    }
    try {
      membership.leave(last.get()).get(FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
      LOG.debug("no answer to the farewell of worker '{}': its lease expires", setup.id(), e);
    }
  }

  private void awaitStopped(Duration grace) {
    try {
      long millis =
          TimeUnit.NANOSECONDS.toMillis(NanoClock.nanosOf(grace))
              + INTERRUPTED_GRACE.toMillis()
              + FAREWELL_MILLIS;
      if (!stopped.await(millis, TimeUnit.MILLISECONDS)) {
        LOG.warn("worker '{}' has not stopped within {} ms", setup.id(), millis);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void ended() {
    pool.close();
    parts.running().remove(this);
    stopped.countDown();
    hook.ifPresent(
        thread -> {
          try {
            Runtime.getRuntime().removeShutdownHook(thread);
          } catch (IllegalStateException e) {
            LOG.trace("the process ends", e);
          }
        });
  }

  private void fenced(Registration before) {
    WorkerFencedException why = new WorkerFencedException(setup.id(), before.epoch());
    if (stopping.compareAndSet(false, true)) {
      failure = Optional.of(why);
      LOG.error("{}", why.getMessage());
      ended();
      client.callbacks().run(() -> setup.onFenced().accept(why));
    }
  }

  private void onLoop(Runnable work) {
    client.requests().context().loop().execute(work);
  }

  private void changed() {
    synchronized (idle) {
      idle.notifyAll();
    }
  }

  /** What becomes of tasks. On the loop. */
  private final class TaskListener implements Assignments.Listener {
    @Override
    public void run(Assignment assignment) {
      String name = assignment.start().orElseThrow().getHandler();
      JobHandler handler =
          Optional.ofNullable(setup.handlers().get(name))
              .orElse(
                  context -> {
                    throw new IllegalStateException("this worker has no handler '" + name + "'");
                  });
      HandlerContext context = new HandlerContext(parts, setup, assignment);
      if (stopping.get()) {
        assignment.stop(client.callbacks()::run);
      }
      membership.taskBegun();
      try {
        if (!pool.run(new HandlerRun(handler, context, assignment, faults, assignments))) {
          assignments.freed(assignment);
        }
      } catch (OutOfMemoryError e) {
        LOG.error("no thread for {}", assignment.owned(), e);
        Fault fault = faults.of(e, context.facts());
        assignments.end(
            assignment, TaskWriteCalls.failure(context.taskName(), context.epoch(), fault));
        assignments.freed(assignment);
      }
    }

    @Override
    public void missed() {
      membership.askSoon();
    }

    @Override
    public void changed() {
      RunningWorker.this.changed();
    }
  }
}
