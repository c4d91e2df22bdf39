package io.cairn.server.raft.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alipay.sofa.jraft.conf.ConfigurationManager;
import com.alipay.sofa.jraft.storage.LogStorage;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SegmentLogTest extends LogStorageContract {
  private static final SegmentSizes SMALL = new SegmentSizes(512, 2_048);

  @Override
  LogStorage storage(Path in) {
    return new SegmentLog(in);
  }

  @Test
  void interruptedReaderReadsAndDisturbsNobody() {
    append(1, 10, 100);
    Thread.currentThread().interrupt();
    assertThat(log().getEntry(3)).isEqualTo(Entries.of(3, 1, 100, 0));
    assertThat(Thread.interrupted()).as("the interrupt is still told").isTrue();
    append(11, 20, 100);
    assertHolds(1, 20, 100);
  }

  @Test
  void logOfAnEarlierVersionIsRefusedByName() throws Exception {
    close();
    Path old = Files.createDirectories(folder.resolve("old"));
    Files.writeString(old.resolve("CURRENT"), "MANIFEST-000005\n");
    assertThatThrownBy(() -> storage(old).init(Entries.options(new ConfigurationManager())))
        .hasMessageContaining("CURRENT")
        .hasMessageContaining("RocksDB was written by an earlier version");
    open();
  }

  @Test
  void entryOutOfOrderIsRefusedAndNothingIsWritten() {
    append(1, 3, 10);
    assertThatThrownBy(() -> append(5, 6, 10)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> append(3, 3, 10)).isInstanceOf(IllegalStateException.class);
    append(4, 4, 10);
    assertHolds(1, 4, 10);
  }

  @Test
  void segmentsAreDroppedWithTheirLastEntry() {
    SimulatedFolder disk = new SimulatedFolder(new SplittableRandom(1));
    SegmentLog log = opened(disk);
    for (int index = 1; index <= 40; index++) {
      log.appendEntries(List.of(Entries.of(index, 1, 100, 0)));
    }
    assertThat(disk.names()).contains(Segment.name(1), Segment.name(3));
    log.truncatePrefix(4);
    assertThat(disk.names()).contains(LogFloor.NAME).doesNotContain(Segment.name(1));
    log.reset(100);
    assertThat(disk.names()).filteredOn(name -> Segment.idOf(name) > 0).hasSize(1);
    SegmentLog again = opened(disk.copy());
    assertThat(again.getFirstLogIndex()).isEqualTo(100);
    assertThat(again.getLastLogIndex()).isEqualTo(99);
  }

  @Test
  void fullDiskIsAFailureOfTheAppendThatNeedsRoom() {
    SimulatedFolder disk = new SimulatedFolder(new SplittableRandom(1));
    SegmentLog log = opened(disk);
    log.appendEntries(List.of(Entries.of(1, 1, 100, 0)));
    disk.stopAfter(0);
    assertThatThrownBy(() -> log.appendEntries(List.of(Entries.of(2, 1, 100, 0))))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("injected");
    disk.stopAfter(Long.MAX_VALUE);
    assertThat(log.appendEntries(List.of(Entries.of(2, 1, 100, 0))))
        .as("nothing is written after a failed write")
        .isZero();
  }

  static SegmentLog opened(SimulatedFolder disk) {
    SegmentLog log = new SegmentLog(disk, SMALL, Runnable::run);
    log.init(Entries.options(new ConfigurationManager()));
    return log;
  }
}
