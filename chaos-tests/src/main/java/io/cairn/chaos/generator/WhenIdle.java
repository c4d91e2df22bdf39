package io.cairn.chaos.generator;

/** Begins when all threads are free. */
record WhenIdle(Generator of) implements Generator {
  @Override
  public Step next(Context context) {
    return context.isIdle() ? of.next(context) : new Step.Pending(this);
  }
}
