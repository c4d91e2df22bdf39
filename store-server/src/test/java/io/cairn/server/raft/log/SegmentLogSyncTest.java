package io.cairn.server.raft.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * A sync that failed: the system shows what was written to every reader, also to the next process,
 * says that all is well when that syncs, and has forgotten it when the power comes back.
 */
class SegmentLogSyncTest {
  private static final int SEEDS = 40;
  private static final int LAST = 4;

  @Test
  void recordsOfAFailedSyncThatTheNextStartFindsOutliveThePower() {
    for (int seed = 0; seed < SEEDS; seed++) {
      for (int bytes : List.of(50, 600)) { // in the segment there is, and in a new one
        SimulatedFolder disk = new SimulatedFolder(new SplittableRandom(seed));
        SegmentLog log = SegmentLogTest.opened(disk);
        for (int index = 1; index < LAST; index++) {
          log.appendEntries(List.of(Entries.of(index, 1, 50, 0)));
        }
        disk.failSyncOf(Segment.name(bytes == 50 ? 1 : 2));
        assertThatThrownBy(() -> log.appendEntries(List.of(Entries.of(LAST, 1, bytes, 0))))
            .hasRootCauseInstanceOf(SimulatedFolder.Stopped.class);
        SimulatedFolder found = disk.afterProcessEnd();
        assertThat(SegmentLogTest.opened(found).getLastLogIndex()).isEqualTo(LAST);
        SegmentLog after = SegmentLogTest.opened(found.afterPowerLoss());
        assertThat(after.getLastLogIndex()).isEqualTo(LAST);
        assertThat(after.getEntry(LAST)).isEqualTo(Entries.of(LAST, 1, bytes, 0));
      }
    }
  }

  @Test
  void floorOfAFailedSyncThatTheNextStartReadsOutlivesThePower() throws IOException {
    for (int seed = 0; seed < SEEDS; seed++) {
      SimulatedFolder disk = new SimulatedFolder(new SplittableRandom(seed));
      SegmentLogTest.opened(disk).shutdown(); // the file has its name only now
      SegmentLog log = SegmentLogTest.opened(disk);
      for (int index = 1; index < LAST; index++) {
        log.appendEntries(List.of(Entries.of(index, 1, 50, 0)));
      }
      disk.failSyncOf(LogFloor.NAME);
      assertThatThrownBy(() -> log.appendEntries(List.of(Entries.of(LAST, 1, 50, 0))))
          .hasRootCauseInstanceOf(SimulatedFolder.Stopped.class);
      SimulatedFolder found = disk.afterProcessEnd();
      assertThat(SegmentLogTest.opened(found).getLastLogIndex()).isEqualTo(LAST);
      try (LogFloor floor = LogFloor.openOrCreate(found.afterPowerLoss())) {
        assertThat(floor.current().floor()).isEqualTo(LAST);
      }
    }
  }

  @Test
  void zerosOfAFailedSyncOverWhatWasCutOutliveThePower() {
    for (int seed = 0; seed < SEEDS; seed++) {
      SimulatedFolder disk = new SimulatedFolder(new SplittableRandom(seed));
      SegmentLog log = SegmentLogTest.opened(disk);
      for (int index = 1; index <= LAST; index++) {
        log.appendEntries(List.of(Entries.of(index, 1, 50, 0)));
      }
      disk.failSyncOf(Segment.name(1));
      assertThatThrownBy(() -> log.truncateSuffix(2))
          .hasRootCauseInstanceOf(SimulatedFolder.Stopped.class);
      SimulatedFolder found = disk.afterProcessEnd();
      assertThat(SegmentLogTest.opened(found).getLastLogIndex()).isEqualTo(2);
      assertThat(SegmentLogTest.opened(found.afterPowerLoss()).getLastLogIndex()).isEqualTo(2);
    }
  }
}
