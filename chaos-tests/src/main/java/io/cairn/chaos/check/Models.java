package io.cairn.chaos.check;

import io.cairn.chaos.history.Operation;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Models of a lock, a counter and a set. */
public final class Models {
  private Models() {}

  /**
   * A lock: {@code :acquire}, {@code :release}. It is taken by a process, and a token that it
   * returns, if it does, is greater than all before.
   */
  public static Model lock() {
    return new Lock();
  }

  /** A counter from 0: {@code :add n}, {@code :read -> n}. */
  public static Model counter() {
    return new Counter();
  }

  /** A set, empty at first: {@code :add v}, {@code :read -> [v ...]}. */
  public static Model set() {
    return new Elements();
  }

  private record Lock() implements Model {
    /** The holder, or -1, and the greatest token so far. */
    private record State(long holder, long token) {}

    @Override
    public Object start() {
      return new State(-1, Long.MIN_VALUE);
    }

    @Override
    public @Nullable Object step(Object state, Operation operation) {
      State now = (State) state;
      if (operation.f().equals("acquire")) {
        if (now.holder >= 0) {
          return null;
        }
        Long token = Fields.number(operation.result(), "token");
        if (token == null) {
          return new State(operation.process(), now.token);
        }
        return token > now.token ? new State(operation.process(), token) : null;
      }
      if (operation.f().equals("release")) {
        return now.holder == operation.process() ? new State(-1, now.token) : null;
      }
      return now;
    }

    @Override
    public boolean isSilent(Operation operation) {
      return !operation.f().equals("acquire") && !operation.f().equals("release");
    }

    @Override
    public boolean isTelling(Operation operation) {
      return operation.f().equals("acquire");
    }
  }

  private record Counter() implements Model {
    @Override
    public Object start() {
      return 0L;
    }

    @Override
    public @Nullable Object step(Object state, Operation operation) {
      if (operation.f().equals("add")) {
        Long added = Fields.number(operation.argument());
        return added == null ? state : (Object) Math.addExact((Long) state, added);
      }
      return isSilent(operation) || state.equals(operation.result()) ? state : null;
    }

    @Override
    public boolean isSilent(Operation operation) {
      return !operation.f().equals("add")
          && (!operation.f().equals("read") || Fields.number(operation.result()) == null);
    }

    @Override
    public boolean isUnclear(Operation operation) {
      return operation.f().equals("add")
          ? Fields.number(operation.argument()) == null
          : operation.f().equals("read") && operation.isOk() && isSilent(operation);
    }

    @Override
    public boolean isTelling(Operation operation) {
      return operation.f().equals("read") && !isSilent(operation);
    }
  }

  private record Elements() implements Model {
    @Override
    public Object start() {
      return Collections.emptySet();
    }

    @Override
    public @Nullable Object step(Object state, Operation operation) {
      Set<?> now = (Set<?>) state;
      if (operation.f().equals("add")) {
        if (now.contains(operation.argument())) {
          return now;
        }
        Set<Object> more = new HashSet<>(now);
        more.add(operation.argument());
        return more;
      }
      List<?> read = Fields.list(operation.result());
      if (read == null) {
        return now;
      }
      return read.size() == now.size() && now.containsAll(read) ? now : null;
    }

    @Override
    public boolean isSilent(Operation operation) {
      return !operation.f().equals("add") && Fields.list(operation.result()) == null;
    }

    @Override
    public boolean isUnclear(Operation operation) {
      return operation.f().equals("add")
          ? operation.argument() == null
          : operation.f().equals("read") && operation.isOk() && isSilent(operation);
    }

    @Override
    public boolean isTelling(Operation operation) {
      return !operation.f().equals("add") && !isSilent(operation);
    }
  }
}
