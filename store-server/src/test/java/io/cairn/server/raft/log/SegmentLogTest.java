package io.cairn.server.raft.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alipay.sofa.jraft.conf.ConfigurationManager;
import com.alipay.sofa.jraft.storage.LogStorage;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SegmentLogTest extends LogStorageContract {
  private static final Scrub.Plan NO_SCRUB =
      Scrub.Plan.of(
          failure -> {
            throw new AssertionError("nothing is left unread", failure);
          });
  private static final SegmentSizes SMALL = new SegmentSizes(512, 2_048, 64, 1 << 20);

  @Override
  LogStorage storage(Path in) {
    return new SegmentLog(in, in.resolveSibling(in.getFileName() + "-index"), failure -> {});
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

  /** Where its records are is in their segment's index, or, without it, found by a scan. */
  @Test
  void interruptedReaderOfAFullSegmentDisturbsNobody() throws Exception {
    Path small = Files.createDirectories(folder.resolve("small"));
    Path indexes = folder.resolve("small-index");
    SegmentLog log =
        new SegmentLog(
            new DiskFolder(small), new DiskFolder(indexes), SMALL, Runnable::run, NO_SCRUB);
    log.init(Entries.options(new ConfigurationManager()));
    for (int index = 1; index <= 20; index++) {
      log.appendEntries(List.of(Entries.of(index, 1, 100, 0)));
    }
    Files.delete(indexes.resolve(SegmentIndexes.name(1)));
    for (int index = 1; index <= 20; index++) {
      Thread.currentThread().interrupt();
      assertThat(log.getEntry(index)).isEqualTo(Entries.of(index, 1, 100, 0));
      assertThat(Thread.interrupted()).as("the interrupt is still told").isTrue();
    }
    assertThat(indexes.resolve(SegmentIndexes.name(1))).exists();
    assertThat(log.truncateSuffix(2)).isTrue();
    log.appendEntries(List.of(Entries.of(3, 2, 100, 0)));
    assertThat(log.getEntry(3)).isEqualTo(Entries.of(3, 2, 100, 0));
    log.shutdown();
  }

  /** An interrupt that meets a read closes its channel when bytes may have been read already. */
  @Test
  void readerInterruptedAtAnyMomentReadsTheWholeEntry() throws Exception {
    append(1, 4, 100_000);
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Thread reader =
        new Thread(
            () -> {
              for (int round = 0; round < 2_000; round++) {
                long index = 1L + round % 4;
                assertThat(log().getEntry(index)).isEqualTo(Entries.of(index, 1, 100_000, 0));
                Thread.interrupted();
              }
            });
    reader.setUncaughtExceptionHandler((thread, thrown) -> failure.set(thrown));
    reader.start();
    while (reader.isAlive()) {
      reader.interrupt();
      Thread.onSpinWait();
    }
    reader.join();
    assertThat(failure.get()).isNull();
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
    log.truncatePrefix(5);
    assertThat(disk.names()).contains(LogFloor.NAME).doesNotContain(Segment.name(1));
    log.reset(100);
    log.reset(100);
    assertThat(disk.names()).filteredOn(name -> Segment.idOf(name) > 0).hasSize(1);
    SegmentLog again = opened(disk.copy());
    assertThat(again.getFirstLogIndex()).isEqualTo(100);
    assertThat(again.getLastLogIndex()).isZero();
  }

  @Test
  void segmentsOfFullLengthAreUsedAgain() {
    SimulatedFolder disk = new SimulatedFolder(new SplittableRandom(1));
    SegmentLog log = opened(disk);
    int last = 0;
    while (!disk.names().contains(Segment.name(6))) {
      log.appendEntries(List.of(Entries.of(++last, 1, 100, 0)));
    }
    log.appendEntries(List.of(Entries.of(++last, 1, 100, 0)));
    byte[] third = disk.bytesOf(Segment.name(3));
    log.truncatePrefix(last - 1);
    log.truncatePrefix(last);
    assertThat(disk.names()).contains(Segment.name(3)).doesNotContain(Segment.name(2));
    while (!disk.names().contains(Segment.name(8))) {
      log.appendEntries(List.of(Entries.of(++last, 1, 100, 0)));
    }
    assertThat(disk.names()).doesNotContain(Segment.name(3));
    assertThat(disk.bytesOf(Segment.name(7))).isSameAs(third);
    SegmentLog again = opened(disk.copy());
    assertThat(again.getLastLogIndex()).isEqualTo(last);
    for (long index = again.getFirstLogIndex(); index <= last; index++) {
      assertThat(again.getEntry(index)).isEqualTo(Entries.of(index, 1, 100, 0));
    }
  }

  @Test
  void segmentsOfAResetAreNotUsedAgainAndRoomIsMadeOfThoseThatWouldBe() throws Exception {
    SimulatedFolder disk = new SimulatedFolder(new SplittableRandom(1));
    SegmentLog log = opened(disk);
    int last = 2; // and two more in the fifth segment
    while (!disk.names().contains(Segment.name(6))) {
      log.appendEntries(List.of(Entries.of(last++ - 1, 1, 100, 0)));
    }
    log.appendEntries(List.of(Entries.of(last - 1, 1, 100, 0), Entries.of(last, 1, 100, 0)));
    log.truncatePrefix(last - 2);
    log.truncatePrefix(last - 1);
    assertThat(disk.names()).contains(Segment.name(3), Segment.name(4));
    log.reset(last - 1); // two indexes of the fifth come again
    log.appendEntries(List.of(Entries.of(last - 1, 2, 100, 0)));
    log.truncatePrefix(last);
    assertThat(disk.names()).contains(Segment.name(4)).doesNotContain(Segment.name(5));

    SimulatedFolder stopped = disk.copy();
    SegmentLog.makeRoom(stopped);
    assertThat(stopped.names()).doesNotContain(Segment.name(4)).contains(Segment.name(6));
    SegmentLog again = opened(stopped);
    assertThat(again.getFirstLogIndex()).isEqualTo(last);
    assertThat(again.appendEntries(List.of(Entries.of(last, 2, 100, 0)))).isOne();
    assertThat(again.getEntry(last)).isEqualTo(Entries.of(last, 2, 100, 0));
  }

  /** JRaft looks whether the log has an entry and then asks for it; the cut may come between. */
  @Test
  void entryThatWasCutFromTheBeginningIsReadUntilTheNextCut() throws Exception {
    Path small = Files.createDirectories(folder.resolve("small"));
    SegmentLog log =
        new SegmentLog(
            new DiskFolder(small),
            new DiskFolder(folder.resolve("small-index")),
            SMALL,
            Runnable::run,
            NO_SCRUB);
    log.init(Entries.options(new ConfigurationManager()));
    for (int index = 1; index <= 40; index++) {
      log.appendEntries(List.of(Entries.of(index, 1, 100, 0)));
    }
    log.truncatePrefix(30);
    for (int index = 1; index <= 40; index++) {
      assertThat(log.getEntry(index)).isEqualTo(Entries.of(index, 1, 100, 0));
    }
    log.truncatePrefix(100);
    assertThat(log.getEntry(1)).as("its segment is deleted").isNull();
    assertThat(log.getEntry(40)).isEqualTo(Entries.of(40, 1, 100, 0));
    log.appendEntries(List.of(Entries.of(100, 2, 100, 0)));
    assertThat(log.getEntry(100)).isEqualTo(Entries.of(100, 2, 100, 0));
    assertThat(log.getEntry(99)).isNull();
    log.truncatePrefix(101);
    assertThat(log.getEntry(40)).isNull();
    log.shutdown();
    assertThat(log.getEntry(100)).isNull();
  }

  @Test
  void resetToAnIndexWithinTheLogForgetsWhatCameBehindIt() {
    SegmentLog log = opened(new SimulatedFolder(new SplittableRandom(1)));
    for (int index = 1; index <= 20; index++) {
      log.appendEntries(List.of(Entries.of(index, 1, 100, 0)));
    }
    log.reset(10);
    log.appendEntries(List.of(Entries.of(10, 2, 100, 0)));
    assertThat(log.getEntry(10)).isEqualTo(Entries.of(10, 2, 100, 0));
    assertThat(log.getEntry(11)).isNull();
    assertThat(log.getEntry(20)).isNull();
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

  @Test
  void segmentThatDoesNotFitOnTheDiskIsMadeSmallerAndNothingIsLeftOfIt() {
    SimulatedFolder disk = new SimulatedFolder(new SplittableRandom(1));
    SegmentLog log = opened(disk);
    disk.limit(4 * LogFloor.PAGE_BYTES + 2 * SMALL.bytesMin() + 100); // the second has 1,024 bytes
    for (int index = 1; index <= 6; index++) {
      log.appendEntries(List.of(Entries.of(index, 1, 100, 0)));
    }
    assertThat(disk.names())
        .containsExactlyInAnyOrder(LogFloor.NAME, Segment.name(1), Segment.name(2));
    assertThat(disk.bytesOf(Segment.name(2))).hasSize(SMALL.bytesMin());
    assertThatThrownBy(() -> log.appendEntries(List.of(Entries.of(7, 1, 100, 0))))
        .hasMessageContaining("no space left");
    assertThat(disk.names()).noneMatch(name -> name.endsWith(SegmentMaker.FRESH_ENDING));
    assertThat(opened(disk.copy()).getLastLogIndex()).isEqualTo(6);
  }

  @Test
  void unfinishedFilesAreDeletedAndOnlyThese() throws Exception {
    Path log = Files.createDirectories(folder.resolve("unfinished"));
    for (String name : List.of(Segment.name(2), LogFloor.NAME)) {
      Files.writeString(log.resolve(name), "kept");
      Files.writeString(log.resolve(name + SegmentMaker.FRESH_ENDING), "not kept");
    }
    Path indexes = Files.createDirectories(folder.resolve("unfinished-index"));
    for (long id : List.of(2L, 3L)) {
      Files.writeString(indexes.resolve(SegmentIndexes.name(id)), "kept if there is a segment");
      Files.writeString(
          indexes.resolve(SegmentIndexes.name(id) + SegmentMaker.FRESH_ENDING), "not kept");
    }
    SegmentLog.makeRoom(log, indexes);
    SegmentLog.makeRoom(folder.resolve("none"), folder.resolve("none"));
    assertThat(log.toFile().list()).containsExactlyInAnyOrder(Segment.name(2), LogFloor.NAME);
    assertThat(indexes.toFile().list()).containsExactly(SegmentIndexes.name(2));
  }

  @Test
  void errorInTheMiddleOfAWriteEndsAllWriting() {
    SimulatedFolder disk = new SimulatedFolder(new SplittableRandom(1));
    SegmentLog log = opened(disk);
    log.appendEntries(List.of(Entries.of(1, 1, 100, 0)));
    disk.failWith(new OutOfMemoryError("injected"));
    assertThatThrownBy(() -> log.appendEntries(List.of(Entries.of(2, 1, 100, 0))))
        .isInstanceOf(OutOfMemoryError.class);
    assertThat(log.appendEntries(List.of(Entries.of(2, 1, 100, 0)))).isZero();
    assertThat(log.truncateSuffix(0)).isFalse();
    assertThat(log.getEntry(1)).isEqualTo(Entries.of(1, 1, 100, 0));
  }

  @Test
  void logThatCannotPrepareASegmentIsNotOpen() {
    SegmentLog log =
        logIn(
            new SimulatedFolder(new SplittableRandom(1)),
            SMALL,
            task -> {
              throw new OutOfMemoryError("no thread");
            });
    for (int attempt = 0; attempt < 2; attempt++) {
      assertThatThrownBy(() -> log.init(Entries.options(new ConfigurationManager())))
          .isInstanceOf(OutOfMemoryError.class);
    }
    assertThat(log.appendEntries(List.of(Entries.of(1, 1, 100, 0)))).isZero();
  }

  @Test
  void closedLogLeavesNoThread() throws Exception {
    close();
    Set<Thread> others = makers();
    open();
    Set<Thread> made = makers();
    made.removeAll(others);
    assertThat(made).hasSize(1);
    close();
    for (Thread thread : made) {
      thread.join();
    }
    open();
  }

  private static Set<Thread> makers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("cairn-log-segments"))
        .collect(Collectors.toSet());
  }

  static SegmentLog opened(SimulatedFolder disk) {
    SegmentLog log = logIn(disk, SMALL, Runnable::run);
    log.init(Entries.options(new ConfigurationManager()));
    return log;
  }

  /** A log that reads all of itself at the start. */
  static SegmentLog logIn(SimulatedFolder disk, SegmentSizes sizes, Background background) {
    return new SegmentLog(disk, disk.indexes(), sizes, background, NO_SCRUB);
  }
}
