package io.cairn.chaos.generator;

import io.cairn.chaos.history.Op;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The same for each thread; {@code begun} has what is left for those that have begun. */
record EachThread(Generator fresh, Map<Integer, Generator> begun) implements Generator {
  @Override
  public Step next(Context context) {
    Map<Integer, Generator> left = new TreeMap<>(begun);
    Step.@Nullable Emit soonest = null;
    boolean pending = false;
    for (int thread : context.processes().keySet()) {
      Step step = of(thread).next(context.only(each -> each == thread));
      if (step instanceof Step.Emit emit) {
        if (soonest == null || emit.invocation().timeNanos() < soonest.invocation().timeNanos()) {
          soonest = emit;
        }
      } else if (step instanceof Step.Pending waits) {
        left.put(thread, waits.rest());
        pending = true;
      } else {
        left.put(thread, Generators.none());
      }
    }
    if (soonest != null) {
      left.put(soonest.invocation().thread(), soonest.rest());
      return new Step.Emit(soonest.invocation(), new EachThread(fresh, left));
    }
    return pending ? new Step.Pending(new EachThread(fresh, left)) : Step.EXHAUSTED;
  }

  private Generator of(int thread) {
    return begun.getOrDefault(thread, fresh);
  }

  @Override
  public Generator update(Context context, Op event) {
    int thread = context.threadOf(event.process());
    Map<Integer, Generator> updated = new TreeMap<>(begun);
    updated.put(thread, of(thread).update(context.only(each -> each == thread), event));
    return new EachThread(fresh, updated);
  }
}
