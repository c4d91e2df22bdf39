package io.cairn.chaos.check;

import io.cairn.chaos.check.RevisionGaps.Gap;
import io.cairn.chaos.history.History;
import io.cairn.chaos.history.KeyedOperations;
import io.cairn.chaos.history.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Registers whose store says in which order it did things: linearizable in that very order. For
 * histories that are too long for a search; O(n log n).
 *
 * <p>Each definite write, cas and delete carries {@code :revision r}: it was the r-th change. Each
 * definite read carries {@code :read-revision r}, the store's revision when it was served: it saw
 * the changes up to r and none behind. A read with {@code :revision r} alone saw a state of its own
 * key that r had made or was later than; it is ordered among those of its key only.
 *
 * <ul>
 *   <li><b>No two changes have one revision.</b>
 *   <li><b>Real time.</b> A change has a place of 2r, a read of 2r + 1. What begins after another
 *       has ended has no lower place. One sweep with the highest place that has ended.
 *   <li><b>Replay.</b> In the order of places each operation finds the state that it says.
 * </ul>
 *
 * <p>An uncertain operation may have made a change at a revision that no definite one has, and
 * whose place is not below any that had ended before it began. Where an operation does not find its
 * state, up to {@link RevisionGaps#CHAIN_MAX} such changes of its key are looked for behind the
 * last definite operation of that key. If there are none whatever else happened, the history is
 * invalid; if all gaps can be filled, each uncertain operation and each revision used once, it is
 * valid; if this way of filling them fails, it is unknown.
 */
public final class RevisionChecker implements Checker {
  private static final Object NOTHING = new RegisterModel().start();
  private static final Comparator<Placed> BY_PLACE =
      Comparator.comparingLong(Placed::place).thenComparing(p -> p.operation().begin());

  /** A definite operation, and where it stands. */
  private record Placed(
      Key key, Operation operation, long revision, boolean isRead, boolean isGlobal) {
    long place() {
      return 2 * revision + (isRead ? 1 : 0);
    }
  }

  /** An uncertain operation that may have made a change, and the first revision it may have. */
  record Candidate(Operation operation, long firstRevision) {}

  /** What was done to one key. */
  private static final class Key {
    private final Map<Object, List<Candidate>> candidates = new HashMap<>();
    private long ended = -1;
    private Object state = NOTHING;
    private long lastRevision = -1;
  }

  private final Findings findings = new Findings();
  private final RegisterModel model = new RegisterModel();

  /**
   * True if every definite operation that tells or changes something has a revision, and it is
   * clear what each did.
   */
  public static boolean applies(History history) {
    boolean any = false;
    for (KeyedOperations key : KeyedOperations.split(history.operations())) {
      for (Operation operation : key.operations()) {
        if (!operation.isFail() && new RegisterModel().isUnclear(operation)) {
          return false;
        }
        if (operation.isOk() && !new RegisterModel().isSilent(operation)) {
          any = true;
          if (placed(new Key(), operation) == null) {
            return false;
          }
        }
      }
    }
    return any;
  }

  @Override
  public Verdict check(History history) {
    if (!applies(history)) {
      return Verdict.unknown("not every operation has a revision");
    }
    return new RevisionChecker().judge(history);
  }

  private Verdict judge(History history) {
    List<KeyedOperations> split = KeyedOperations.split(history.operations());
    List<Placed> all = new ArrayList<>();
    Map<Long, Operation> changes = new HashMap<>();
    List<Event> events = new ArrayList<>();
    long reads = 0;
    for (KeyedOperations part : split) {
      Key key = new Key();
      for (Operation operation : part.operations()) {
        if (operation.isFail() || model.isSilent(operation)) {
          continue;
        }
        Placed placed = operation.isOk() ? placed(key, operation) : null;
        if (placed != null) {
          all.add(placed);
          events.add(new Event(operation.end(), operation, key, placed));
          reads += placed.isRead ? 1 : 0;
          Operation other = placed.isRead ? null : changes.put(placed.revision, operation);
          if (other != null) {
            findings.wrong("revision-twice", "op", operation, "other", other);
          }
        }
        events.add(new Event(operation.begin(), operation, key, null));
      }
    }
    findings.count("keys", split.size());
    findings.count("changes", changes.size());
    findings.count("reads", reads);
    if (reads == 0) {
      findings.unsure("nothing was read");
    }
    sweep(events);
    replay(all, changes.keySet());
    return findings.verdict();
  }

  /** A beginning, or the end of a definite operation, whose place is known. */
  private record Event(long index, Operation operation, Key key, @Nullable Placed ended) {}

  /** Real time: the highest place that had ended when an operation began is its floor. */
  private void sweep(List<Event> events) {
    events.sort(Comparator.comparingLong(Event::index));
    Map<Long, Long> floors = new HashMap<>();
    long globalEnded = -1;
    Operation highest = null;
    for (Event event : events) {
      Placed placed = event.ended;
      if (placed == null) {
        boolean isGlobal = isGlobal(event.operation);
        long floor = Math.max(isGlobal ? globalEnded : -1, event.key.ended);
        if (event.operation.isUncertain()) {
          Object written = RegisterModel.written(event.operation);
          if (written != null) {
            event
                .key
                .candidates
                .computeIfAbsent(written, w -> new ArrayList<>())
                .add(new Candidate(event.operation, (floor + 1) / 2));
          }
        } else {
          floors.put(event.index, floor);
        }
        continue;
      }
      Long floor = floors.remove(event.operation.begin());
      if (floor != null && placed.place() < floor) {
        findings.wrong(
            "against-real-time",
            "op",
            event.operation,
            "revision",
            placed.revision,
            "ended-before",
            floor / 2,
            "highest",
            highest);
      }
      event.key.ended = Math.max(event.key.ended, placed.place());
      if (placed.isGlobal && placed.place() > globalEnded) {
        globalEnded = placed.place();
        highest = event.operation;
      }
    }
  }

  private void replay(List<Placed> placed, Set<Long> revisions) {
    placed.sort(BY_PLACE);
    RevisionGaps gaps = new RevisionGaps(revisions);
    for (Placed next : placed) {
      Key key = next.key;
      Object needed = RegisterModel.needed(next.operation);
      if (needed != null && !needed.equals(key.state)) {
        long until = next.isRead ? next.revision : next.revision - 1;
        Gap gap = new Gap(key.state, needed, key.lastRevision + 1, until);
        switch (gaps.fill(key.candidates, gap)) {
          case NONE ->
              findings.wrong(
                  "wrong-state",
                  "op",
                  next.operation,
                  "revision",
                  next.revision,
                  "state",
                  key.state,
                  "since",
                  key.lastRevision);
          case TAKEN ->
              findings.unsure(
                  "no uncertain operation is left that explains index " + next.operation.begin());
          case FILLED -> {}
        }
        key.state = needed;
      }
      Object written = RegisterModel.written(next.operation);
      key.state = written == null ? key.state : written;
      key.lastRevision = next.revision;
    }
    findings.count("filled", gaps.filled());
  }

  private static @Nullable Placed placed(Key key, Operation operation) {
    boolean isRead = operation.f().equals("read");
    Object served = isRead ? operation.extra("read-revision") : null;
    Object revision = served == null ? operation.extra("revision") : served;
    return revision instanceof Long number && number >= 0
        ? new Placed(key, operation, number, isRead, isGlobal(operation))
        : null;
  }

  /** True if an operation stands in one order with those of all keys. */
  private static boolean isGlobal(Operation operation) {
    return !operation.f().equals("read") || operation.extra("read-revision") instanceof Long;
  }
}
