package io.cairn.chaos.check;

import io.cairn.chaos.history.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks for an order of operations that agrees with a model, and in which no operation stands
 * before one that had ended before it began. This is the search of Wing and Gong, with the linked
 * list and the memo of Lowe ("Testing for linearizability", 2017), as Porcupine has it.
 *
 * <p>The list holds beginnings and ends in the order of the history. An operation whose beginning
 * stands before the first end may come next; if the model lets it, its two entries are lifted out
 * of the list, and the search goes on from the front. At an end nothing more can come next, and the
 * last choice is taken back. An uncertain operation has no end, so it may come at any time or
 * never; the search is done when all definite ones have been placed.
 */
final class LinearizabilitySearch {
  private static final int STEPS_BETWEEN_LOOKS = 1 << 12;
  private static final int SHOWN_MAX = 10;

  private final Model model;
  private final SearchLimits limits;
  private final List<Operation> operations;
  private final SearchMemo memo;
  private final Entry head = new Entry(null, true);
  private final List<Step> path = new ArrayList<>();
  private final int certainCount;

  private int certainPlaced;
  private Entry furthest = head;
  private List<Operation> furthestPath = List.of();
  private Object furthestState;

  /** A beginning or an end in the list. */
  private static final class Entry {
    private final @Nullable Operation operation;
    private final boolean isBegin;
    private boolean isCertain;
    private int bit;
    private @Nullable Entry end;
    private @Nullable Entry before;
    private @Nullable Entry next;

    /** A beginning, an end, or the head, which is of no operation. */
    Entry(@Nullable Operation operation, boolean isBegin) {
      this.operation = operation;
      this.isBegin = isBegin;
    }
  }

  private record Step(Entry entry, Object before) {}

  /** Of operations that did not fail, in the order in which they began. */
  LinearizabilitySearch(Model model, List<Operation> operations, SearchLimits limits) {
    this.model = model;
    this.limits = limits;
    this.operations = operations;
    this.furthestState = model.start();
    int certain = 0;
    int uncertain = 0;
    List<Entry> entries = new ArrayList<>();
    for (Operation operation : operations) {
      Entry begin = new Entry(operation, true);
      begin.isCertain = operation.isOk();
      begin.bit = begin.isCertain ? certain++ : uncertain++;
      entries.add(begin);
      if (begin.isCertain) {
        Entry end = new Entry(operation, false);
        begin.end = end;
        entries.add(end);
      }
    }
    entries.sort(Comparator.comparingLong(LinearizabilitySearch::index));
    Entry last = head;
    for (Entry entry : entries) {
      last.next = entry;
      entry.before = last;
      last = entry;
    }
    certainCount = certain;
    memo = new SearchMemo(certain, uncertain);
  }

  private static long index(Entry entry) {
    Operation operation = entry.operation;
    if (operation == null) {
      return -1;
    }
    return entry.isBegin ? operation.begin() : operation.end();
  }

  /** Searches, once. */
  Verdict run() {
    long deadline = System.nanoTime() + limits.time().toNanos();
    Object state = model.start();
    Entry entry = head.next;
    long steps = 0;
    while (certainPlaced < certainCount) {
      if (++steps % STEPS_BETWEEN_LOOKS == 0 && System.nanoTime() - deadline > 0) {
        return Verdict.unknown("no order found within " + limits.time().toMillis() + " ms");
      }
      if (memo.bytes() > limits.memoryBytes()) {
        return Verdict.unknown("no order found within " + limits.memoryBytes() + " bytes");
      }
      if (entry != null && entry.isBegin) {
        Object after = place(entry, state);
        if (after == null) {
          entry = entry.next;
        } else {
          state = after;
          entry = head.next;
        }
        continue;
      }
      if (entry != null && index(entry) > index(furthest)) {
        remember(entry, state);
      }
      if (path.isEmpty()) {
        return new Verdict(Validity.INVALID, counterexample());
      }
      Step last = path.remove(path.size() - 1);
      state = last.before;
      takeBack(last.entry);
      entry = last.entry.next;
    }
    return new Verdict(Validity.VALID, Map.of("ops", (long) operations.size()));
  }

  /** The state behind an operation that comes next; null if it cannot, or if that was tried. */
  private @Nullable Object place(Entry entry, Object state) {
    Operation operation = entry.operation;
    Object after = operation == null ? null : model.step(state, operation);
    if (after == null) {
      return null;
    }
    memo.set(entry.isCertain, entry.bit);
    Object known = memo.add(after);
    if (known == null) {
      memo.clear(entry.isCertain, entry.bit);
      return null;
    }
    path.add(new Step(entry, state));
    certainPlaced += entry.isCertain ? 1 : 0;
    lift(entry);
    if (entry.end != null) {
      lift(entry.end);
    }
    return known;
  }

  private void takeBack(Entry entry) {
    memo.clear(entry.isCertain, entry.bit);
    certainPlaced -= entry.isCertain ? 1 : 0;
    if (entry.end != null) {
      putBack(entry.end);
    }
    putBack(entry);
  }

  private static void lift(Entry entry) {
    if (entry.before != null) {
      entry.before.next = entry.next;
    }
    if (entry.next != null) {
      entry.next.before = entry.before;
    }
  }

  private static void putBack(Entry entry) {
    if (entry.before != null) {
      entry.before.next = entry;
    }
    if (entry.next != null) {
      entry.next.before = entry;
    }
  }

  private void remember(Entry stuck, Object state) {
    furthest = stuck;
    furthestState = state;
    List<Operation> placed = new ArrayList<>();
    for (int i = Math.max(0, path.size() - SHOWN_MAX); i < path.size(); i++) {
      Operation operation = path.get(i).entry.operation;
      if (operation != null) {
        placed.add(operation);
      }
    }
    furthestPath = placed;
  }

  /** The end that no order gets past, the longest order up to it, and what ran beside it. */
  private Map<String, Object> counterexample() {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("ops", (long) operations.size());
    Operation stuck = furthest.operation;
    if (stuck == null) {
      return details;
    }
    details.put("op", Findings.shown(stuck));
    details.put("state", furthestState);
    details.put("ordered-before", furthestPath.stream().map(Findings::shown).toList());
    details.put(
        "beside",
        operations.stream()
            .filter(
                o ->
                    o.begin() != stuck.begin()
                        && o.begin() < stuck.end()
                        && o.end() > stuck.begin())
            .limit(SHOWN_MAX)
            .map(Findings::shown)
            .toList());
    return details;
  }
}
