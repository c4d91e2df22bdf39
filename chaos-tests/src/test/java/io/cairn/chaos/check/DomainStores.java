package io.cairn.chaos.check;

import io.cairn.chaos.check.Simulation.Call;
import io.cairn.chaos.check.Simulation.Effect;
import io.cairn.chaos.check.Simulation.Store;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * Stores for the domain checkers. Each breaks its promise in the way that it is told to, or none.
 */
final class DomainStores {
  private DomainStores() {}

  /** A set. Bugs: {@code lose}, {@code double}. */
  static final class Elements implements Store {
    private final String bug;
    private final Set<Object> elements = new LinkedHashSet<>();
    private long next;

    Elements(String bug) {
      this.bug = bug;
    }

    @Override
    public Call next(Random random, int client) {
      return random.nextInt(5) == 0
          ? new Call(client, "read", null)
          : new Call(client, "add", next++);
    }

    @Override
    public Effect apply(Call call) {
      if (call.f().equals("read")) {
        List<Object> read = new ArrayList<>(elements);
        if (bug.equals("double") && read.size() > 10) {
          read.add(read.get(3));
        }
        return new Effect(read);
      }
      if (!bug.equals("lose") || (Long) call.value() % 50 != 7) {
        elements.add(call.value());
      }
      return new Effect(call.value());
    }
  }

  /** A counter. Bugs: {@code twice}, {@code lose}, {@code stale}. */
  static final class Counter implements Store {
    private final String bug;
    private long sum;
    private long before;
    private long adds;

    Counter(String bug) {
      this.bug = bug;
    }

    @Override
    public Call next(Random random, int client) {
      return random.nextInt(4) == 0
          ? new Call(client, "read", null)
          : new Call(client, "add", 1L + random.nextInt(5));
    }

    @Override
    public Effect apply(Call call) {
      if (call.f().equals("read")) {
        return new Effect(bug.equals("stale") ? before / 2 : sum);
      }
      before = sum;
      adds++;
      boolean isHit = adds % 10 == 0;
      int times = isHit && bug.equals("twice") ? 2 : isHit && bug.equals("lose") ? 0 : 1;
      sum += times * (Long) call.value();
      return new Effect(call.value());
    }
  }

  /** A bank. Bugs: {@code create}, {@code overdraw}, {@code stale}. */
  static final class Bank implements Store {
    private final String bug;
    private final Map<Object, Object> balances = new TreeMap<>();
    private Map<Object, Object> old;

    Bank(String bug) {
      this.bug = bug;
      for (long account = 0; account < 5; account++) {
        balances.put(account, 20L);
      }
      old = new HashMap<>(balances);
    }

    @Override
    public Call next(Random random, int client) {
      if (random.nextInt(3) == 0) {
        return new Call(client, "read", null);
      }
      long from = random.nextInt(5);
      long to = (from + 1 + random.nextInt(4)) % 5;
      return new Call(
          client, "transfer", Map.of("from", from, "to", to, "amount", 1L + random.nextInt(9)));
    }

    @Override
    public Effect apply(Call call) {
      if (call.f().equals("read")) {
        return new Effect(new HashMap<>(bug.equals("stale") ? old : balances));
      }
      Map<?, ?> transfer = (Map<?, ?>) call.value();
      long amount = (Long) transfer.get("amount");
      long left = (Long) balances.get(transfer.get("from")) - amount;
      if (left < 0 && !bug.equals("overdraw")) {
        return null;
      }
      if (!bug.equals("create") || amount != 3) {
        balances.put(transfer.get("from"), left);
      }
      balances.put(transfer.get("to"), (Long) balances.get(transfer.get("to")) + amount);
      return new Effect(call.value());
    }
  }

  /** A lock whose lease may end at any time. Bugs: {@code unfenced}, {@code token}. */
  static final class Lock implements Store {
    private final String bug;
    private final Map<Integer, Long> tokens = new HashMap<>();
    private long token;
    private long highest;

    Lock(String bug) {
      this.bug = bug;
    }

    @Override
    public Call next(Random random, int client) {
      Long held = tokens.get(client);
      if (held == null || random.nextInt(6) == 0) {
        return new Call(client, "acquire", null);
      }
      return new Call(client, "write", Map.of("token", held, "v", (long) random.nextInt(100)));
    }

    @Override
    public Effect apply(Call call) {
      if (call.f().equals("acquire")) {
        token++;
        return new Effect(Map.of("token", bug.equals("token") && token % 9 == 0 ? 3L : token));
      }
      long used = (Long) ((Map<?, ?>) call.value()).get("token");
      if (used < highest && !bug.equals("unfenced")) {
        return null;
      }
      highest = Math.max(highest, used);
      return new Effect(call.value());
    }

    @Override
    public void answered(Call call, Effect effect) {
      if (call.f().equals("acquire") && effect != null) {
        tokens.put(call.client(), (Long) ((Map<?, ?>) effect.value()).get("token"));
      }
    }
  }

  /** A log that is watched. Bugs: {@code miss}, {@code double}, {@code swap}, {@code other}. */
  static final class Log implements Store {
    private final String bug;
    private final Map<Integer, Long> seen = new HashMap<>();
    private final List<Map<String, Object>> events = new ArrayList<>();
    private long next;

    Log(String bug) {
      this.bug = bug;
    }

    @Override
    public Call next(Random random, int client) {
      return random.nextInt(4) == 0
          ? new Call(client, "watch", null)
          : new Call(client, "put", Map.of("k", (long) random.nextInt(5), "v", next++));
    }

    @Override
    public Effect apply(Call call) {
      if (call.f().equals("put")) {
        Map<?, ?> put = (Map<?, ?>) call.value();
        Map<String, Object> event =
            Map.of("rev", events.size() + 1L, "k", put.get("k"), "v", put.get("v"));
        events.add(event);
        return new Effect(event);
      }
      long from = seen.getOrDefault(call.client(), 0L);
      List<Map<String, Object>> shown = new ArrayList<>(events.subList((int) from, events.size()));
      if (shown.size() > 3 && call.client() == 1) {
        breakUp(shown);
      }
      seen.put(call.client(), (long) events.size());
      return new Effect(Map.of("from", from, "to", (long) events.size(), "events", shown));
    }

    private void breakUp(List<Map<String, Object>> shown) {
      switch (bug) {
        case "miss" -> shown.remove(1);
        case "double" -> shown.add(1, shown.get(1));
        case "swap" -> shown.add(1, shown.remove(2));
        case "other" -> {
          Map<String, Object> event = new HashMap<>(shown.get(1));
          event.put("v", -1L);
          shown.set(1, event);
        }
        default -> {}
      }
    }
  }
}
