package io.cairn.chaos.check;

import io.cairn.chaos.history.Keyword;
import io.cairn.chaos.history.Operation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A register: {@code :read -> v}, {@code :write v}, {@code :cas [old new]}, {@code :delete}. It is
 * {@code :absent} at first. As in Knossos, a completed read of nil tells nothing.
 */
public final class RegisterModel implements Model {
  @Override
  public Object start() {
    return Keyword.ABSENT;
  }

  @Override
  public @Nullable Object step(Object state, Operation operation) {
    if (isSilent(operation)) {
      return state;
    }
    Object needed = needed(operation);
    if (needed != null && !needed.equals(state)) {
      return null;
    }
    Object written = written(operation);
    return written == null ? state : written;
  }

  /** The state that an operation needs to find, or null if any will do. */
  static @Nullable Object needed(Operation operation) {
    return switch (operation.f()) {
      case "read" -> operation.result() == null ? null : value(operation.result());
      case "cas" -> value(cas(operation).get(0));
      default -> null;
    };
  }

  /** The state that an operation leaves behind, or null if it leaves it as it is. */
  static @Nullable Object written(Operation operation) {
    return switch (operation.f()) {
      case "write" -> value(operation.argument());
      case "cas" -> value(cas(operation).get(1));
      case "delete" -> Keyword.ABSENT;
      default -> null;
    };
  }

  private static List<?> cas(Operation operation) {
    List<?> pair = Fields.list(operation.argument());
    return pair == null || pair.size() != 2 ? List.of(Keyword.ABSENT, Keyword.ABSENT) : pair;
  }

  private static Object value(@Nullable Object value) {
    return value == null || Fields.isAbsent(value) ? Keyword.ABSENT : value;
  }

  /** A read without result is silent, and so is what a register does not know. */
  @Override
  public boolean isSilent(Operation operation) {
    return switch (operation.f()) {
      case "read" -> operation.result() == null;
      case "write", "delete" -> false;
      case "cas" -> {
        List<?> pair = Fields.list(operation.argument());
        yield pair == null || pair.size() != 2;
      }
      default -> true;
    };
  }

  @Override
  public boolean isUnclear(Operation operation) {
    return operation.f().equals("cas") && isSilent(operation);
  }

  @Override
  public boolean isTelling(Operation operation) {
    return !isSilent(operation) && needed(operation) != null;
  }

  /**
   * Leaves out uncertain operations whose value nobody ever needs to find: where such a one stands
   * in an order, the order without it is as good.
   */
  @Override
  public List<Operation> relevant(List<Operation> operations) {
    List<Operation> kept = operations;
    while (true) {
      Set<Object> wanted = new HashSet<>();
      for (Operation operation : kept) {
        Object needed = needed(operation);
        if (needed != null) {
          wanted.add(needed);
        }
      }
      List<Operation> fewer = new ArrayList<>(kept.size());
      for (Operation operation : kept) {
        if (!operation.isUncertain() || wanted.contains(written(operation))) {
          fewer.add(operation);
        }
      }
      if (fewer.size() == kept.size()) {
        return kept;
      }
      kept = fewer;
    }
  }
}
