package io.cairn.chaos.run;

import io.cairn.chaos.check.Validity;
import io.cairn.chaos.check.Verdict;
import io.cairn.chaos.fault.Fault;
import io.cairn.chaos.history.History;
import io.cairn.chaos.history.Op;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether each fault has left the signs by which it is known, and not only some that another fault
 * or the harness may have left. One that has not makes a run unknown; a server that did under it
 * what it must not makes it invalid.
 */
final class EvidenceCheck {
  private EvidenceCheck() {}

  static Verdict of(History history, List<Fault> faults) {
    Map<String, Verdict> parts = new LinkedHashMap<>();
    for (Fault fault : faults) {
      boolean othersKeepAway =
          faults.stream().anyMatch(other -> other != fault && other.mayKeepNodesAway());
      parts.put(fault.name(), ofFault(history, fault, othersKeepAway));
    }
    return Verdicts.compose(parts);
  }

  private static Verdict ofFault(History history, Fault fault, boolean othersKeepAway) {
    String name = fault.name();
    Map<String, Long> signs = fault.evidence();
    long begun = 0;
    List<Object> errors = new ArrayList<>();
    for (Op op : history.ops()) {
      boolean start = op.f().equals("start-" + name);
      if (op.isClient() || !(start || op.f().equals("stop-" + name))) {
        continue;
      }
      if (start && op.extras().containsKey("done")) {
        begun++;
      }
      if (op.extras().get("error") instanceof String error && errors.size() < 5) {
        errors.add(error);
      }
    }
    List<Object> missing = new ArrayList<>();
    for (Set<String> group : fault.neededSigns()) {
      if (group.stream().noneMatch(sign -> signs.getOrDefault(sign, 0L) > 0)) {
        missing.add(String.join(" or ", new TreeSet<>(group)));
      }
    }
    fault
        .pairedSigns()
        .forEach(
            (done, seen) -> {
              long seenTimes = signs.getOrDefault(seen, 0L);
              long doneTimes = signs.getOrDefault(done, 0L);
              if (seenTimes < doneTimes) {
                missing.add("%s: %d of %d %s".formatted(seen, seenTimes, doneTimes, done));
              }
            });
    boolean seen = begun > 0 && missing.isEmpty();
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("times", begun);
    details.put("evidence", new LinkedHashMap<String, Object>(signs));
    if (!missing.isEmpty()) {
      details.put("missing", missing);
    }
    if (!errors.isEmpty()) {
      details.put("errors", errors);
    }
    if (!fault.refusals().isEmpty()) {
      details.put("refusals", fault.refusals());
    }
    if (!fault.broken().isEmpty()) {
      details.put("broken", fault.broken());
    }
    if (!fault.broken().isEmpty() || !(fault.refusals().isEmpty() || othersKeepAway)) {
      return new Verdict(Validity.INVALID, details);
    }
    return new Verdict(seen ? Validity.VALID : Validity.UNKNOWN, details);
  }
}
