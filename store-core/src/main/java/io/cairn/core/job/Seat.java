package io.cairn.core.job;

import io.cairn.protocol.v1.Worker;
import io.cairn.protocol.v1.WorkerHealth;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/** A worker as dispatch sees it: what it can run, and how many of its places are taken. */
final class Seat {
  private final String id;
  private final String node;
  private final long lease;
  private final int capacity;
  private final List<String> handlers;
  private final boolean spare;
  private WorkerHealth health;
  private long sweepMillis;
  private int running;
  private final NavigableSet<TaskKey> kept = new TreeSet<>();

  Seat(Worker worker, long sweepMillis, int running) {
    this.id = worker.getId();
    this.node = worker.getNode();
    this.lease = worker.getLease();
    this.capacity = worker.getCapacity();
    this.handlers = List.copyOf(worker.getHandlersList());
    this.spare = worker.getSpare();
    this.health = worker.getHealth();
    this.sweepMillis = sweepMillis;
    this.running = running;
  }

  String id() {
    return id;
  }

  String node() {
    return node;
  }

  long lease() {
    return lease;
  }

  List<String> handlers() {
    return handlers;
  }

  boolean spare() {
    return spare;
  }

  /** When its tasks are looked at; 0: never. */
  long sweepMillis() {
    return sweepMillis;
  }

  /** True if it may get a task now. */
  boolean hasRoom() {
    return health == WorkerHealth.HEALTHY && running + kept.size() < capacity;
  }

  /** True if it has no task. */
  boolean isIdle() {
    return running == 0;
  }

  /** Only the board calls this: it lists who has room. */
  void running(int change) {
    running += change;
  }

  /** Only the board calls this: a place is kept free for a task that runs elsewhere. */
  void keep(TaskKey task) {
    kept.add(task);
  }

  void keepNoLonger(TaskKey task) {
    kept.remove(task);
  }

  /** True if a place is kept free for the task. */
  boolean keeps(TaskKey task) {
    return kept.contains(task);
  }

  /** The tasks that places are kept free for. */
  List<TaskKey> kept() {
    return List.copyOf(kept);
  }

  boolean healthy() {
    return health == WorkerHealth.HEALTHY;
  }

  void health(WorkerHealth present) {
    health = present;
  }

  void sweepMillis(long millis) {
    sweepMillis = millis;
  }

  @Override
  public String toString() {
    return "%s@%s lease %d %d/%d kept %s %s %s%s sweep %d"
        .formatted(
            id,
            node,
            lease,
            running,
            capacity,
            kept,
            handlers,
            health,
            spare ? " spare" : "",
            sweepMillis);
  }
}
