package io.cairn.chaos.generator;

import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BiFunction;

/** Runs a generator in virtual time: what takes how long, and how it ends, comes from a seed. */
final class Simulation {
  private static final long TICK_NANOS = 1_000_000;
  private static final long TIME_NANOS_MAX = 3_600_000_000_000L;

  private record Ending(long timeNanos, int thread, Op op) {}

  private final int clients;
  private final SplittableRandom random;
  private final BiFunction<Op, SplittableRandom, OpType> ends;

  Simulation(int clients, long seed, BiFunction<Op, SplittableRandom, OpType> ends) {
    this.clients = clients;
    this.random = new SplittableRandom(seed);
    this.ends = ends;
  }

  /** Everything is ok. */
  static List<Op> run(int clients, Generator generator) {
    return new Simulation(clients, 1, (op, random) -> OpType.OK).run(generator);
  }

  List<Op> run(Generator generator) {
    List<Op> history = new ArrayList<>();
    PriorityQueue<Ending> endings =
        new PriorityQueue<>(Comparator.comparingLong(Ending::timeNanos));
    Context context = Context.of(clients);
    Generator left = generator;
    long now = 0;
    boolean exhausted = false;
    while (now < TIME_NANOS_MAX && !(exhausted && endings.isEmpty())) {
      Ending first = endings.peek();
      Step step = exhausted ? Step.EXHAUSTED : left.next(context.at(now));
      if (step instanceof Step.Emit emit && emit.invocation().timeNanos() <= now) {
        Invocation made = emit.invocation();
        Op op = op(history, now, OpType.INVOKE, made.process(), made.f(), made.value());
        context = context.at(now).withBusy(made.thread());
        left = emit.rest().update(context, op);
        endings.add(new Ending(now + 1 + random.nextLong(5 * TICK_NANOS), made.thread(), op));
        continue;
      }
      exhausted = step instanceof Step.Exhausted;
      if (step instanceof Step.Pending pending) {
        left = pending.rest();
      }
      long next = now + TICK_NANOS;
      if (step instanceof Step.Emit emit) {
        next = emit.invocation().timeNanos();
      }
      if (first != null && (exhausted || first.timeNanos() <= next)) {
        endings.poll();
        now = first.timeNanos();
        OpType type = ends.apply(first.op(), random);
        Op begun = first.op();
        Op op = op(history, now, type, begun.process(), begun.f(), begun.value());
        context = context.at(now).withFree(first.thread(), begun.process());
        left = left.update(context, op);
        if (type == OpType.INFO) {
          context = context.withFree(first.thread(), begun.process() + clients);
        }
      } else {
        now = next;
      }
    }
    return history;
  }

  private static Op op(
      List<Op> history, long now, OpType type, long process, String f, Object value) {
    Op op = new Op(history.size(), now, type, process, f, value, Map.of());
    history.add(op);
    return op;
  }

  /** Only what began. */
  static List<Op> invocations(List<Op> history) {
    return history.stream().filter(op -> op.type() == OpType.INVOKE).toList();
  }
}
