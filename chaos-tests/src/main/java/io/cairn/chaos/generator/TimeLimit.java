package io.cairn.chaos.generator;

import io.cairn.chaos.history.Op;

/** Ends some time after its first question; {@code endNanos} is negative until then. */
record TimeLimit(long limitNanos, long endNanos, Generator of) implements Generator {
  @Override
  public Step next(Context context) {
    long end = endNanos < 0 ? context.timeNanos() + limitNanos : endNanos;
    if (context.timeNanos() >= end) {
      return Step.EXHAUSTED;
    }
    Step step = of.next(context);
    if (step instanceof Step.Emit emit) {
      return emit.invocation().timeNanos() >= end
          ? Step.EXHAUSTED
          : new Step.Emit(emit.invocation(), new TimeLimit(limitNanos, end, emit.rest()));
    }
    return step instanceof Step.Pending pending
        ? new Step.Pending(new TimeLimit(limitNanos, end, pending.rest()))
        : step;
  }

  @Override
  public Generator update(Context context, Op event) {
    return new TimeLimit(limitNanos, endNanos, of.update(context, event));
  }
}
