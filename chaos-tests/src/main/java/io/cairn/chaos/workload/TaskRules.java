package io.cairn.chaos.workload;

import io.cairn.chaos.generator.Call;
import io.cairn.chaos.generator.Told;
import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How the workers of one task act. Each believes what it was told last: its epoch, the newest
 * checkpoint, the newest record. Some acts are done under epochs that have ended, and some appends
 * are sent again as they were; a worker whose last act has no known outcome sends it again, does
 * another in its place, or looks.
 */
final class TaskRules implements Told.Rules<TaskRules.State> {
  private static final int OLD_EPOCHS_KEPT = 8;
  private static final int SENT_KEPT = 16;

  private final double oldEpochs;
  private final double resends;

  /** Shares of acts under old epochs, and of appends that are resends. */
  TaskRules(double oldEpochs, double resends) {
    this.oldEpochs = oldEpochs;
    this.resends = resends;
  }

  /** An append that was sent. */
  record Sent(long epoch, long id, long lsn) {}

  /**
   * What a worker believes.
   *
   * @param epoch its own, 0 if it has none
   * @param unsure its last append, if nobody knows its outcome
   * @param lost true if it must look before it goes on
   */
  record Belief(
      long epoch, long seq, long lsn, List<Sent> sent, @Nullable Sent unsure, boolean lost) {
    static final Belief NONE = new Belief(0, -1, 0, List.of(), null, false);

    Belief astray() {
      return new Belief(epoch, seq, lsn, sent, null, true);
    }
  }

  /** What all workers of a task believe, and epochs that were given out. */
  record State(Map<Integer, Belief> beliefs, List<Long> epochs) {
    static final State FIRST = new State(Map.of(), List.of());

    State with(int thread, Belief belief) {
      Map<Integer, Belief> more = new LinkedHashMap<>(beliefs);
      more.put(thread, belief);
      return new State(more, epochs);
    }

    State withEpoch(long epoch) {
      List<Long> more = new ArrayList<>(epochs);
      more.add(epoch);
      if (more.size() > OLD_EPOCHS_KEPT) {
        more.remove(0);
      }
      return new State(beliefs, more);
    }
  }

  @Override
  public Call call(State state, int thread, RandomGenerator random, long n) {
    Belief belief = state.beliefs().getOrDefault(thread, Belief.NONE);
    if (state.epochs().size() > 1 && random.nextDouble() < oldEpochs) {
      long old = state.epochs().get(random.nextInt(state.epochs().size() - 1));
      return random.nextBoolean()
          ? append(old, n, belief.lsn() + 1)
          : checkpoint(old, belief.seq() + 1, n);
    }
    if (belief.epoch() == 0) {
      return random.nextInt(10) < 7 ? new Call("claim", null) : new Call("recover", null);
    }
    if (belief.lost()) {
      return new Call("recover", null);
    }
    Sent unsure = belief.unsure();
    if (unsure != null && random.nextInt(10) < 6) {
      return append(unsure.epoch(), unsure.id(), unsure.lsn());
    }
    int dice = random.nextInt(20);
    if (dice < 10) {
      if (!belief.sent().isEmpty() && random.nextDouble() < resends) {
        Sent again = belief.sent().get(random.nextInt(belief.sent().size()));
        return append(again.epoch(), again.id(), again.lsn());
      }
      return append(belief.epoch(), n, belief.lsn() + 1);
    }
    if (dice < 16) {
      return checkpoint(belief.epoch(), belief.seq() + 1, n);
    }
    return new Call(dice < 19 ? "recover" : "claim", null);
  }

  private static Call append(long epoch, long id, long lsn) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("epoch", epoch);
    value.put("id", id);
    value.put("lsn", lsn);
    return new Call("append", value);
  }

  private static Call checkpoint(long epoch, long seq, long data) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("epoch", epoch);
    value.put("seq", seq);
    value.put("data", data);
    return new Call("checkpoint", value);
  }

  @Override
  public State after(State state, int thread, Op event) {
    if (event.type() == OpType.INVOKE || !(event.value() instanceof Map<?, ?> value)) {
      return state;
    }
    Belief belief = state.beliefs().getOrDefault(thread, Belief.NONE);
    return switch (event.f()) {
      case "claim" -> afterClaim(state, thread, event, value);
      case "recover" -> afterRecover(state, thread, belief, event, value);
      case "append" -> state.with(thread, afterAppend(belief, event, value));
      case "checkpoint" -> state.with(thread, afterCheckpoint(belief, event, value));
      default -> state;
    };
  }

  private static State afterClaim(State state, int thread, Op event, Map<?, ?> value) {
    if (event.type() != OpType.OK) {
      return state;
    }
    long epoch = number(value, "epoch");
    Belief owner =
        new Belief(epoch, number(value, "seq"), number(value, "lsn"), List.of(), null, false);
    return state.with(thread, owner).withEpoch(epoch);
  }

  private static State afterRecover(
      State state, int thread, Belief belief, Op event, Map<?, ?> value) {
    if (event.type() != OpType.OK) {
      return state;
    }
    if (number(value, "epoch") != belief.epoch()) {
      return state.with(thread, Belief.NONE); // another owns it
    }
    long lsn = value.get("log") instanceof List<?> log ? log.size() : 0;
    return state.with(
        thread, new Belief(belief.epoch(), number(value, "seq"), lsn, belief.sent(), null, false));
  }

  private static Belief afterAppend(Belief belief, Op event, Map<?, ?> value) {
    Sent sent = new Sent(number(value, "epoch"), number(value, "id"), number(value, "lsn"));
    if (sent.epoch() != belief.epoch()) {
      return belief;
    }
    if (event.type() == OpType.INFO) {
      return new Belief(belief.epoch(), belief.seq(), belief.lsn(), belief.sent(), sent, false);
    }
    if (event.type() == OpType.FAIL) {
      return afterRefusal(belief, event);
    }
    List<Sent> more = new ArrayList<>(belief.sent());
    more.add(sent);
    if (more.size() > SENT_KEPT) {
      more.remove(0);
    }
    return new Belief(
        belief.epoch(), belief.seq(), Math.max(belief.lsn(), sent.lsn()), more, null, false);
  }

  private static Belief afterCheckpoint(Belief belief, Op event, Map<?, ?> value) {
    if (number(value, "epoch") != belief.epoch()) {
      return belief;
    }
    if (event.type() == OpType.OK) {
      return new Belief(
          belief.epoch(),
          number(value, "seq"),
          belief.lsn(),
          belief.sent(),
          belief.unsure(),
          false);
    }
    return event.type() == OpType.INFO ? belief.astray() : afterRefusal(belief, event);
  }

  private static Belief afterRefusal(Belief belief, Op event) {
    String why = String.valueOf(event.extras().get("error"));
    return switch (why) {
      case "FENCED", "EPOCH_UNKNOWN" -> Belief.NONE;
      case "SEQ_GAP", "SEQ_CONFLICT", "LSN_GAP", "LSN_CONFLICT" -> belief.astray();
      default -> belief;
    };
  }

  private static long number(Map<?, ?> value, String field) {
    return value.get(field) instanceof Long number ? number : 0;
  }
}
