package io.cairn.chaos.generator;

import io.cairn.chaos.history.Op;

/** Says what is done next. */
public interface Generator {
  /** What is next, as seen from {@code context}. */
  Step next(Context context);

  /** The generator that knows that {@code event} has happened: a beginning, or an end. */
  default Generator update(Context context, Op event) {
    return this;
  }
}
