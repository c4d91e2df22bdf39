package io.cairn.chaos.generator;

import java.util.ArrayList;
import java.util.List;

/** Calls without an end. */
record Calls(Seed seed, long made, Generators.CallMaker maker) implements Generator {
  @Override
  public Step next(Context context) {
    if (context.free().isEmpty()) {
      return new Step.Pending(this);
    }
    Seed own = seed.child(made);
    List<Integer> free = new ArrayList<>(context.free());
    int thread = free.get(own.child("thread").random().nextInt(free.size()));
    Call call = maker.make(own.random(), made);
    return new Step.Emit(
        new Invocation(
            context.timeNanos(), thread, context.process(thread), call.f(), call.value()),
        new Calls(seed, made + 1, maker));
  }
}
