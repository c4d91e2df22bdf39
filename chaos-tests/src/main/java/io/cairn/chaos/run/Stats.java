package io.cairn.chaos.run;

import io.cairn.chaos.check.Validity;
import io.cairn.chaos.check.Verdict;
import io.cairn.chaos.history.History;
import io.cairn.chaos.history.Op;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** How many operations of each kind there were, and how they ended. */
public final class Stats {
  private Stats() {}

  /** Valid if each kind was ok at least once; else too little was looked at. */
  public static Verdict of(History history) {
    Map<String, long[]> counts = new TreeMap<>();
    for (Op op : history.ops()) {
      if (op.isClient()) {
        counts.computeIfAbsent(op.f(), fresh -> new long[4])[op.type().ordinal()]++;
      }
    }
    Validity validity = counts.isEmpty() ? Validity.UNKNOWN : Validity.VALID;
    Map<String, Object> details = new LinkedHashMap<>();
    long ops = 0;
    for (Map.Entry<String, long[]> entry : counts.entrySet()) {
      long[] of = entry.getValue();
      ops += of[0];
      if (of[1] == 0) {
        validity = validity.and(Validity.UNKNOWN);
      }
      Map<String, Object> kind = new LinkedHashMap<>();
      kind.put("begun", of[0]);
      kind.put("ok", of[1]);
      kind.put("fail", of[2]);
      kind.put("info", of[3]);
      details.put(entry.getKey(), kind);
    }
    details.put("ops", ops);
    return new Verdict(validity, details);
  }
}
