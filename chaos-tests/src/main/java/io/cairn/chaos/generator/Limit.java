package io.cairn.chaos.generator;

import io.cairn.chaos.history.Op;

/** So many calls, and no more. */
record Limit(long left, Generator of) implements Generator {
  @Override
  public Step next(Context context) {
    if (left <= 0) {
      return Step.EXHAUSTED;
    }
    Step step = of.next(context);
    if (step instanceof Step.Emit emit) {
      return new Step.Emit(emit.invocation(), new Limit(left - 1, emit.rest()));
    }
    return step instanceof Step.Pending pending
        ? new Step.Pending(new Limit(left, pending.rest()))
        : step;
  }

  @Override
  public Generator update(Context context, Op event) {
    return new Limit(left, of.update(context, event));
  }
}
