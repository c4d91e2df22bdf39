package io.cairn.chaos.check;

import io.cairn.chaos.history.History;
import io.cairn.chaos.history.Keyword;
import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import io.cairn.chaos.history.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Tiny random histories of a register, and whether they are linearizable, by trying all orders. */
final class TinyRegister {
  private TinyRegister() {}

  /** Up to six operations of three clients with any results. */
  static History random(Random random) {
    List<Op> ops = new ArrayList<>();
    int left = 1 + random.nextInt(6);
    long[] process = {0, 1, 2};
    Op[] open = new Op[3];
    while (true) {
      int client = random.nextInt(3);
      if (open[client] == null) {
        if (left == 0) {
          if (open[0] == null && open[1] == null && open[2] == null) {
            return new History(ops);
          }
          continue;
        }
        left--;
        String f = List.of("read", "write", "cas").get(random.nextInt(3));
        Object value =
            switch (f) {
              case "read" -> null;
              case "write" -> value(random);
              default -> List.of(value(random), value(random));
            };
        open[client] =
            new Op(ops.size(), ops.size(), OpType.INVOKE, process[client], f, value, Map.of());
        ops.add(open[client]);
      } else {
        Op begun = open[client];
        open[client] = null;
        int dice = random.nextInt(10);
        if (dice == 0 && left == 0) {
          continue;
        }
        OpType type = dice < 3 ? OpType.INFO : dice < 4 ? OpType.FAIL : OpType.OK;
        Object value = begun.value();
        if (begun.f().equals("read") && type == OpType.OK) {
          value = random.nextInt(5) == 0 ? Keyword.ABSENT : value(random);
        }
        ops.add(new Op(ops.size(), ops.size(), type, process[client], begun.f(), value, Map.of()));
        if (type == OpType.INFO) {
          process[client] += 3;
        }
      }
    }
  }

  private static Object value(Random random) {
    return (long) random.nextInt(2);
  }

  /** True if some order of some of the uncertain and all definite operations agrees. */
  static boolean isLinearizable(History history) {
    List<Operation> left = new ArrayList<>();
    for (Operation operation : history.operations()) {
      if (!operation.isFail()) {
        left.add(operation);
      }
    }
    return canGoOn(left, Keyword.ABSENT);
  }

  private static boolean canGoOn(List<Operation> left, Object state) {
    if (left.stream().noneMatch(Operation::isOk)) {
      return true;
    }
    for (Operation next : left) {
      boolean tooEarly = false;
      for (Operation other : left) {
        tooEarly |= other.end() < next.begin();
      }
      Object after = tooEarly ? null : after(state, next);
      if (after != null) {
        List<Operation> rest = new ArrayList<>(left);
        rest.remove(next);
        if (canGoOn(rest, after)) {
          return true;
        }
      }
    }
    return false;
  }

  private static Object after(Object state, Operation operation) {
    List<?> pair = operation.argument() instanceof List<?> list ? list : List.of();
    return switch (operation.f()) {
      case "read" -> operation.isUncertain() || state.equals(operation.result()) ? state : null;
      case "write" -> operation.argument();
      default -> state.equals(pair.get(0)) ? pair.get(1) : null;
    };
  }
}
