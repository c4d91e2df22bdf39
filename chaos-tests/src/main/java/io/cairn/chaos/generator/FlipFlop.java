package io.cairn.chaos.generator;

import io.cairn.chaos.history.Op;

/** Two that take turns; {@code turn} is next. */
record FlipFlop(Generator turn, Generator other) implements Generator {
  @Override
  public Step next(Context context) {
    Step step = turn.next(context);
    if (step instanceof Step.Emit emit) {
      return new Step.Emit(emit.invocation(), new FlipFlop(other, emit.rest()));
    }
    return step instanceof Step.Pending pending
        ? new Step.Pending(new FlipFlop(pending.rest(), other))
        : step;
  }

  @Override
  public Generator update(Context context, Op event) {
    return new FlipFlop(turn.update(context, event), other.update(context, event));
  }
}
