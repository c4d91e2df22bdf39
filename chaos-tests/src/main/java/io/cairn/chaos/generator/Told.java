package io.cairn.chaos.generator;

import io.cairn.chaos.history.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Calls that depend on what has happened: a state that each event changes.
 *
 * @param state immutable
 */
public record Told<S>(Seed seed, long made, S state, Rules<S> rules) implements Generator {

  /** How calls follow from a state, and a state from events. */
  public interface Rules<S> {
    /** The next call of {@code thread}. */
    Call call(S state, int thread, RandomGenerator random, long n);

    /** The state after {@code event}, which is one of {@code thread}. */
    S after(S state, int thread, Op event);
  }

  @Override
  public Step next(Context context) {
    if (context.free().isEmpty()) {
      return new Step.Pending(this);
    }
    Seed own = seed.child(made);
    List<Integer> free = new ArrayList<>(context.free());
    int thread = free.get(own.child("thread").random().nextInt(free.size()));
    Call call = rules.call(state, thread, own.random(), made);
    return new Step.Emit(
        new Invocation(
            context.timeNanos(), thread, context.process(thread), call.f(), call.value()),
        new Told<>(seed, made + 1, state, rules));
  }

  @Override
  public Generator update(Context context, Op event) {
    int thread = context.threadOf(event.process());
    return new Told<>(seed, made, rules.after(state, thread, event), rules);
  }
}
