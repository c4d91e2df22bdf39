package io.cairn.bench.compare;

import io.cairn.bench.nodes.BenchFailure;
import io.cairn.bench.nodes.Daemon;
import io.cairn.bench.nodes.Pause;
import io.cairn.bench.peers.StoreCluster;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What one client sees when something befalls the leader, again and again: the longest time between
 * two acknowledged puts, from a second before until puts have gone on for a while.
 */
public final class Failovers {
  private static final long GOES_ON_MILLIS = 1_000;
  private static final long SETTLE_MILLIS = 2_000;
  private static final long GAP_MILLIS_MAX = 60_000;

  /** A bucket of the timeline. */
  static final long BUCKET_MILLIS = 50;

  /** Buckets before the fault. */
  static final int BUCKETS_BEFORE = (int) (GOES_ON_MILLIS / BUCKET_MILLIS);

  private static final int BUCKETS = 200;

  private Failovers() {}

  /**
   * One fault.
   *
   * @param gapMillis the longest time between two acknowledged puts
   * @param failed puts that failed
   * @param acknowledged puts in each {@link #BUCKET_MILLIS}, from {@link #BUCKETS_BEFORE} before
   *     the fault on
   */
  public record Gap(long gapMillis, long failed, List<Integer> acknowledged) {}

  /** Lets the fault befall the leader so often, and tells of each time. */
  public static List<Gap> run(
      StoreCluster store, Fault fault, int repeats, Consumer<String> progress) {
    List<Gap> gaps = new ArrayList<>();
    try (GapClient puts = new GapClient(store)) {
      puts.start();
      for (int i = 1; i <= repeats; i++) {
        Pause.millis(SETTLE_MILLIS);
        awaitGoingOn(puts); // a client may take longer to come back than the servers
        Daemon leader = leader(store);
        Pause.millis(GOES_ON_MILLIS); // a look at all servers is work too: let it be over
        Gap gap = one(puts, fault, leader);
        gaps.add(gap);
        progress.accept(
            String.format(
                Locale.ROOT,
                "%d of %d: %s, %s, %d ms between two acknowledged puts, %d puts failed",
                i,
                repeats,
                leader.name(),
                fault.name().toLowerCase(Locale.ROOT),
                gap.gapMillis(),
                gap.failed()));
        if (fault == Fault.FREEZE) {
          leader.thaw();
        } else {
          store.restart(leader);
        }
        store.awaitReady();
      }
    }
    return gaps;
  }

  private static Daemon leader(StoreCluster store) {
    long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GAP_MILLIS_MAX);
    while (true) {
      var leader = store.leader();
      if (leader.isPresent()) {
        return leader.get();
      }
      if (System.nanoTime() - deadlineNanos > 0) {
        throw new BenchFailure(store.kind().label() + " has no leader");
      }
      Pause.millis(BUCKET_MILLIS);
    }
  }

  private static void awaitGoingOn(GapClient puts) {
    long startNanos = System.nanoTime();
    long before = puts.acknowledged();
    while (puts.acknowledged() < before + 2 || quietMillis(puts) > GOES_ON_MILLIS / 2) {
      if (sinceMillis(startNanos) > GAP_MILLIS_MAX) {
        throw new BenchFailure("no put was acknowledged for " + GAP_MILLIS_MAX + " ms");
      }
      Pause.millis(1);
    }
  }

  private static Gap one(GapClient puts, Fault fault, Daemon leader) {
    long failedBefore = puts.failed();
    puts.forget();
    Pause.millis(GOES_ON_MILLIS);
    long atNanos = System.nanoTime();
    long ackedBefore = puts.acknowledged();
    fault.befall(leader);
    // One put can have been answered before the fault and be counted after it.
    while (puts.acknowledged() < ackedBefore + 2
        || sinceMillis(atNanos) < GOES_ON_MILLIS
        || quietMillis(puts) > GOES_ON_MILLIS / 2) {
      if (sinceMillis(atNanos) > GAP_MILLIS_MAX) {
        throw new BenchFailure("no put was acknowledged for " + GAP_MILLIS_MAX + " ms");
      }
      Pause.millis(1);
    }
    Pause.millis(GOES_ON_MILLIS);
    List<Long> times = puts.timesNanos();
    return new Gap(longestMillis(times), puts.failed() - failedBefore, buckets(times, atNanos));
  }

  private static long sinceMillis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }

  /** How long nothing was acknowledged by now: a frozen leader has answers under way. */
  private static long quietMillis(GapClient puts) {
    List<Long> times = puts.timesNanos();
    return times.isEmpty() ? Long.MAX_VALUE : sinceMillis(times.get(times.size() - 1));
  }

  static long longestMillis(List<Long> timesNanos) {
    long longest = 0;
    for (int i = 1; i < timesNanos.size(); i++) {
      longest = Math.max(longest, timesNanos.get(i) - timesNanos.get(i - 1));
    }
    return TimeUnit.NANOSECONDS.toMillis(longest);
  }

  static List<Integer> buckets(List<Long> timesNanos, long faultNanos) {
    List<Integer> counts = new ArrayList<>(Collections.nCopies(BUCKETS, 0));
    long bucketNanos = TimeUnit.MILLISECONDS.toNanos(BUCKET_MILLIS);
    for (long time : timesNanos) {
      long bucket = BUCKETS_BEFORE + Math.floorDiv(time - faultNanos, bucketNanos);
      if (bucket >= 0 && bucket < BUCKETS) {
        counts.set((int) bucket, counts.get((int) bucket) + 1);
      }
    }
    return counts;
  }
}
