package io.cairn.chaos.check;

import io.cairn.chaos.check.RealTimeOrder.Ranked;
import io.cairn.chaos.history.History;
import io.cairn.chaos.history.KeyedOperations;
import io.cairn.chaos.history.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Watches show every change once and in order: {@code :put {:k k :v v} -> {... :rev r}}, {@code
 * :watch nil -> {:from r0 :to r1 :events [{:rev r :k k :v v} ...]}}, which is all of (r0, r1].
 *
 * <ul>
 *   <li>missed: a put that was acknowledged with a revision in the window, or an event that another
 *       watch shows there, is not in it;
 *   <li>doubled: a revision twice in one window; or a put in the windows more often than begun;
 *   <li>reordered: revisions that go back;
 *   <li>outside: an event whose revision is not in the window;
 *   <li>disagrees: one revision with different keys or values;
 *   <li>unexpected: an event that no put made which had begun by then and did not fail;
 *   <li>revision-order: a put that began after another had ended got no greater revision.
 * </ul>
 *
 * <p>An acknowledged put that lies in no window leaves the history unknown.
 */
public final class WatchChecker implements Checker {
  @Override
  public Verdict check(History history) {
    Findings findings = new Findings();
    for (KeyedOperations part : KeyedOperations.split(history.operations())) {
      new OneLog(findings).check(part.operations());
    }
    return findings.verdict();
  }

  /** What was put. An absent value is a delete. */
  private record Put(@Nullable Object k, @Nullable Object v) {
    static Put of(@Nullable Object map) {
      return new Put(Fields.name(Fields.of(map, "k")), Fields.name(Fields.of(map, "v")));
    }
  }

  /** A watch, and its events by revision. */
  private record Window(Operation watch, long from, long to, TreeMap<Long, Put> events) {}

  /** A change, and what shows it. */
  private record Change(Put put, Operation shownBy) {}

  private static final class OneLog {
    private final Findings findings;
    private final TreeMap<Long, Change> changes = new TreeMap<>();
    private final Map<Put, List<Operation>> puts = new HashMap<>();
    private final Map<Put, Long> shown = new HashMap<>();
    private final List<Ranked> acknowledged = new ArrayList<>();
    private final List<Window> windows = new ArrayList<>();

    OneLog(Findings findings) {
      this.findings = findings;
    }

    void check(List<Operation> operations) {
      for (Operation operation : operations) {
        if (operation.f().equals("put") && !operation.isFail()) {
          put(operation);
        }
      }
      for (Operation operation : operations) {
        if (operation.f().equals("watch") && operation.isOk()) {
          watch(operation);
        }
      }
      findings.count("puts", acknowledged.size());
      findings.count("watches", windows.size());
      RealTimeOrder.check(
          acknowledged,
          acknowledged,
          true,
          (late, early) ->
              findings.wrong("revision-order", "op", late.operation(), "after", early.operation()));
      windows.forEach(this::agree);
      onceEach();
      covered();
    }

    private void put(Operation operation) {
      Put put = Put.of(operation.argument());
      puts.computeIfAbsent(put, p -> new ArrayList<>()).add(operation);
      Long revision = operation.isOk() ? Fields.number(operation.result(), "rev") : null;
      if (revision != null) {
        acknowledged.add(Ranked.of(operation, revision));
        change(revision, put, operation);
      } else if (operation.isOk()) {
        findings.unsure("the put at index " + operation.begin() + " has no revision");
      }
    }

    private void watch(Operation operation) {
      Long from = Fields.number(operation.result(), "from");
      Long to = Fields.number(operation.result(), "to");
      List<?> events = Fields.list(Fields.of(operation.result(), "events"));
      if (from == null || to == null || events == null) {
        findings.unsure("the watch at index " + operation.begin() + " does not say what it saw");
        return;
      }
      Window window = new Window(operation, from, to, new TreeMap<>());
      windows.add(window);
      for (Object event : events) {
        Long revision = Fields.number(event, "rev");
        if (revision == null) {
          findings.unsure("an event of index " + operation.begin() + " has no revision");
        } else {
          event(window, revision, Put.of(event));
        }
      }
    }

    private void event(Window window, long revision, Put put) {
      if (revision <= window.from || revision > window.to) {
        findings.wrong("outside", "rev", revision, "op", brief(window));
        return;
      }
      if (!window.events.isEmpty() && revision < window.events.lastKey()) {
        findings.wrong("reordered", "rev", revision, "op", brief(window));
      }
      if (window.events.put(revision, put) != null) {
        findings.wrong("doubled", "rev", revision, "op", brief(window));
        return;
      }
      List<Operation> made = puts.getOrDefault(put, List.of());
      boolean isDelete = Fields.isAbsent(put.v);
      if (!isDelete && made.stream().noneMatch(p -> p.begin() < window.watch.end())) {
        findings.wrong("unexpected", "rev", revision, "k", put.k, "v", put.v, "op", brief(window));
      }
      change(revision, put, window.watch);
    }

    /** Each revision is one change, whoever shows it. */
    private void change(long revision, Put put, Operation shownBy) {
      Change other = changes.putIfAbsent(revision, new Change(put, shownBy));
      if (other != null && !Objects.equals(other.put, put)) {
        findings.wrong(
            "disagrees",
            "rev",
            revision,
            "index",
            shownBy.begin(),
            "shows",
            shown(put),
            "other-index",
            other.shownBy.begin(),
            "other-shows",
            shown(other.put));
      }
    }

    private void agree(Window window) {
      if (window.to <= window.from) {
        return;
      }
      changes
          .subMap(window.from, false, window.to, true)
          .forEach(
              (revision, change) -> {
                if (!window.events.containsKey(revision)) {
                  findings.wrong(
                      "missed",
                      "rev",
                      revision,
                      "op",
                      brief(window),
                      "shown-by-index",
                      change.shownBy.begin());
                }
              });
    }

    private void onceEach() {
      changes.forEach((revision, change) -> shown.merge(change.put, 1L, Long::sum));
      shown.forEach(
          (put, times) -> {
            int begun = puts.getOrDefault(put, List.of()).size();
            if (begun > 0 && times > begun && !Fields.isAbsent(put.v)) {
              findings.wrong("doubled", "k", put.k, "v", put.v, "times", times, "puts", begun);
            }
          });
    }

    private void covered() {
      if (windows.isEmpty()) {
        findings.unsure("nothing was watched");
        return;
      }
      if (acknowledged.isEmpty()) {
        findings.unsure("nothing was put");
      }
      windows.sort(Comparator.comparingLong(Window::from));
      acknowledged.sort(Comparator.comparingLong(Ranked::rank));
      long reached = Long.MIN_VALUE;
      long uncovered = 0;
      int next = 0;
      for (Ranked put : acknowledged) {
        while (next < windows.size() && windows.get(next).from < put.rank()) {
          reached = Math.max(reached, windows.get(next++).to);
        }
        uncovered += reached < put.rank() ? 1 : 0;
      }
      if (uncovered > 0) {
        findings.unsure(uncovered + " acknowledged puts lie in no window");
      }
    }

    private static Map<String, Object> shown(Put put) {
      return Findings.facts("k", put.k, "v", put.v);
    }

    private static Map<String, Object> brief(Window window) {
      return Findings.facts(
          "index",
          window.watch.begin(),
          "process",
          window.watch.process(),
          "from",
          window.from,
          "to",
          window.to);
    }
  }
}
