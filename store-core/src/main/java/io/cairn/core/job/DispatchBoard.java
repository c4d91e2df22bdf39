package io.cairn.core.job;

import io.cairn.core.job.Work.Next;
import io.cairn.core.job.Work.Place;
import io.cairn.protocol.placement.HashRing;
import io.cairn.protocol.v1.Worker;
import io.cairn.protocol.v1.WorkerHealth;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who has room, and what waits for it. Derived: a function of the rows of workers, of what hangs on
 * their leases, of READY and of the jobs' states. It is read from them once and then kept in step
 * by whoever writes them, so that a dispatch costs no walk over workers or jobs. {@link #toString}
 * of two boards is equal if and only if they stand for the same.
 *
 * <p>Workers stand on one ring. The first one clockwise that has a handler and room is the same as
 * it would be on a ring of only those with the handler, as a worker's positions depend on its id
 * alone. Applying thread only.
 */
final class DispatchBoard {
  private static final int VIRTUAL_NODES = 64;

  private final HashRing ring = HashRing.of(VIRTUAL_NODES);
  private final Map<String, Seat> seats = new HashMap<>();
  private final Map<String, Pool> pools = new HashMap<>();
  private final Map<Place, Work> works = new HashMap<>();
  private final NavigableMap<Place, Pool> servable = new TreeMap<>();
  private final BareTasks bare = new BareTasks();
  private boolean leftOver;

  /** What has to do with one handler. */
  private static final class Pool {
    final FreeSeats free = new FreeSeats();
    final FreeSeats spare = new FreeSeats();
    final NavigableMap<Place, Work> work = new TreeMap<>();
    @Nullable Place listed;

    FreeSeats of(Seat seat) {
      return seat.spare() ? spare : free;
    }

    boolean hasRoom() {
      return !free.isEmpty() || !spare.isEmpty();
    }

    boolean hasOtherThan(Set<String> workers) {
      return free.hasOtherThan(workers) || spare.hasOtherThan(workers);
    }

    /** The first of its tasks that somebody may have now. */
    Optional<Next> next() {
      if (hasRoom()) {
        for (Work waiting : work.values()) {
          Optional<Next> next = waiting.next(this::hasOtherThan);
          if (next.isPresent()) {
            return next;
          }
        }
      }
      return Optional.empty();
    }
  }

  /** A worker registers. */
  void seat(Worker worker, long sweepMillis, int running) {
    Seat seat = new Seat(worker, sweepMillis, running);
    seats.put(seat.id(), seat);
    ring.add(seat.id());
    list(seat);
  }

  /** A worker is gone. */
  void unseat(String worker) {
    Seat seat = seats.remove(worker);
    if (seat != null) {
      ring.remove(worker);
      for (String handler : seat.handlers()) {
        Pool pool = pool(handler);
        pool.of(seat).remove(seat);
        list(handler, pool);
      }
    }
  }

  Optional<Seat> seat(String worker) {
    return Optional.ofNullable(seats.get(worker));
  }

  void health(String worker, WorkerHealth health) {
    seat(worker)
        .ifPresent(
            seat -> {
              seat.health(health);
              list(seat);
            });
  }

  /** A worker has one more task. */
  void taken(Seat seat) {
    seat.running(1);
    list(seat);
  }

  /** A worker has one task less, if it is still the one that had it. */
  void freed(String worker, long lease) {
    Seat seat = seats.get(worker);
    if (seat != null && seat.lease() == lease) {
      seat.running(-1);
      list(seat);
    }
  }

  /** A place is kept free for a task that runs on another worker. */
  void keep(Seat seat, TaskKey task) {
    seat.keep(task);
    list(seat);
  }

  /** The place is free for others, if the worker is still there. */
  void keepNoLonger(String worker, TaskKey task) {
    Seat seat = seats.get(worker);
    if (seat != null) {
      seat.keepNoLonger(task);
      list(seat);
    }
  }

  /** The running tasks for which a place is to be kept, and is not. */
  BareTasks bare() {
    return bare;
  }

  /** The first of those, if somebody on another node has room for it now. */
  Optional<TaskKey> nextBare() {
    return bare.first(
        (handler, node) -> {
          Pool pool = pools.get(handler);
          return pool != null && (pool.free.hasBeside(node) || pool.spare.hasBeside(node));
        });
  }

  /** The worker that keeps a place for a task: on another node, a spare one if there is one. */
  Optional<Seat> chooseStandby(String handler, long hash, String node) {
    Pool pool = pools.get(handler);
    if (pool == null) {
      return Optional.empty();
    }
    Apart apart = Apart.of(List.of(node));
    Optional<String> found = pool.spare.nearest(ring, hash, apart);
    if (found.isEmpty()) {
      found = pool.free.nearest(ring, hash, apart);
    }
    return found.map(seats::get);
  }

  /** A task that was dispatched before waits again, for any worker but those barred. */
  void again(Place place, StoredJob job, int partition, int replica, Set<String> barred) {
    Work work = work(place, job);
    work.again(partition, replica, barred);
    list(work);
  }

  void notAgain(Place place, int partition, int replica) {
    Work work = works.get(place);
    if (work != null) {
      work.notAgain(partition, replica);
      list(work);
    }
  }

  /** How many of a stage's partitions wait for their first dispatch, and whether none may come. */
  void waiting(Place place, StoredJob job, int waiting, boolean halted) {
    if (waiting == 0 && !works.containsKey(place)) {
      return;
    }
    Work work = work(place, job);
    work.set(waiting, halted);
    list(work);
  }

  /** The first task, by age of its job, that somebody has room for. */
  Optional<Next> next() {
    Map.Entry<Place, Pool> first = servable.firstEntry();
    return first == null ? Optional.empty() : first.getValue().next();
  }

  /**
   * The worker that a task goes to: the first clockwise with the handler and room. Spare workers
   * come last, and all of them before a node that is to be avoided.
   */
  Optional<Seat> choose(String handler, long hash, Apart apart) {
    return chooseApart(handler, hash, apart).or(() -> chooseApart(handler, hash, apart.anyNode()));
  }

  /** As {@link #choose}, but nobody on a node that is to be avoided. */
  Optional<Seat> chooseApart(String handler, long hash, Apart apart) {
    Pool pool = pools.get(handler);
    if (pool == null) {
      return Optional.empty();
    }
    Optional<String> found = pool.free.nearest(ring, hash, apart);
    if (found.isEmpty()) {
      found = pool.spare.nearest(ring, hash, apart);
    }
    return found.map(seats::get);
  }

  /** True if dispatch has been left to an Expire. */
  boolean leftOver() {
    return leftOver;
  }

  void leftOver(boolean present) {
    leftOver = present;
  }

  private Pool pool(String handler) {
    return pools.computeIfAbsent(handler, unused -> new Pool());
  }

  private Work work(Place place, StoredJob job) {
    return works.computeIfAbsent(
        place,
        unused -> new Work(place, job.handler(place), job.stage(place.stage()).getPartitions()));
  }

  private void list(Seat seat) {
    for (String handler : seat.handlers()) {
      Pool pool = pool(handler);
      if (seat.hasRoom()) {
        pool.of(seat).add(seat);
      } else {
        pool.of(seat).remove(seat);
      }
      list(handler, pool);
    }
  }

  private void list(Work work) {
    Pool pool = pool(work.handler());
    if (work.waits()) {
      pool.work.put(work.place(), work);
    } else {
      pool.work.remove(work.place());
    }
    if (work.isEmpty()) {
      works.remove(work.place());
    }
    list(work.handler(), pool);
  }

  private void list(String handler, Pool pool) {
    Place now = pool.next().map(Next::place).orElse(null);
    if (pool.listed != null && !pool.listed.equals(now)) {
      servable.remove(pool.listed);
    }
    if (now != null && !now.equals(pool.listed)) {
      servable.put(now, pool);
    }
    pool.listed = now;
    if (now == null && pool.work.isEmpty() && pool.free.isEmpty() && pool.spare.isEmpty()) {
      pools.remove(handler);
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(leftOver ? "left over\n" : "");
    new TreeMap<>(seats).values().forEach(seat -> text.append(seat).append('\n'));
    new TreeMap<>(works).values().forEach(work -> text.append(work).append('\n'));
    new TreeMap<>(pools)
        .forEach(
            (handler, pool) ->
                text.append(handler)
                    .append(" free ")
                    .append(pool.free)
                    .append(" spare ")
                    .append(pool.spare)
                    .append(" work ")
                    .append(pool.work.keySet())
                    .append('\n'));
    return text.append(bare)
        .append('\n')
        .append(servable.keySet())
        .append('\n')
        .append(ring.nodes())
        .toString();
  }
}
