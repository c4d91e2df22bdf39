package io.cairn.server.raft.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.conf.ConfigurationManager;
import com.alipay.sofa.jraft.entity.LogEntry;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A log that is stopped at any operation holds what was acknowledged, in the state before or after
 * the change at hand, and goes on from there.
 */
@ExtendWith(UnprintedLog.class)
class SegmentLogCrashTest {
  private static final int STEPS = 60;
  private static final int ROUNDS = 400;

  /** What the log has to hold. */
  private static final class Model {
    private long first = 1;
    private List<LogEntry> entries = new ArrayList<>();

    long last() {
      return first + entries.size() - 1;
    }

    Model copy() {
      Model copy = new Model();
      copy.first = first;
      copy.entries = new ArrayList<>(entries);
      return copy;
    }
  }

  private SplittableRandom random = new SplittableRandom(0);
  private SimulatedFolder disk = new SimulatedFolder(random);
  private Model before = new Model();
  private Model after = new Model();
  private long written;
  private long startBytes;
  private TestScrub scrub = new TestScrub();
  private int scrubs;

  @Test
  void logHoldsWhatWasAcknowledgedWhateverStopsIt() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.err.println("SegmentLogCrashTest -Dseed=" + seed);
    SplittableRandom seeds = new SplittableRandom(seed);
    int reused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      random = seeds.split();
      disk = new SimulatedFolder(random);
      before = new Model();
      after = new Model();
      play();
      reused += disk.reused();
    }
    assertThat(reused).as("segments that were used again").isGreaterThan(ROUNDS / 10);
    assertThat(scrubs).as("starts that left segments unread").isGreaterThan(ROUNDS / 2);
  }

  private void play() {
    if (random.nextInt(3) == 0) {
      disk.writeShort();
    }
    startBytes = random.nextInt(3) == 0 ? 1 << 20 : random.nextInt(4_000);
    SegmentLog log = opened();
    for (int step = 0; step < STEPS; step++) {
      if (random.nextInt(6) == 0) {
        disk.stopAfter(random.nextInt(12));
      }
      before = after.copy();
      boolean stopped = false;
      try {
        change(log);
      } catch (UncheckedIOException e) {
        assertThat(e).hasRootCauseInstanceOf(SimulatedFolder.Stopped.class);
        stopped = true;
      }
      if (stopped || random.nextInt(10) == 0) {
        log = restarted(log, stopped);
      }
      disk.stopAfter(Long.MAX_VALUE);
      if (random.nextInt(4) == 0) {
        scrub.run();
        assertThat(scrub.failures()).isEmpty();
      }
      check(log);
      before = after.copy();
    }
  }

  private SegmentLog opened() {
    scrub = new TestScrub();
    SegmentSizes sizes = new SegmentSizes(512, 2_048, 64, startBytes);
    SegmentLog log = new SegmentLog(disk, disk.indexes(), sizes, Runnable::run, scrub.plan());
    log.init(Entries.options(new ConfigurationManager()));
    scrubs += scrub.begun() ? 1 : 0;
    return log;
  }

  private void change(SegmentLog log) {
    long last = after.last();
    switch (random.nextInt(10)) {
      case 0 -> {
        long kept = after.first + random.nextInt(after.entries.size() + 2);
        keepFrom(kept);
        assertThat(log.truncatePrefix(kept)).isTrue();
      }
      case 1 -> {
        long kept = Math.max(after.first - 1, last - random.nextInt(8));
        after.entries = new ArrayList<>(after.entries.subList(0, (int) (kept - after.first + 1)));
        assertThat(log.truncateSuffix(kept)).isTrue();
      }
      case 2 -> {
        if (random.nextInt(5) == 0) {
          long next = last + 1 + random.nextInt(20);
          after.first = next;
          after.entries = new ArrayList<>();
          assertThat(log.reset(next)).isTrue();
        }
      }
      default -> {
        List<LogEntry> batch = new ArrayList<>();
        int count = 1 + random.nextInt(4);
        for (int i = 1; i <= count; i++) {
          int bytes = random.nextInt(20) == 0 ? random.nextInt(6_000) : random.nextInt(200);
          batch.add(Entries.of(last + i, 1, bytes, ++written));
        }
        after.entries.addAll(batch);
        assertThat(log.appendEntries(batch)).isEqualTo(count);
      }
    }
  }

  private void keepFrom(long kept) {
    int dropped = (int) Math.min(after.entries.size(), kept - after.first);
    after.entries = new ArrayList<>(after.entries.subList(dropped, after.entries.size()));
    after.first = kept;
  }

  /** Ends the process or the power; the next start may be stopped, too. */
  private SegmentLog restarted(SegmentLog log, boolean stopped) {
    if (!stopped && random.nextBoolean()) {
      log.shutdown();
    }
    while (true) {
      disk = random.nextBoolean() ? disk.afterProcessEnd() : disk.afterPowerLoss();
      if (random.nextInt(4) == 0) {
        disk.stopAfter(random.nextInt(10));
      }
      try {
        SegmentLog next = opened();
        disk.stopAfter(Long.MAX_VALUE);
        if (stopped) {
          settle(next);
        }
        return next;
      } catch (UncheckedIOException e) {
        assertThat(e).hasRootCauseInstanceOf(SimulatedFolder.Stopped.class);
      }
    }
  }

  /** Takes what the log holds as the truth if it lies between before and after. */
  private void settle(SegmentLog log) {
    long first = log.getFirstLogIndex();
    long last = lastOf(log);
    assertThat(first).isIn(before.first, after.first);
    boolean emptied = after.entries.isEmpty() && first == after.first && last == after.last();
    if (!emptied) {
      long low = Math.min(before.last(), after.last());
      long high = Math.max(before.last(), after.last());
      assertThat(last).isBetween(low, high);
    }
    Model settled = new Model();
    settled.first = first;
    for (long index = first; index <= last; index++) {
      Model has = index >= after.first && index <= after.last() ? after : before;
      settled.entries.add(has.entries.get((int) (index - has.first)));
    }
    after = settled;
  }

  private void check(SegmentLog log) {
    assertThat(log.getFirstLogIndex()).isEqualTo(after.first);
    assertThat(lastOf(log)).isEqualTo(after.last());
    for (long index = after.first; index <= after.last(); index++) {
      assertThat(log.getEntry(index)).isEqualTo(after.entries.get((int) (index - after.first)));
    }
    assertThat(log.getEntry(after.last() + 1)).isNull();
  }

  /** The last index; the one before the first if there is no entry. */
  private static long lastOf(SegmentLog log) {
    return Math.max(log.getLastLogIndex(), log.getFirstLogIndex() - 1);
  }
}
