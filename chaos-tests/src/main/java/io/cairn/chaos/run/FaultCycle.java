package io.cairn.chaos.run;

import io.cairn.chaos.fault.Fault;
import io.cairn.chaos.generator.Context;
import io.cairn.chaos.generator.Generator;
import io.cairn.chaos.generator.Invocation;
import io.cairn.chaos.generator.Seed;
import io.cairn.chaos.generator.Step;
import io.cairn.chaos.history.Op;
import java.time.Duration;

/**
 * One fault again and again: it begins, lasts a while, ends, and is away for a while. Times count
 * from when it has begun or ended, and are between half of and one and a half times the mean.
 *
 * @param turn how many of its operations were given out
 * @param seen lines of the last one that were seen: its beginning, its end
 * @param dueNanos when the next one is due; negative until its first question
 */
record FaultCycle(Seed seed, Fault fault, Duration mean, long turn, int seen, long dueNanos)
    implements Generator {

  static FaultCycle of(Seed seed, Fault fault, Duration mean) {
    return new FaultCycle(seed.child(fault.name()), fault, mean, 0, 2, -1);
  }

  @Override
  public Step next(Context context) {
    if (dueNanos < 0) {
      // The first time earlier, so that a short run has it too.
      long first = context.timeNanos() + waitNanos(-1) / 2;
      return new Step.Pending(new FaultCycle(seed, fault, mean, turn, seen, first));
    }
    if (seen < 2 || !context.free().contains(Context.NEMESIS)) {
      return new Step.Pending(this);
    }
    boolean begins = turn % 2 == 0;
    Invocation invocation =
        new Invocation(
            Math.max(dueNanos, context.timeNanos()),
            Context.NEMESIS,
            Op.NEMESIS,
            (begins ? "start-" : "stop-") + fault.name(),
            begins ? fault.plan(turn / 2, seed.child(turn).child("plan").random()) : null);
    return new Step.Emit(invocation, new FaultCycle(seed, fault, mean, turn + 1, 0, dueNanos));
  }

  @Override
  public Generator update(Context context, Op event) {
    boolean mine =
        event.f().equals("start-" + fault.name()) || event.f().equals("stop-" + fault.name());
    if (!mine || seen >= 2) {
      return this;
    }
    long due = event.timeNanos() + waitNanos(turn);
    return new FaultCycle(seed, fault, mean, turn, seen + 1, due);
  }

  private long waitNanos(long n) {
    return (long) (mean.toNanos() * (0.5 + seed.child(n).child("wait").random().nextDouble()));
  }
}
