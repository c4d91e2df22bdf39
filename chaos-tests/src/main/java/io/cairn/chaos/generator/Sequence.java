package io.cairn.chaos.generator;

import io.cairn.chaos.history.Op;
import java.util.ArrayList;
import java.util.List;

/** One after the other. */
record Sequence(List<Generator> parts) implements Generator {
  @Override
  public Step next(Context context) {
    for (int i = 0; i < parts.size(); i++) {
      Step step = parts.get(i).next(context);
      if (step instanceof Step.Emit emit) {
        return new Step.Emit(emit.invocation(), from(i, emit.rest()));
      }
      if (step instanceof Step.Pending pending) {
        return new Step.Pending(from(i, pending.rest()));
      }
    }
    return Step.EXHAUSTED;
  }

  private Sequence from(int first, Generator head) {
    List<Generator> rest = new ArrayList<>(parts.subList(first, parts.size()));
    rest.set(0, head);
    return new Sequence(rest);
  }

  @Override
  public Generator update(Context context, Op event) {
    return parts.isEmpty() ? this : from(0, parts.get(0).update(context, event));
  }
}
