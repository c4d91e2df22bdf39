package io.cairn.chaos.report;

import io.cairn.chaos.history.History;
import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A history as stretches of time.
 *
 * @param ops operations of clients, in the order of their beginnings
 * @param faults when each fault was on, by its name; healing and restarts too
 */
record Spans(List<Done> ops, Map<String, List<Stretch>> faults, double endSeconds) {
  /** An operation: what began, and how it ended. */
  record Done(Op begun, @Nullable Op ended, double fromSeconds, double toSeconds) {
    OpType type() {
      return ended == null ? OpType.INFO : ended.type();
    }

    double millis() {
      return (toSeconds - fromSeconds) * 1_000;
    }
  }

  /** From when to when something was so. */
  record Stretch(double fromSeconds, double toSeconds) {}

  static Spans of(History history) {
    List<Op> all = history.ops();
    double end = all.isEmpty() ? 1 : Math.max(1, seconds(all.get(all.size() - 1)));
    Op[] endings = new Op[all.size()];
    Map<Long, Op> open = new HashMap<>();
    Map<String, List<Stretch>> faults = new LinkedHashMap<>();
    Map<String, Double> on = new LinkedHashMap<>();
    for (Op op : all) {
      if (!op.isClient()) {
        nemesis(op, on, faults);
      } else if (op.type() == OpType.INVOKE) {
        open.put(op.process(), op);
      } else {
        Op begun = open.remove(op.process());
        if (begun != null) {
          endings[(int) begun.index()] = op;
        }
      }
    }
    on.forEach((name, from) -> add(faults, name, from, end));
    List<Done> done = new ArrayList<>();
    for (Op op : all) {
      if (op.isClient() && op.type() == OpType.INVOKE) {
        Op ended = endings[(int) op.index()];
        done.add(new Done(op, ended, seconds(op), ended == null ? end : seconds(ended)));
      }
    }
    return new Spans(done, faults, end);
  }

  private static void nemesis(Op op, Map<String, Double> on, Map<String, List<Stretch>> faults) {
    String f = op.f();
    if (f.startsWith("start-")) {
      on.putIfAbsent(f.substring("start-".length()), seconds(op));
    } else if (f.startsWith("stop-")) {
      String name = f.substring("stop-".length());
      // Its first line asks for the end, its second says that it has come.
      if (op.extras().containsKey("done") || op.extras().containsKey("error")) {
        Double from = on.remove(name);
        if (from != null) {
          add(faults, name, from, seconds(op));
        }
      }
    } else if (op.extras().containsKey("done")) {
      Double from = on.remove(f);
      add(faults, f, from == null ? seconds(op) : from, seconds(op));
    } else {
      on.putIfAbsent(f, seconds(op));
    }
  }

  private static void add(Map<String, List<Stretch>> to, String name, double from, double until) {
    to.computeIfAbsent(name, fresh -> new ArrayList<>()).add(new Stretch(from, until));
  }

  private static double seconds(Op op) {
    return op.timeNanos() / 1e9;
  }
}
