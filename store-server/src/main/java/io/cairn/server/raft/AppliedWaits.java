package io.cairn.server.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Who waits for an index to be applied here. Any thread. */
final class AppliedWaits {
  private static final int WAITING_MAX = 65_536;

  // guarded by this
  private final TreeMap<Long, List<Runnable>> waiting = new TreeMap<>();
  private long applied;
  private int count;

  /**
   * Runs {@code task} when {@code index} is applied, at once if it is; false if too many wait
   * already.
   */
  boolean when(long index, Runnable task) {
    synchronized (this) {
      if (index > applied) {
        if (count >= WAITING_MAX) {
          return false;
        }
        waiting.computeIfAbsent(index, none -> new ArrayList<>()).add(task);
        count++;
        return true;
      }
    }
    task.run();
    return true;
  }

  /** True if {@link #when} would run its task at once. */
  synchronized boolean isApplied(long index) {
    return index <= applied;
  }

  /** Forgets a task, which then was not run and will not be; false if it was. */
  synchronized boolean forget(long index, Runnable task) {
    List<Runnable> tasks = waiting.get(index);
    if (tasks == null || !tasks.remove(task)) {
      return false;
    }
    if (tasks.isEmpty()) {
      waiting.remove(index);
    }
    count--;
    return true;
  }

  /** Everything up to {@code index} is applied. */
  void applied(long index) {
    List<Runnable> due = new ArrayList<>();
    synchronized (this) {
      applied = Math.max(applied, index);
      var reached = waiting.headMap(applied, true);
      reached.values().forEach(due::addAll);
      reached.clear();
      count -= due.size();
    }
    due.forEach(Runnable::run);
  }
}
