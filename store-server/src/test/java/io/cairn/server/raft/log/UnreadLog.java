package io.cairn.server.raft.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alipay.sofa.jraft.conf.ConfigurationManager;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** A log of six segments, and starts that read only the end of it. */
@ExtendWith(UnprintedLog.class)
abstract class UnreadLog {
  static final int BYTES = 100;

  /** Segments of three records each, and one more record in the last. */
  static final int LAST = 16;

  static final int SEGMENTS = 6;
  static final int SEGMENT_BYTES = 512;
  static final int RECORD_BYTES = RecordFormat.HEADER_BYTES + BYTES;

  SimulatedFolder disk = new SimulatedFolder(new SplittableRandom(1));
  TestScrub scrub = new TestScrub();
  ConfigurationManager configurations = new ConfigurationManager();

  @BeforeEach
  void logOfSixSegments() {
    disk = new SimulatedFolder(new SplittableRandom(1));
    SegmentLog log = opened(disk, 0);
    for (int index = 1; index <= LAST; index++) {
      append(log, index, 1);
    }
    log.shutdown();
    assertThat(disk.indexes().names()).hasSize(SEGMENTS - 1);
  }

  /** A log that reads segments of so many bytes at its start, and the last one in any case. */
  final SegmentLog opened(SimulatedFolder folder, long startBytes) {
    scrub = new TestScrub();
    configurations = new ConfigurationManager();
    SegmentSizes sizes = new SegmentSizes(SEGMENT_BYTES, SEGMENT_BYTES, 64, startBytes);
    SegmentLog log = new SegmentLog(folder, folder.indexes(), sizes, Runnable::run, scrub.plan());
    log.init(Entries.options(configurations));
    return log;
  }

  static void append(SegmentLog log, long index, long term) {
    assertThat(log.appendEntries(List.of(Entries.of(index, term, BYTES, 0)))).isOne();
  }

  static void assertHolds(SegmentLog log, long first, long last) {
    assertThat(log.getFirstLogIndex()).isEqualTo(first);
    assertThat(log.getLastLogIndex()).isEqualTo(last);
    for (long index = first; index <= last; index++) {
      assertThat(log.getEntry(index)).isEqualTo(Entries.of(index, 1, BYTES, 0));
    }
  }

  static boolean isRead(SimulatedFolder folder, long id) {
    return folder.bytesRead(Segment.name(id)) > 2 * SegmentHeader.LENGTH;
  }

  static int offsetOf(int index) {
    return SegmentHeader.LENGTH + (index - 1) % 3 * RECORD_BYTES;
  }

  final void assertRefused(SimulatedFolder damaged) {
    assertThatThrownBy(() -> opened(damaged, 0)).hasCauseInstanceOf(DamagedLogException.class);
  }
}
