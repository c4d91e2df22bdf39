package io.cairn.chaos.generator;

import io.cairn.chaos.history.Op;
import java.util.function.IntPredicate;

/** Sees some threads only, and hears of their events only. */
record OnThreads(IntPredicate threads, Generator of) implements Generator {
  @Override
  public Step next(Context context) {
    Step step = of.next(context.only(threads));
    if (step instanceof Step.Emit emit) {
      return new Step.Emit(emit.invocation(), new OnThreads(threads, emit.rest()));
    }
    return step instanceof Step.Pending pending
        ? new Step.Pending(new OnThreads(threads, pending.rest()))
        : step;
  }

  @Override
  public Generator update(Context context, Op event) {
    return threads.test(context.threadOf(event.process()))
        ? new OnThreads(threads, of.update(context.only(threads), event))
        : this;
  }
}
