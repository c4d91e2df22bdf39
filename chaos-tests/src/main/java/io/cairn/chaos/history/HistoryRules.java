package io.cairn.chaos.history;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What holds between the lines of every history: indices are dense from 0, time does not go back, a
 * process does one thing at a time, each end has a beginning of the same kind, and a process whose
 * operation ended with {@code :info} never acts again. Faults are free of the last three. Fed line
 * by line; keeps what is open, and the processes that are gone.
 */
final class HistoryRules {
  private final Map<Long, Open> open = new HashMap<>();
  private final Set<Long> gone = new HashSet<>();
  private long next;
  private long lastTimeNanos = Long.MIN_VALUE;

  private record Open(String f, long line) {}

  /**
   * Checks the next line.
   *
   * @throws MalformedHistory naming {@code line}
   */
  void check(Op op, long line) {
    if (op.index() != next) {
      throw new MalformedHistory(line, "index is " + op.index() + ", must be " + next);
    }
    next++;
    if (op.timeNanos() < lastTimeNanos) {
      throw new MalformedHistory(
          line, "time goes back from " + lastTimeNanos + " to " + op.timeNanos());
    }
    lastTimeNanos = op.timeNanos();
    if (!op.isClient()) {
      return;
    }
    if (op.type() == OpType.INVOKE) {
      begin(op, line);
    } else {
      end(op, line);
    }
  }

  private void begin(Op op, long line) {
    if (gone.contains(op.process())) {
      throw new MalformedHistory(
          line, "process " + op.process() + " acts again after an operation with :info");
    }
    Open before = open.put(op.process(), new Open(op.f(), line));
    if (before != null) {
      throw new MalformedHistory(
          line,
          "process "
              + op.process()
              + " begins :"
              + op.f()
              + ", but its :"
              + before.f()
              + " of line "
              + before.line()
              + " has not ended");
    }
  }

  private void end(Op op, long line) {
    Open begun = open.remove(op.process());
    if (begun == null) {
      throw new MalformedHistory(
          line, "process " + op.process() + " ends :" + op.f() + ", but has begun nothing");
    }
    if (!begun.f().equals(op.f())) {
      throw new MalformedHistory(
          line,
          "process "
              + op.process()
              + " ends :"
              + op.f()
              + ", but has begun :"
              + begun.f()
              + " in line "
              + begun.line());
    }
    if (op.type() == OpType.INFO) {
      gone.add(op.process());
    }
  }
}
