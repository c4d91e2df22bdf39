package io.cairn.chaos.check;

import io.cairn.chaos.check.Simulation.Call;
import io.cairn.chaos.check.Simulation.Effect;
import io.cairn.chaos.history.Keyword;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Registers with revisions; with a rate above 0, some reads are of the state before the newest. */
final class RegisterStore implements Simulation.Store {
  private final int keys;
  private final int values;
  private final Random random;
  private final double staleRate;
  private final boolean unique;
  private final Map<Long, Object> state = new HashMap<>();
  private final Map<Long, Object> older = new HashMap<>();
  private long revision;
  private long written;

  RegisterStore(int keys, int values, long seed, double staleRate, boolean unique) {
    this.keys = keys;
    this.values = values;
    this.random = new Random(seed + 1);
    this.staleRate = staleRate;
    this.unique = unique;
  }

  @Override
  public Call next(Random dice, int client) {
    long key = dice.nextInt(keys);
    long value = unique ? written++ : dice.nextInt(values);
    return switch (dice.nextInt(3)) {
      case 0 -> call(client, "read", key, null);
      case 1 -> call(client, "write", key, value);
      default ->
          call(
              client,
              "cas",
              key,
              List.of(state.getOrDefault(key, (long) dice.nextInt(values)), value));
    };
  }

  private Call call(int client, String f, long key, Object value) {
    return new Call(
        client, f, keys == 1 ? value : Collections.unmodifiableList(Arrays.asList(key, value)));
  }

  @Override
  public Effect apply(Call call) {
    long key = keys == 1 ? 0L : (Long) ((List<?>) call.value()).get(0);
    Object value = keys == 1 ? call.value() : ((List<?>) call.value()).get(1);
    switch (call.f()) {
      case "read" -> {
        boolean stale = random.nextDouble() < staleRate;
        Object read = (stale ? older : state).getOrDefault(key, Keyword.ABSENT);
        return new Effect(keys == 1 ? read : List.of(key, read), Map.of("read-revision", revision));
      }
      case "write" -> write(key, value);
      default -> {
        List<?> pair = (List<?>) value;
        if (!pair.get(0).equals(state.getOrDefault(key, Keyword.ABSENT))) {
          return null;
        }
        write(key, pair.get(1));
      }
    }
    return new Effect(call.value(), Map.of("revision", revision));
  }

  private void write(long key, Object value) {
    Object before = state.put(key, value);
    if (before != null) {
      older.put(key, before);
    }
    revision++;
  }
}
