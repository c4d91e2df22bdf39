package io.cairn.chaos.check;

import io.cairn.chaos.check.Simulation.Call;
import io.cairn.chaos.check.Simulation.Effect;
import io.cairn.chaos.check.Simulation.Store;
import io.cairn.chaos.history.Keyword;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A task, its checkpoints and its log. A checkpoint covers the records there are, or with {@code
 * keepsAll} none. Bugs: {@code stale} (an old epoch is accepted), {@code epoch}, {@code
 * lose-record}, {@code double-record}, {@code swap-records}, {@code lose-checkpoint}, {@code torn},
 * {@code moved}.
 */
final class TaskStore implements Store {
  private final String bug;
  private final boolean keepsAll;
  private final Map<Integer, Long> epochs = new HashMap<>();
  private final Map<Integer, Call> again = new HashMap<>();
  private final List<Object> records = new ArrayList<>();
  private long epoch;
  private long seq;
  private Object data = Keyword.ABSENT;
  private long covered;
  private long next;
  private long nextSeq = 1;

  TaskStore(String bug, boolean keepsAll) {
    this.bug = bug;
    this.keepsAll = keepsAll;
  }

  @Override
  public Call next(Random random, int client) {
    Long held = epochs.get(client);
    if (held == null || random.nextInt(15) == 0) {
      return new Call(client, "claim", null);
    }
    Call last = again.remove(client);
    if (last != null && random.nextInt(4) == 0) {
      return last;
    }
    return switch (random.nextInt(6)) {
      case 0 -> new Call(client, "recover", null);
      case 1 ->
          new Call(
              client, "checkpoint", Map.of("epoch", held, "seq", nextSeq++, "data", "d" + next++));
      default -> new Call(client, "append", Map.of("epoch", held, "id", next++));
    };
  }

  @Override
  public Effect apply(Call call) {
    return switch (call.f()) {
      case "claim" -> {
        epoch++;
        yield new Effect(Map.of("epoch", bug.equals("epoch") && epoch % 5 == 0 ? 2L : epoch));
      }
      case "recover" -> recover();
      default -> {
        Map<?, ?> sent = (Map<?, ?>) call.value();
        if (!sent.get("epoch").equals(epoch) && !bug.equals("stale")) {
          yield null;
        }
        yield call.f().equals("append") ? append(sent) : checkpoint(sent);
      }
    };
  }

  private Effect append(Map<?, ?> sent) {
    Object id = sent.get("id");
    int index = records.indexOf(id);
    if (index < 0 || bug.equals("moved")) {
      index = records.size();
      records.add(id);
    }
    return new Effect(Map.of("epoch", sent.get("epoch"), "id", id, "index", (long) index));
  }

  private Effect checkpoint(Map<?, ?> sent) {
    if ((Long) sent.get("seq") <= seq) {
      return null;
    }
    if (!bug.equals("lose-checkpoint") || next % 2 != 0) {
      seq = (Long) sent.get("seq");
      data = sent.get("data");
      covered = keepsAll ? 0 : records.size();
    }
    return new Effect(sent);
  }

  private Effect recover() {
    List<Object> log = new ArrayList<>(records.subList((int) covered, records.size()));
    if (log.size() > 2) {
      switch (bug) {
        case "lose-record" -> log.remove(1);
        case "lose-last" -> log.remove(log.size() - 1);
        case "double-record" -> log.add(1, log.get(1));
        case "swap-records" -> log.add(1, log.remove(2));
        default -> {}
      }
    }
    Object shown = bug.equals("torn") && seq > 3 ? "d" : data;
    return new Effect(Map.of("epoch", epoch, "seq", seq, "data", shown, "log", log));
  }

  @Override
  public void answered(Call call, Effect effect) {
    if (call.f().equals("append") || (effect == null && call.f().equals("checkpoint"))) {
      again.put(call.client(), call);
    }
    if (call.f().equals("claim") && effect != null) {
      epochs.put(call.client(), (Long) ((Map<?, ?>) effect.value()).get("epoch"));
    }
  }
}
