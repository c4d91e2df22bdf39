package io.cairn.chaos.generator;

import io.cairn.chaos.history.Op;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whichever is due first. */
record Any(List<Generator> of) implements Generator {
  @Override
  public Step next(Context context) {
    List<Generator> left = new ArrayList<>();
    Step.@Nullable Emit soonest = null;
    int place = -1;
    for (Generator each : of) {
      Step step = each.next(context);
      if (step instanceof Step.Emit emit) {
        if (soonest == null || emit.invocation().timeNanos() < soonest.invocation().timeNanos()) {
          soonest = emit;
          place = left.size();
        }
        left.add(each);
      } else if (step instanceof Step.Pending pending) {
        left.add(pending.rest());
      }
    }
    if (soonest != null) {
      left.set(place, soonest.rest());
      return new Step.Emit(soonest.invocation(), new Any(left));
    }
    return left.isEmpty() ? Step.EXHAUSTED : new Step.Pending(new Any(left));
  }

  @Override
  public Generator update(Context context, Op event) {
    return new Any(of.stream().map(each -> each.update(context, event)).toList());
  }
}
