package io.cairn.chaos.check;

import io.cairn.chaos.check.RealTimeOrder.Ranked;
import io.cairn.chaos.history.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The records of one task's log: who sent which, and the places that are known of them. */
final class AppendedRecords {
  /** A record: since it was first sent, and until it was first acknowledged or recovered. */
  private static final class Life {
    private final Operation first;
    private long begin = Long.MAX_VALUE;
    private long end = Long.MAX_VALUE;
    private @Nullable Long index;

    Life(Operation first) {
      this.first = first;
    }
  }

  /**
   * A recovered log.
   *
   * @param since as of {@link SavedCheckpoints#recovered}
   * @param covered how many records before it the checkpoint covers, if that is told
   */
  private record Recovered(Operation recover, List<?> log, long since, @Nullable Long covered) {}

  private final Findings findings;
  private final Map<Object, Life> lives = new LinkedHashMap<>();
  private final Set<Object> failed = new HashSet<>();
  private final TreeMap<Long, Object> byIndex = new TreeMap<>();
  private final List<Recovered> recovered = new ArrayList<>();

  AppendedRecords(Findings findings) {
    this.findings = findings;
  }

  /** How many records were sent and did not fail. */
  long count() {
    return lives.size();
  }

  /** Adds an attempt to append. */
  void add(Operation operation) {
    Object id = Fields.either(operation, "id");
    if (id == null) {
      findings.unsure("the append at index " + operation.begin() + " has no id");
      return;
    }
    if (operation.isFail()) {
      failed.add(id);
      return;
    }
    Life life = lives.computeIfAbsent(id, i -> new Life(operation));
    life.begin = Math.min(life.begin, operation.begin());
    life.end = Math.min(life.end, operation.end());
    Object shown = Fields.of(operation.result(), "index");
    Long index = findings.number(operation, "index", shown);
    if (index != null) {
      place(id, life, index, operation);
    }
  }

  /** Adds a log that was recovered. */
  void recovered(Operation recover, long since) {
    List<?> log = Fields.list(Fields.of(recover.result(), "log"));
    if (log == null && !lives.isEmpty()) {
      findings.unsure("the recovery at index " + recover.begin() + " shows no log");
    } else if (log != null) {
      Object told = Fields.of(recover.result(), "covered");
      recovered.add(new Recovered(recover, log, since, findings.number(recover, "covered", told)));
    }
  }

  private void place(Object id, Life life, long index, Operation shownBy) {
    if (life.index != null && life.index != index) {
      findings.wrong(
          "moved", "id", id, "index", life.index, "other-index", index, "op", brief(shownBy));
      return;
    }
    life.index = index;
    Object other = byIndex.putIfAbsent(index, id);
    if (other != null && !other.equals(id)) {
      findings.wrong("index-twice", "index", index, "id", id, "other", other, "op", brief(shownBy));
    }
  }

  /** Judges all, once all are there. */
  void compare() {
    recovered.sort(Comparator.comparingLong(r -> r.recover.begin()));
    for (Recovered one : recovered) {
      learn(one);
    }
    places();
    for (Recovered one : recovered) {
      if (elements(one)) {
        contents(one);
      }
    }
  }

  /** Uncertain records that are recovered among known ones have their place by that. */
  private void learn(Recovered one) {
    Long offset = offset(one);
    for (int i = 0; i < one.log.size(); i++) {
      Object id = one.log.get(i);
      Life life = lives.get(id);
      if (life != null && life.begin < one.recover.end()) {
        life.end = Math.min(life.end, one.recover.end());
        if (offset != null && life.index == null) {
          place(id, life, offset + i, one.recover);
        }
      }
    }
  }

  /** The place of the first record of a recovered log, or null if nothing tells. */
  private @Nullable Long offset(Recovered one) {
    if (one.covered != null) {
      return one.covered;
    }
    if (one.since == SavedCheckpoints.NONE) {
      return 0L;
    }
    for (int i = 0; i < one.log.size(); i++) {
      Life life = lives.get(one.log.get(i));
      if (life != null && life.index != null) {
        return life.index - i;
      }
    }
    return null;
  }

  /** Places follow real time, and none is beyond the number of records that were sent by then. */
  private void places() {
    long[] begins = lives.values().stream().mapToLong(life -> life.begin).sorted().toArray();
    List<Ranked> ranked = new ArrayList<>();
    for (Map.Entry<Object, Life> entry : lives.entrySet()) {
      Life life = entry.getValue();
      if (life.index == null) {
        continue;
      }
      ranked.add(new Ranked(life.begin, life.end, life.index, life.first));
      int sent = -1 - Arrays.binarySearch(begins, life.end);
      if (life.end != Long.MAX_VALUE && sent >= 0 && life.index >= sent) {
        findings.wrong(
            "gap", "id", entry.getKey(), "index", life.index, "sent", sent, "op", life.first);
      }
    }
    RealTimeOrder.check(
        ranked,
        ranked,
        true,
        (late, early) ->
            findings.wrong("index-order", "op", late.operation(), "after", early.operation()));
  }

  /** Each record was sent, and is there once. */
  private boolean elements(Recovered one) {
    boolean agrees = true;
    Set<Object> seen = new HashSet<>();
    for (Object id : one.log) {
      Life life = lives.get(id);
      if (!seen.add(id)) {
        findings.wrong("doubled-record", "id", id, "op", brief(one.recover));
        agrees = false;
      }
      if (life == null || life.begin > one.recover.end()) {
        findings.wrong(
            failed.contains(id) ? "failed-record" : "record-from-nowhere",
            "id",
            id,
            "op",
            brief(one.recover));
        agrees = false;
      }
    }
    return agrees;
  }

  /** The log is the end of all records, from where the checkpoint had covered them. */
  private void contents(Recovered one) {
    Set<Object> log = new HashSet<>(one.log);
    Long offset = offset(one);
    boolean isOrdered = true;
    long last = -1;
    for (Object id : one.log) {
      Long index = life(id).index;
      isOrdered &= index == null || index > last;
      last = index == null ? last : index;
    }
    for (int i = 0; i < one.log.size(); i++) {
      Long index = life(one.log.get(i)).index;
      if (index != null && offset != null && index != offset + i) {
        String kind =
            !isOrdered ? "reordered-record" : index > offset + i ? "lost-record" : "moved";
        findings.wrong(kind, "id", one.log.get(i), "index", index, "op", brief(one.recover));
        return;
      }
    }
    for (Map.Entry<Object, Life> entry : lives.entrySet()) {
      if (isMissing(one, entry.getValue(), offset) && !log.contains(entry.getKey())) {
        findings.wrong(
            "lost-record",
            "id",
            entry.getKey(),
            "appended",
            entry.getValue().first,
            "op",
            brief(one.recover));
      }
    }
  }

  /**
   * True if a record that a recovered log does not show must be in it. It is in the store if it was
   * acknowledged before, or has a place before one that is shown. Then the checkpoint covers it or
   * it is lost; it cannot cover what was sent after it had been saved, nor what has a place behind
   * one that it does not cover.
   */
  private static boolean isMissing(Recovered one, Life life, @Nullable Long offset) {
    Long index = life.index;
    boolean isStored = life.end < one.recover.begin();
    // A checkpoint that covers nothing leaves all in the log, wherever it was.
    boolean isBehind = one.covered != null && one.covered == 0;
    if (one.covered != null && index != null) {
      isBehind = index >= one.covered;
    }
    if (offset != null && index != null && !one.log.isEmpty()) {
      isBehind |= index >= offset;
      isStored |= index < offset + one.log.size();
    }
    return isStored && (life.begin > one.since || isBehind);
  }

  private Life life(Object id) {
    Life life = lives.get(id);
    if (life == null) {
      throw new IllegalStateException("no record " + id);
    }
    return life;
  }

  private static Map<String, Object> brief(Operation operation) {
    return operation.f().equals("recover")
        ? SavedCheckpoints.brief(operation)
        : Findings.shown(operation);
  }
}
