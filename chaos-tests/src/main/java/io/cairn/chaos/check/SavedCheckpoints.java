package io.cairn.chaos.check;

import io.cairn.chaos.check.RealTimeOrder.Ranked;
import io.cairn.chaos.history.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints of one task: {@code {:epoch e :seq s :data d}}. They are ordered by epoch, then
 * seq. One that was sent again is the same.
 */
final class SavedCheckpoints {
  /** Rank of no checkpoint at all. */
  static final long NONE = -1;

  /** What was sent, once or again. */
  record Sent(@Nullable Long epoch, @Nullable Long seq, @Nullable Object data) {}

  /** When it came about: since it was first sent, and until it was first acknowledged. */
  private static final class Life {
    private final Operation first;
    private long begin = Long.MAX_VALUE;
    private long end = Long.MAX_VALUE;
    private long rank = NONE;

    Life(Operation first) {
      this.first = first;
    }
  }

  private final Findings findings;
  private final Map<Sent, Life> lives = new LinkedHashMap<>();
  private final Map<Object, List<Sent>> byData = new HashMap<>();
  private final List<Sent> failed = new ArrayList<>();
  private final List<Ranked> shown = new ArrayList<>();
  private final List<Ranked> recovers = new ArrayList<>();

  /** False if the epoch or seq of one is no number: who knows then which is the newer one. */
  private boolean isRanked = true;

  SavedCheckpoints(Findings findings) {
    this.findings = findings;
  }

  /** How many were sent and did not fail. */
  long count() {
    return lives.size();
  }

  /** Adds an attempt to save. */
  void add(Operation operation) {
    Sent sent =
        new Sent(
            number(operation, "epoch"), number(operation, "seq"), Fields.either(operation, "data"));
    if (operation.isFail()) {
      failed.add(sent);
      return;
    }
    Life life = lives.get(sent);
    if (life == null) {
      life = new Life(operation);
      lives.put(sent, life);
      byData.computeIfAbsent(dataKey(sent.data), d -> new ArrayList<>()).add(sent);
    }
    life.begin = Math.min(life.begin, operation.begin());
    life.end = Math.min(life.end, operation.end());
  }

  private @Nullable Long number(Operation operation, String name) {
    Object value = Fields.either(operation, name);
    Long number = findings.number(operation, name, value);
    isRanked &= number != null || Fields.isAbsent(value);
    return number;
  }

  /** Ranks them once all are there, and compares them with each other. */
  void seal() {
    if (!isRanked) {
      return;
    }
    List<Sent> ordered = new ArrayList<>(lives.keySet());
    ordered.removeIf(sent -> sent.seq == null);
    ordered.sort(
        Comparator.comparingLong(SavedCheckpoints::epoch).thenComparingLong(SavedCheckpoints::seq));
    long rank = NONE;
    Sent before = null;
    Life acknowledged = null;
    List<Ranked> saved = new ArrayList<>();
    for (Sent sent : ordered) {
      Life life = life(sent);
      if (before == null || epoch(before) != epoch(sent) || seq(before) != seq(sent)) {
        rank++;
        acknowledged = null;
      }
      life.rank = rank;
      if (life.end != Long.MAX_VALUE) {
        if (acknowledged != null) {
          findings.wrong("checkpoint-twice", "op", life.first, "other", acknowledged.first);
        }
        acknowledged = life;
        saved.add(new Ranked(life.begin, life.end, rank, life.first));
      }
      before = sent;
    }
    RealTimeOrder.check(
        saved,
        saved,
        false,
        (late, early) ->
            findings.wrong("checkpoint-order", "op", late.operation(), "after", early.operation()));
    shown.addAll(saved);
  }

  /**
   * What was recovered is a checkpoint that was sent. Returns since when it is known to have been
   * saved: {@link Long#MAX_VALUE} if nobody knows, {@link #NONE} if there was none.
   */
  long recovered(Operation recover) {
    Object data = Fields.of(recover.result(), "data");
    Long seq = findings.number(recover, "seq", Fields.of(recover.result(), "seq"));
    Long epoch = Fields.number(recover.result(), "epoch");
    List<Sent> candidates = new ArrayList<>(byData.getOrDefault(dataKey(data), List.of()));
    candidates.removeIf(
        sent ->
            life(sent).begin > recover.end()
                || (seq != null && sent.seq != null && !seq.equals(sent.seq)));
    if (epoch != null && !candidates.isEmpty() && !keepsUpTo(epoch, candidates)) {
      findings.wrong("newer-than-its-epoch", "op", brief(recover));
      return Long.MAX_VALUE;
    }
    if (candidates.isEmpty()) {
      if (Fields.isAbsent(data) && (seq == null || seq <= 0)) {
        recovers.add(Ranked.of(recover, NONE));
        return NONE;
      }
      findings.wrong(kind(seq, data, recover), "op", brief(recover));
      return Long.MAX_VALUE;
    }
    long lowest = Long.MAX_VALUE;
    long highest = NONE;
    long since = NONE;
    for (Sent sent : candidates) {
      Life life = life(sent);
      lowest = Math.min(lowest, life.rank);
      highest = Math.max(highest, sent.seq == null ? Long.MAX_VALUE : life.rank);
      since = Math.max(since, life.end);
    }
    recovers.add(Ranked.of(recover, highest));
    shown.add(Ranked.of(recover, lowest));
    return since;
  }

  /** No recovery is older than what had been acknowledged, or recovered, before it began. */
  void compare() {
    if (!isRanked) {
      return;
    }
    RealTimeOrder.check(
        shown,
        recovers,
        false,
        (late, early) ->
            findings.wrong(
                early.operation().f().equals("recover") ? "went-back" : "lost-checkpoint",
                "op",
                brief(late.operation()),
                "after",
                early.operation().f().equals("recover")
                    ? brief(early.operation())
                    : Findings.shown(early.operation())));
  }

  /**
   * Leaves those that an epoch, which the store had when it gave them back, does not rule out: what
   * is saved with an epoch is saved once that was claimed. False if there are none.
   */
  private static boolean keepsUpTo(long epoch, List<Sent> candidates) {
    candidates.removeIf(sent -> sent.epoch != null && sent.epoch > epoch);
    return !candidates.isEmpty();
  }

  private String kind(@Nullable Long seq, @Nullable Object data, Operation recover) {
    for (Sent sent : failed) {
      if (Objects.equals(sent.data, data) && Objects.equals(sent.seq, seq)) {
        return "failed-checkpoint";
      }
    }
    for (Map.Entry<Sent, Life> entry : lives.entrySet()) {
      if (Objects.equals(entry.getKey().seq, seq) && entry.getValue().begin < recover.end()) {
        return "torn-checkpoint";
      }
    }
    return "checkpoint-from-nowhere";
  }

  private Life life(Sent sent) {
    return Objects.requireNonNull(lives.get(sent));
  }

  /** A recovery without its log, which may be long. */
  static Map<String, Object> brief(Operation recover) {
    return Findings.facts(
        "index",
        recover.begin(),
        "end-index",
        recover.end(),
        "f",
        recover.f(),
        "epoch",
        Fields.of(recover.result(), "epoch"),
        "seq",
        Fields.of(recover.result(), "seq"),
        "data",
        Fields.of(recover.result(), "data"));
  }

  private static Object dataKey(@Nullable Object data) {
    return data == null || Fields.isAbsent(data) ? "" : data;
  }

  private static long epoch(Sent sent) {
    return sent.epoch == null ? 0 : sent.epoch;
  }

  private static long seq(Sent sent) {
    return sent.seq == null ? 0 : sent.seq;
  }
}
