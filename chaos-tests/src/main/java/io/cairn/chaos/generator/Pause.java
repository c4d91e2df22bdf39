package io.cairn.chaos.generator;

/** Nothing for some time after the first question; {@code endNanos} is negative until then. */
record Pause(long nanos, long endNanos) implements Generator {
  @Override
  public Step next(Context context) {
    long end = endNanos < 0 ? context.timeNanos() + nanos : endNanos;
    return context.timeNanos() >= end ? Step.EXHAUSTED : new Step.Pending(new Pause(nanos, end));
  }
}
