package io.cairn.chaos.check;

import io.cairn.chaos.history.History;
import io.cairn.chaos.history.KeyedOperations;
import io.cairn.chaos.history.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A set that only grows: {@code :add v}, {@code :read -> [v ...]}. An element is known once its add
 * was acknowledged, or a read that showed it has ended; a read that begins then shows it.
 *
 * <ul>
 *   <li>lost: known, and not in the last read, nor in any that begins once it was missing;
 *   <li>stale: known, missing in a read, and there again later;
 *   <li>duplicated: twice in one read;
 *   <li>unexpected: read, and never added, or by an add that failed or had not begun.
 * </ul>
 *
 * <p>An acknowledged element that no later read could show leaves the history unknown.
 */
public final class SetChecker implements Checker {
  @Override
  public Verdict check(History history) {
    Findings findings = new Findings();
    boolean isAdded = false;
    for (KeyedOperations part : KeyedOperations.split(history.operations())) {
      OneSet set = new OneSet(part.operations(), findings);
      isAdded |= !set.knownSince.isEmpty();
      set.check();
    }
    if (!isAdded) {
      findings.unsure("no add was acknowledged");
    }
    return findings.verdict();
  }

  private static final class OneSet {
    private final Findings findings;
    private final List<Operation> reads = new ArrayList<>();
    private final Map<Object, Long> firstAdd = new HashMap<>();
    private final Map<Object, Long> knownSince = new HashMap<>();
    private final Map<Object, Long> lastSeen = new HashMap<>();

    OneSet(List<Operation> operations, Findings findings) {
      this.findings = findings;
      for (Operation operation : operations) {
        Object element = operation.argument();
        if (operation.f().equals("add") && element == null && !operation.isFail()) {
          findings.unsure("the add at index " + operation.begin() + " names no element");
        } else if (operation.f().equals("add") && element != null && !operation.isFail()) {
          firstAdd.merge(element, operation.begin(), Math::min);
          if (operation.isOk()) {
            knownSince.merge(element, operation.end(), Math::min);
          }
        } else if (operation.f().equals("read") && Fields.list(operation.result()) != null) {
          reads.add(operation);
        } else if (operation.f().equals("read") && operation.isOk()) {
          findings.unsure("the read at index " + operation.begin() + " shows no elements");
        }
      }
    }

    void check() {
      findings.count("acknowledged", knownSince.size());
      findings.count("reads", reads.size());
      if (reads.isEmpty()) {
        findings.unsure("nothing was read");
        return;
      }
      Set<Object> acknowledged = new HashSet<>(knownSince.keySet());
      reads.forEach(this::look);
      findMissing();
      long lastRead = reads.get(reads.size() - 1).begin();
      long unread =
          acknowledged.stream()
              .filter(element -> knownSince.getOrDefault(element, 0L) > lastRead)
              .filter(element -> lastSeen.getOrDefault(element, -1L) < lastRead)
              .count();
      if (unread > 0) {
        findings.unsure(unread + " elements were acknowledged after the last read had begun");
      }
    }

    private void look(Operation read) {
      Set<Object> seen = new HashSet<>();
      List<?> elements = Fields.list(read.result());
      for (Object element : elements == null ? List.of() : elements) {
        if (!seen.add(element)) {
          findings.wrong("duplicated", "element", element, "op", brief(read));
          continue;
        }
        Long added = firstAdd.get(element);
        if (added == null || added > read.end()) {
          findings.wrong("unexpected", "element", element, "op", brief(read));
          continue;
        }
        knownSince.merge(element, read.end(), Math::min);
        lastSeen.merge(element, read.begin(), Math::max);
      }
    }

    /** Reads in the order of their beginnings, each against all that was known by then. */
    private void findMissing() {
      List<Map.Entry<Object, Long>> known = new ArrayList<>(knownSince.entrySet());
      known.sort(Map.Entry.comparingByValue());
      Set<Object> missing = new HashSet<>();
      reads.sort(Comparator.comparingLong(Operation::begin));
      for (Operation read : reads) {
        List<?> elements = Fields.list(read.result());
        Set<?> seen = new HashSet<>(elements == null ? List.of() : elements);
        for (Map.Entry<Object, Long> entry : known) {
          if (entry.getValue() > read.begin()) {
            break;
          }
          Object element = entry.getKey();
          if (!seen.contains(element) && missing.add(element)) {
            boolean isBack = lastSeen.getOrDefault(element, -1L) > read.begin();
            findings.wrong(
                isBack ? "stale" : "lost",
                "element",
                element,
                "known-since",
                entry.getValue(),
                "op",
                brief(read));
          }
        }
      }
    }

    /** A read without what it read, which may be long. */
    private static Map<String, Object> brief(Operation read) {
      return Findings.facts("index", read.begin(), "end-index", read.end(), "f", read.f());
    }
  }
}
