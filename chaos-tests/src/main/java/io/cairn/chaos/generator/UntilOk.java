package io.cairn.chaos.generator;

import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import java.util.HashSet;
import java.util.Set;

/** Goes on until one of the calls that it made, by {@code mine}, was ok. */
record UntilOk(Generator of, Set<Long> mine, boolean done) implements Generator {
  @Override
  public Step next(Context context) {
    if (done) {
      return Step.EXHAUSTED;
    }
    Step step = of.next(context);
    if (step instanceof Step.Emit emit) {
      Set<Long> more = new HashSet<>(mine);
      more.add(emit.invocation().process());
      return new Step.Emit(emit.invocation(), new UntilOk(emit.rest(), more, false));
    }
    return step instanceof Step.Pending pending
        ? new Step.Pending(new UntilOk(pending.rest(), mine, false))
        : step;
  }

  @Override
  public Generator update(Context context, Op event) {
    boolean ok = event.type() == OpType.OK && mine.contains(event.process());
    return new UntilOk(of.update(context, event), mine, done || ok);
  }
}
