package io.cairn.chaos.generator;

import io.cairn.chaos.history.Op;
import java.util.ArrayList;
import java.util.List;

/** One of several by chance. */
record Mix(Seed seed, long made, List<Generator> of) implements Generator {
  @Override
  public Step next(Context context) {
    List<Generator> left = new ArrayList<>(of);
    long turn = made;
    while (!left.isEmpty()) {
      int chosen = seed.child(turn).random().nextInt(left.size());
      Step step = left.get(chosen).next(context);
      if (step instanceof Step.Emit emit) {
        left.set(chosen, emit.rest());
        return new Step.Emit(emit.invocation(), new Mix(seed, made + 1, left));
      }
      if (step instanceof Step.Pending pending) {
        left.set(chosen, pending.rest());
        return new Step.Pending(new Mix(seed, made, left));
      }
      left.remove(chosen);
      turn++;
    }
    return Step.EXHAUSTED;
  }

  @Override
  public Generator update(Context context, Op event) {
    return new Mix(seed, made, of.stream().map(each -> each.update(context, event)).toList());
  }
}
