package io.cairn.chaos.generator;

import io.cairn.chaos.history.Op;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Groups of threads, each at one key; {@code groups} has who has begun, {@code nextKey} is free.
 */
record Independent(
    int groupSize, LongFunction<Generator> byKey, Map<Integer, Keyed> groups, long nextKey)
    implements Generator {

  /** A key, and what is left for it. */
  record Keyed(long key, Generator left) {}

  @Override
  public Step next(Context context) {
    int groupCount = groupCount(context);
    Map<Integer, Keyed> left = new TreeMap<>(groups);
    long free = nextKey;
    Step.@Nullable Emit soonest = null;
    int soonestGroup = -1;
    for (int i = 0; i < groupCount; i++) {
      int group = i;
      Context seen = context.only(thread -> groupOf(thread, groupCount) == group);
      Keyed keyed = left.get(group);
      // A key may be at an end at once, but not for ever: the caller's keys have calls.
      for (int tries = 0; tries < 2; tries++) {
        if (keyed == null) {
          keyed = new Keyed(free, byKey.apply(free));
          free++;
        }
        Step step = keyed.left().next(seen);
        if (step instanceof Step.Exhausted) {
          keyed = null;
          continue;
        }
        left.put(group, keyed);
        if (step instanceof Step.Pending pending) {
          left.put(group, new Keyed(keyed.key(), pending.rest()));
        } else if (step instanceof Step.Emit emit
            && (soonest == null
                || emit.invocation().timeNanos() < soonest.invocation().timeNanos())) {
          soonest = emit;
          soonestGroup = group;
        }
        break;
      }
    }
    if (soonest == null) {
      return new Step.Pending(new Independent(groupSize, byKey, left, free));
    }
    Keyed chosen = java.util.Objects.requireNonNull(left.get(soonestGroup));
    left.put(soonestGroup, new Keyed(chosen.key(), soonest.rest()));
    Invocation invocation = soonest.invocation();
    return new Step.Emit(
        invocation.withValue(Arrays.asList(chosen.key(), invocation.value())),
        new Independent(groupSize, byKey, left, free));
  }

  private int groupCount(Context context) {
    return Math.max(1, context.processes().size() / groupSize);
  }

  private int groupOf(int thread, int groupCount) {
    return Math.min(thread / groupSize, groupCount - 1);
  }

  @Override
  public Generator update(Context context, Op event) {
    int groupCount = groupCount(context);
    int group = groupOf(context.threadOf(event.process()), groupCount);
    Keyed keyed = groups.get(group);
    if (keyed == null
        || !(event.value() instanceof List<?> pair)
        || !(pair.get(0) instanceof Long key)
        || key != keyed.key()) {
      return this;
    }
    Map<Integer, Keyed> updated = new TreeMap<>(groups);
    Context seen = context.only(thread -> groupOf(thread, groupCount) == group);
    Generator told = keyed.left().update(seen, event.withValue(pair.get(1)));
    updated.put(group, new Keyed(keyed.key(), told));
    return new Independent(groupSize, byKey, updated, nextKey);
  }
}
