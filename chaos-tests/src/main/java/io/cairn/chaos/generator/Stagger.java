package io.cairn.chaos.generator;

import io.cairn.chaos.history.Op;

/** Calls at random times; {@code nextNanos} is negative until the first. */
record Stagger(Seed seed, long made, long meanNanos, long nextNanos, Generator of)
    implements Generator {
  @Override
  public Step next(Context context) {
    Step step = of.next(context);
    if (step instanceof Step.Emit emit) {
      long due = nextNanos < 0 ? context.timeNanos() : nextNanos;
      Invocation invocation = emit.invocation().notBefore(due);
      long gap = seed.child(made).random().nextLong(Math.max(1, 2 * meanNanos));
      // From when it was due, so that the rate holds; but what was missed is not made up for.
      long base = Math.max(due, invocation.timeNanos() - 2 * meanNanos);
      return new Step.Emit(
          invocation, new Stagger(seed, made + 1, meanNanos, base + gap, emit.rest()));
    }
    return step instanceof Step.Pending pending
        ? new Step.Pending(new Stagger(seed, made, meanNanos, nextNanos, pending.rest()))
        : step;
  }

  @Override
  public Generator update(Context context, Op event) {
    return new Stagger(seed, made, meanNanos, nextNanos, of.update(context, event));
  }
}
