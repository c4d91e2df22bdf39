package io.cairn.chaos.run;

import io.cairn.chaos.check.Validity;
import io.cairn.chaos.check.Verdict;
import io.cairn.chaos.history.History;
import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** How many operations of each kind there were, and how they ended. */
public final class Stats {
  private Stats() {}

  /** Valid if each kind was ok at least once; else too little was looked at. */
  public static Verdict of(History history) {
    Map<String, Map<OpType, Long>> counts = new TreeMap<>();
    for (Op op : history.ops()) {
      if (op.isClient()) {
        counts
            .computeIfAbsent(op.f(), fresh -> new EnumMap<>(OpType.class))
            .merge(op.type(), 1L, Long::sum);
      }
    }
    Validity validity = counts.isEmpty() ? Validity.UNKNOWN : Validity.VALID;
    Map<String, Object> details = new LinkedHashMap<>();
    long ops = 0;
    for (Map.Entry<String, Map<OpType, Long>> entry : counts.entrySet()) {
      Map<OpType, Long> of = entry.getValue();
      ops += of.getOrDefault(OpType.INVOKE, 0L);
      if (!of.containsKey(OpType.OK)) {
        validity = validity.and(Validity.UNKNOWN);
      }
      Map<String, Object> kind = new LinkedHashMap<>();
      for (OpType type : OpType.values()) {
        String name = type == OpType.INVOKE ? "begun" : type.text();
        kind.put(name, of.getOrDefault(type, 0L));
      }
      details.put(entry.getKey(), kind);
    }
    details.put("ops", ops);
    return new Verdict(validity, details);
  }
}
