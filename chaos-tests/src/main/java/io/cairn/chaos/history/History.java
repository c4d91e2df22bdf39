package io.cairn.chaos.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Operations in their order; index and time are checked, and who begins and ends what. */
public record History(List<Op> ops) {
  /**
   * A history that nobody changes.
   *
   * @throws MalformedHistory if the lines are no history; see {@link HistoryRules}
   */
  public History {
    ops = List.copyOf(ops);
    HistoryRules rules = new HistoryRules();
    for (Op op : ops) {
      rules.check(op, op.index() + 1);
    }
  }

  /**
   * The same as if clients had done only what has one of these names: all else is taken for
   * something that the nemesis tells, so that lines keep their places.
   */
  public History only(Set<String> names) {
    if (ops.stream().allMatch(op -> !op.isClient() || names.contains(op.f()))) {
      return this;
    }
    return new History(
        ops.stream()
            .map(op -> op.isClient() && !names.contains(op.f()) ? op.byNemesis() : op)
            .toList());
  }

  /** What clients did, in the order in which it began. */
  public List<Operation> operations() {
    List<Op> begun = new ArrayList<>();
    Map<Long, Integer> open = new HashMap<>();
    Map<Integer, Op> ends = new HashMap<>();
    for (Op op : ops) {
      if (!op.isClient()) {
        continue;
      }
      if (op.type() == OpType.INVOKE) {
        open.put(op.process(), begun.size());
        begun.add(op);
      } else {
        Integer place = open.remove(op.process());
        if (place != null) {
          ends.put(place, op);
        }
      }
    }
    List<Operation> operations = new ArrayList<>(begun.size());
    for (int i = 0; i < begun.size(); i++) {
      operations.add(new Operation(begun.get(i), ends.get(i)));
    }
    return operations;
  }
}
