package io.cairn.server.raft.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alipay.sofa.jraft.conf.ConfigurationManager;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Changes that write or delete indexes, stopped at each of their operations: a start that reads as
 * little as it may finds the state of before or after, and so does one that reads everything.
 */
@ExtendWith(UnprintedLog.class)
class SegmentIndexCrashTest {
  private static final int BYTES = 100;
  private static final int SEEDS = 12;

  /** Three records to a segment; the third one is full. */
  private static final int LAST = 9;

  private static SegmentLog opened(SimulatedFolder disk, TestScrub scrub, long startBytes) {
    SegmentSizes sizes = new SegmentSizes(512, 512, 64, startBytes);
    SegmentLog log = new SegmentLog(disk, disk.indexes(), sizes, Runnable::run, scrub.plan());
    log.init(Entries.options(new ConfigurationManager()));
    return log;
  }

  private static void append(SegmentLog log, long index, long term) {
    assertThat(log.appendEntries(List.of(Entries.of(index, term, BYTES, 0)))).isOne();
  }

  /**
   * Stops the change at each of its operations, in many ways.
   *
   * @param first index of the first entry after it
   * @param kept entries up to here are there in any case
   * @param last index of the last entry after it
   */
  private static void stopAtEach(Consumer<SegmentLog> change, int first, int kept, int last) {
    for (int seed = 0; seed < SEEDS; seed++) {
      boolean stopped = true;
      for (int operations = 0; stopped; operations++) {
        SimulatedFolder disk = new SimulatedFolder(new SplittableRandom(seed));
        SegmentLog log = opened(disk, new TestScrub(), 0);
        for (int index = 1; index <= LAST; index++) {
          append(log, index, 1);
        }
        disk.stopAfter(operations);
        stopped = isStopped(change, log);
        SimulatedFolder after = seed % 2 == 0 ? disk.afterPowerLoss() : disk.afterProcessEnd();
        for (long startBytes : List.of(0L, 1L << 20)) {
          check(after.copy(), startBytes, first, kept, last);
        }
      }
    }
  }

  private static boolean isStopped(Consumer<SegmentLog> change, SegmentLog log) {
    try {
      change.accept(log);
      return false;
    } catch (UncheckedIOException e) {
      assertThat(e).hasRootCauseInstanceOf(SimulatedFolder.Stopped.class);
      return true;
    }
  }

  private static void check(SimulatedFolder disk, long startBytes, int first, int kept, int last) {
    TestScrub scrub = new TestScrub();
    SegmentLog log = opened(disk, scrub, startBytes);
    assertThat(log.getFirstLogIndex()).isBetween(1L, (long) first);
    long end = log.getLastLogIndex();
    assertThat(end).isBetween((long) kept, (long) Math.max(LAST, last));
    for (long index = log.getFirstLogIndex(); index <= end; index++) {
      assertThat(log.getEntry(index))
          .isIn(Entries.of(index, 1, BYTES, 0), Entries.of(index, 2, BYTES, 0));
    }
    scrub.run();
    assertThat(scrub.failures()).isEmpty();
    for (long index = end + 1; index <= end + 7; index++) {
      append(log, index, 3);
    }
    SegmentLog again = opened(disk.copy(), scrub, 0);
    for (long index = log.getFirstLogIndex(); index <= end + 7; index++) {
      assertThat(again.getEntry(index)).isEqualTo(log.getEntry(index));
    }
    scrub.run();
    assertThat(scrub.failures()).isEmpty();
  }

  @Test
  void appendThatSealsASegment() {
    stopAtEach(log -> append(log, LAST + 1, 1), 1, LAST, LAST + 1);
  }

  @Test
  void cutIntoASealedSegmentAndWhatIsWrittenThen() {
    for (int kept : List.of(2, 3, 4)) {
      stopAtEach(
          log -> {
            log.truncateSuffix(kept);
            for (int index = kept + 1; index <= LAST; index++) {
              append(log, index, 2);
            }
          },
          1,
          kept,
          LAST);
    }
  }

  @Test
  void cutOfTheBeginningAndTheUseOfItsSegments() {
    stopAtEach(
        log -> {
          log.truncatePrefix(5);
          log.truncatePrefix(6);
          for (int index = LAST + 1; index <= LAST + 8; index++) {
            append(log, index, 1);
          }
        },
        6,
        LAST,
        LAST + 8);
  }

  @Test
  void damageIsNotCoveredByAChangeThatWasStopped() {
    SimulatedFolder disk = new SimulatedFolder(new SplittableRandom(1));
    SegmentLog log = opened(disk, new TestScrub(), 0);
    for (int index = 1; index <= LAST; index++) {
      append(log, index, 1);
    }
    disk.bytesOf(Segment.name(1))[SegmentHeader.LENGTH + 60] ^= 1;
    assertThatThrownBy(() -> log.truncateSuffix(1)).hasStackTraceContaining("entry 1");
  }
}
