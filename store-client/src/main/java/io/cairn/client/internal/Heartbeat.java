package io.cairn.client.internal;

import io.cairn.client.Lost;
import io.cairn.client.TaskName;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.RenewRequest;
import io.cairn.protocol.v1.RenewResponse;
import io.cairn.protocol.v1.Request;
import io.cairn.protocol.v1.TaskEvent;
import io.cairn.protocol.v1.TaskHold;
import io.cairn.protocol.v1.TaskWatch;
import io.cairn.protocol.v1.WatchBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one heartbeat of a client: renews all its leases in one command at each beat, and ends here
 * those that ran out or that the store says are gone. Belongs to the loop.
 *
 * <p>Renewals have no request id, as two do what one does; they neither need nor keep the session.
 */
final class Heartbeat implements Subscription {
  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);
  private static final Set<String> ENDS = Set.of("LOST", "CANCELLED");
  private static final int BEATS_PER_TTL = 3;

  private final Optional<Duration> interval;
  private final Map<Long, Hold> holds = new LinkedHashMap<>();
  private final Map<Long, Set<Hold.Follower>> others = new LinkedHashMap<>();
  private Optional<Requests> requests = Optional.empty();
  private long beats;
  private long nextBeatNanos;
  private long checks;
  private boolean listening;
  private Set<Long> wished = Set.of();
  private Set<Long> standing = Set.of();

  Heartbeat(Settings settings) {
    this.interval = settings.heartbeatInterval();
  }

  /** Sends through these from now on. */
  void sendThrough(Requests to) {
    requests = Optional.of(to);
  }

  /** Renews the lease from now on. */
  void add(Hold hold) {
    holds.put(hold.lease(), hold);
    restate();
    if (hold.leftNanos() < hold.ttlNanos() - intervalNanos()) {
      renew(List.of(hold));
    }
    long beatNanos = now() + intervalNanos();
    if (holds.size() == 1 || beatNanos - nextBeatNanos < 0) {
      // The first lease, or one that cannot wait for the next beat of the others.
      beatAt(beatNanos);
    }
    check();
  }

  /** Says that a task hangs on the lease now, or that it is followed. */
  void owned(Hold hold) {
    if (holds.containsKey(hold.lease())) {
      restate();
    }
  }

  /** Renews the lease no more. */
  void remove(Hold hold) {
    if (holds.remove(hold.lease(), hold)) {
      restate();
    }
  }

  /** Has events that concern the lease of another told. */
  void follow(long lease, Hold.Follower by) {
    others.computeIfAbsent(lease, id -> new LinkedHashSet<>()).add(by);
    // One that is wished for already is answered anew, so that this follower hears of it, too.
    standing = standing.stream().filter(id -> id != lease).collect(Collectors.toUnmodifiableSet());
    restate();
  }

  /** Ends {@link #follow}. */
  void unfollow(long lease, Hold.Follower by) {
    Set<Hold.Follower> followers = others.getOrDefault(lease, Set.of());
    if (followers.remove(by) && followers.isEmpty()) {
      others.remove(lease);
      restate();
    }
  }

  /** Takes a pushed event. */
  void told(TaskEvent event) {
    others.getOrDefault(event.getLease(), Set.of()).forEach(follower -> follower.told(event));
    Hold hold = holds.get(event.getLease());
    if (hold == null) {
      return;
    }
    hold.follower().ifPresent(follower -> follower.told(event));
    if (!ENDS.contains(event.getEvent().getKind())) {
      return;
    }
    hold.owned()
        .filter(name -> name.equals(name(event.getName(), event.getEvent().getEpoch())))
        .ifPresent(name -> lose(hold, Lost.Reason.TOLD));
  }

  @Override
  public Request request() {
    TaskWatch.Builder wish = TaskWatch.newBuilder();
    Stream<Long> own = holds.values().stream().filter(Hold::wantsEvents).map(Hold::lease);
    Stream.concat(own, others.keySet().stream())
        .distinct()
        .limit(Limits.RENEW_ITEMS_MAX)
        .forEach(wish::addLeases);
    wished = Set.copyOf(wish.getLeasesList());
    return Request.newBuilder().setGroup(LinkContext.GROUP).setTaskWatch(wish).build();
  }

  @Override
  public void stands(long revision) {
    // Only the newest statement is answered here, so that all it wished for stands.
    List<Hold.Follower> fresh = new ArrayList<>();
    for (long lease : wished) {
      if (!standing.contains(lease)) {
        Optional.ofNullable(holds.get(lease)).flatMap(Hold::follower).ifPresent(fresh::add);
        fresh.addAll(others.getOrDefault(lease, Set.of()));
      }
    }
    standing = wished;
    fresh.forEach(Hold.Follower::stands);
  }

  @Override
  public void connectionLost() {
    standing = Set.of();
  }

  @Override
  public void batch(WatchBatch batch) {}

  @Override
  public void ended(Failure why) {
    // The renewals tell the same, a little later.
    LOG.debug("task events are not pushed: {}", why.getMessage());
    listening = false;
  }

  private void restate() {
    boolean wanted = !others.isEmpty() || holds.values().stream().anyMatch(Hold::wantsEvents);
    Link work = requests.orElseThrow().work();
    if (wanted && !listening) {
      listening = true;
      work.subscribe(this);
    } else if (wanted) {
      work.restate(this);
    } else if (listening) {
      listening = false;
      work.unsubscribe(this);
    }
  }

  private void beatAt(long nanos) {
    long number = ++beats;
    nextBeatNanos = nanos;
    later(
        nanos - now(),
        () -> {
          if (number == beats) {
            beat();
          }
        });
  }

  private void beat() {
    if (holds.isEmpty()) {
      return;
    }
    List<Hold> batch = new ArrayList<>();
    int items = 0;
    for (Hold hold : holds.values()) {
      if (hold.isReported()) {
        continue;
      }
      items += hold.owned().isPresent() ? 2 : 1;
      if (items > Limits.RENEW_ITEMS_MAX) {
        renew(batch);
        batch = new ArrayList<>();
        items = hold.owned().isPresent() ? 2 : 1;
      }
      batch.add(hold);
    }
    if (!batch.isEmpty()) {
      renew(batch);
    }
    beatAt(now() + intervalNanos());
  }

  private void renew(List<Hold> batch) {
    Requests to = requests.orElseThrow();
    RenewRequest.Builder renewal = RenewRequest.newBuilder();
    for (Hold hold : batch) {
      renewal.addLeases(hold.lease());
      hold.owned()
          .ifPresent(
              name ->
                  renewal.addTasks(
                      TaskHold.newBuilder()
                          .setName(TaskWire.name(name.name()))
                          .setEpoch(name.epoch())));
    }
    // I10: the time it is sent, not the time it is answered.
    long sentNanos = to.context().clock().nanos();
    long patience = Math.max(intervalNanos(), batch.get(0).ttlNanos());
    CompletableFuture<?> unused =
        to.renew(renewal.build(), Duration.ofNanos(patience))
            .whenComplete(
                (outcome, failure) -> {
                  if (failure == null) {
                    renewed(batch, sentNanos, outcome.getRenew());
                  } else {
                    LOG.debug("a renewal of {} leases failed", batch.size(), failure);
                  }
                });
  }

  private void renewed(List<Hold> batch, long sentNanos, RenewResponse response) {
    Set<Long> leasesLost = Set.copyOf(response.getLeasesLostList());
    Set<Hold.OwnedName> namesLost =
        response.getTasksLostList().stream()
            .map(lost -> name(lost.getName(), lost.getEpoch()))
            .collect(java.util.stream.Collectors.toSet());
    for (Hold hold : batch) {
      if (holds.get(hold.lease()) != hold) {
        continue;
      }
      if (leasesLost.contains(hold.lease())
          || hold.owned().filter(namesLost::contains).isPresent()) {
        lose(hold, Lost.Reason.TOLD);
      } else {
        hold.renewed(sentNanos);
      }
    }
  }

  private void check() {
    long nearest = Long.MAX_VALUE;
    for (Hold hold : List.copyOf(holds.values())) {
      if (!hold.isAlive()) {
        lose(hold, Lost.Reason.LEASE_RAN_OUT);
      } else {
        nearest = Math.min(nearest, hold.leftNanos());
      }
    }
    if (!holds.isEmpty()) {
      long number = ++checks;
      later(
          Math.min(nearest, shortestTtlNanos() / 2),
          () -> {
            if (number == checks) {
              check();
            }
          });
    }
  }

  private void lose(Hold hold, Lost.Reason reason) {
    remove(hold);
    hold.lose(reason);
  }

  private long shortestTtlNanos() {
    return holds.values().stream().mapToLong(Hold::ttlNanos).min().orElse(Long.MAX_VALUE);
  }

  private long intervalNanos() {
    long enough = shortestTtlNanos() / BEATS_PER_TTL;
    return interval
        .map(Duration::toNanos)
        .filter(nanos -> nanos < shortestTtlNanos())
        .orElse(enough);
  }

  private long now() {
    return requests.orElseThrow().context().clock().nanos();
  }

  private void later(long nanos, Runnable work) {
    requests.orElseThrow().context().loop().after(Math.max(nanos, 1_000_000), work);
  }

  private static Hold.OwnedName name(io.cairn.protocol.v1.TaskName name, long epoch) {
    return new Hold.OwnedName(new TaskName(name.getNamespace(), name.getName()), epoch);
  }
}
