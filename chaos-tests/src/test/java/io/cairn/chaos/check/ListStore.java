package io.cairn.chaos.check;

import io.cairn.chaos.check.Simulation.Call;
import io.cairn.chaos.check.Simulation.Effect;
import io.cairn.chaos.history.Keyword;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Lists in transactions, as they should be. */
final class ListStore implements Simulation.Store {
  private static final Keyword APPEND = new Keyword("append");
  private static final Keyword READ = new Keyword("r");

  private final int keys;
  private final Map<Object, List<Object>> lists = new HashMap<>();
  private long next;

  ListStore(int keys) {
    this.keys = keys;
  }

  @Override
  public Call next(Random random, int client) {
    List<Object> txn = new ArrayList<>();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      // Lists are left behind, so that they do not grow for ever.
      long key = next / 100 + random.nextInt(keys);
      txn.add(
          random.nextBoolean()
              ? List.of(APPEND, key, next++)
              : Collections.unmodifiableList(Arrays.asList(READ, key, null)));
    }
    return new Call(client, "txn", txn);
  }

  @Override
  public Effect apply(Call call) {
    List<Object> done = new ArrayList<>();
    for (Object micro : (List<?>) call.value()) {
      List<?> parts = (List<?>) micro;
      List<Object> list = lists.computeIfAbsent(parts.get(1), k -> new ArrayList<>());
      if (parts.get(0).equals(APPEND)) {
        list.add(parts.get(2));
        done.add(micro);
      } else {
        done.add(List.of(READ, parts.get(1), List.copyOf(list)));
      }
    }
    return new Effect(done);
  }
}
