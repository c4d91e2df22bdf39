package io.cairn.chaos.generator;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntPredicate;

/**
 * What a generator sees.
 *
 * @param timeNanos since the history began
 * @param processes what each thread is called now, in the order of threads
 * @param free the threads that do nothing
 */
public record Context(long timeNanos, SortedMap<Integer, Long> processes, SortedSet<Integer> free) {
  /** The thread of faults. */
  public static final int NEMESIS = -1;

  /** A context that nobody changes. */
  public Context {
    processes = Collections.unmodifiableSortedMap(processes);
    free = Collections.unmodifiableSortedSet(free);
  }

  /** {@code clients} threads and the nemesis, all free, at time 0. */
  public static Context of(int clients) {
    SortedMap<Integer, Long> processes = new TreeMap<>();
    for (int thread = NEMESIS; thread < clients; thread++) {
      processes.put(thread, (long) thread);
    }
    return new Context(0, processes, new TreeSet<>(processes.keySet()));
  }

  /** The same, later. */
  public Context at(long nanos) {
    return new Context(nanos, processes, free);
  }

  /** The same, with a thread at work. */
  public Context withBusy(int thread) {
    SortedSet<Integer> left = new TreeSet<>(free);
    left.remove(thread);
    return new Context(timeNanos, processes, left);
  }

  /** The same, with a thread that is free, and what it is called. */
  public Context withFree(int thread, long process) {
    SortedSet<Integer> more = new TreeSet<>(free);
    more.add(thread);
    SortedMap<Integer, Long> named = new TreeMap<>(processes);
    named.put(thread, process);
    return new Context(timeNanos, named, more);
  }

  /** The same, seeing only some threads. */
  public Context only(IntPredicate threads) {
    SortedMap<Integer, Long> seen = new TreeMap<>();
    SortedSet<Integer> seenFree = new TreeSet<>();
    for (Map.Entry<Integer, Long> entry : processes.entrySet()) {
      if (threads.test(entry.getKey())) {
        seen.put(entry.getKey(), entry.getValue());
        if (free.contains(entry.getKey())) {
          seenFree.add(entry.getKey());
        }
      }
    }
    return new Context(timeNanos, seen, seenFree);
  }

  /** True if no thread is at work. */
  public boolean isIdle() {
    return free.size() == processes.size();
  }

  /** True if {@code process} is one of the threads seen here. */
  public boolean has(long process) {
    return processes.containsValue(process);
  }

  /** The thread of a process that is one now. */
  public int threadOf(long process) {
    for (Map.Entry<Integer, Long> entry : processes.entrySet()) {
      if (entry.getValue() == process) {
        return entry.getKey();
      }
    }
    throw new IllegalArgumentException("process " + process + " is none of " + processes);
  }

  /** What a thread is called now. */
  public long process(int thread) {
    Long process = processes.get(thread);
    if (process == null) {
      throw new IllegalArgumentException("thread " + thread + " is none of " + processes.keySet());
    }
    return process;
  }
}
