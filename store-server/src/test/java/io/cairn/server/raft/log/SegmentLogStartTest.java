package io.cairn.server.raft.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alipay.sofa.jraft.conf.ConfigurationManager;
import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.entity.PeerId;
import io.cairn.server.ops.LogEvent;
import io.cairn.server.ops.LoggedEvents;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A start that reads only the end of the log: what it takes from indexes, and what it finds. */
@ExtendWith(UnprintedLog.class)
class SegmentLogStartTest {
  private static final int BYTES = 100;

  /** Segments of three records each, and one more record in the last. */
  private static final int LAST = 16;

  private static final int SEGMENTS = 6;
  private static final int SEGMENT_BYTES = 512;
  private static final int RECORD_BYTES = RecordFormat.HEADER_BYTES + BYTES;

  private SimulatedFolder disk = new SimulatedFolder(new SplittableRandom(1));
  private TestScrub scrub = new TestScrub();
  private ConfigurationManager configurations = new ConfigurationManager();

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
  private SegmentLog opened(SimulatedFolder folder, long startBytes) {
    scrub = new TestScrub();
    configurations = new ConfigurationManager();
    SegmentSizes sizes = new SegmentSizes(SEGMENT_BYTES, SEGMENT_BYTES, 64, startBytes);
    SegmentLog log = new SegmentLog(folder, folder.indexes(), sizes, Runnable::run, scrub.plan());
    log.init(Entries.options(configurations));
    return log;
  }

  private static void append(SegmentLog log, long index, long term) {
    assertThat(log.appendEntries(List.of(Entries.of(index, term, BYTES, 0)))).isOne();
  }

  private static void assertHolds(SegmentLog log, long first, long last) {
    assertThat(log.getFirstLogIndex()).isEqualTo(first);
    assertThat(log.getLastLogIndex()).isEqualTo(last);
    for (long index = first; index <= last; index++) {
      assertThat(log.getEntry(index)).isEqualTo(Entries.of(index, 1, BYTES, 0));
    }
  }

  private static boolean isRead(SimulatedFolder folder, long id) {
    return folder.bytesRead(Segment.name(id)) > 2 * SegmentHeader.LENGTH;
  }

  private static int offsetOf(int index) {
    return SegmentHeader.LENGTH + (index - 1) % 3 * RECORD_BYTES;
  }

  @Test
  void onlyTheNewestSegmentsAreReadBeforeTheLogIsOpen() {
    for (int whole = 0; whole <= SEGMENTS; whole++) {
      SimulatedFolder copy = disk.copy();
      SegmentLog log = opened(copy, (long) whole * SEGMENT_BYTES);
      for (int id = 1; id <= SEGMENTS; id++) {
        boolean expected = id > SEGMENTS - Math.max(1, whole);
        assertThat(isRead(copy, id)).as("segment %d of %d whole", id, whole).isEqualTo(expected);
      }
      assertHolds(log, 1, LAST);
      assertThat(scrub.begun()).isEqualTo(whole < SEGMENTS);
    }
  }

  @Test
  void theScrubReadsTheRestAndIsContent() {
    SimulatedFolder copy = disk.copy();
    opened(copy, 0);
    scrub.run();
    for (int id = 1; id <= SEGMENTS; id++) {
      assertThat(isRead(copy, id)).isTrue();
    }
    assertThat(scrub.failures()).isEmpty();
  }

  @Test
  void everythingAboveTheFloorIsRead() {
    byte[] floor = disk.bytesOf(LogFloor.NAME).clone();
    SegmentLog log = opened(disk, 0);
    for (int index = LAST + 1; index <= LAST + 9; index++) {
      append(log, index, 1);
    }
    SimulatedFolder copy = disk.copy();
    copy.put(LogFloor.NAME, floor); // it is at the only record of the sixth segment
    SegmentLog again = opened(copy, 0);
    assertThat(isRead(copy, 5)).isFalse();
    for (long id = 6; id <= 9; id++) {
      assertThat(isRead(copy, id)).isTrue();
    }
    assertHolds(again, 1, LAST + 9);
  }

  @Test
  void segmentWhoseLastEntryIsTheFloorIsRead() {
    SegmentLog log = opened(disk, 0);
    log.truncateSuffix(15); // end of the fifth
    byte[] floor = disk.bytesOf(LogFloor.NAME).clone();
    append(log, 16, 1);
    SimulatedFolder torn = disk.copy();
    torn.put(LogFloor.NAME, floor);
    torn.bytesOf(Segment.name(6))[SegmentHeader.LENGTH + 50] ^= 1;
    SegmentLog again = opened(torn, 0);
    assertThat(isRead(torn, 5)).isTrue();
    assertThat(isRead(torn, 4)).isFalse();
    assertHolds(again, 1, 15);
  }

  @Test
  void missingIndexIsWrittenAgainAndItsSegmentRead() {
    byte[] index = disk.indexes().bytesOf(SegmentIndexes.name(3)).clone();
    disk.indexes().remove(SegmentIndexes.name(3));
    assertHolds(opened(disk, 0), 1, LAST);
    assertThat(isRead(disk, 3)).isTrue();
    assertThat(disk.indexes().bytesOf(SegmentIndexes.name(3))).isEqualTo(index);
    SimulatedFolder again = disk.copy();
    assertHolds(opened(again, 0), 1, LAST);
    assertThat(again.bytesRead(Segment.name(3)))
        .isEqualTo(2 * SegmentHeader.LENGTH + 3 * RECORD_BYTES);
  }

  @Test
  void logOfAVersionWithoutIndexesIsReadAndGetsThem() {
    disk.indexes().names().forEach(disk.indexes()::remove);
    SegmentLog log = opened(disk, 0);
    assertThat(scrub.begun()).isFalse();
    log.shutdown();
    assertThat(disk.indexes().names()).hasSize(SEGMENTS - 1);
    SimulatedFolder copy = disk.copy();
    assertHolds(opened(copy, 0), 1, LAST);
    assertThat(scrub.begun()).isTrue();
  }

  /** The version before refuses a log beside whose segments there is anything else. */
  @Test
  void folderOfTheLogHoldsNoOtherFilesThanBefore() {
    assertThat(disk.names()).allMatch(name -> name.equals(LogFloor.NAME) || Segment.idOf(name) > 0);
  }

  @Test
  void indexDamagedAtAnyByteIsNotBelieved() {
    String name = SegmentIndexes.name(2);
    byte[] good = disk.indexes().bytesOf(name).clone();
    for (int at = 0; at < good.length; at++) {
      SimulatedFolder damaged = disk.copy();
      damaged.indexes().bytesOf(name)[at] ^= (byte) (1 << at % 8);
      assertHolds(opened(damaged, 0), 1, LAST);
      assertThat(isRead(damaged, 2)).isTrue();
      assertThat(damaged.indexes().bytesOf(name)).as("mended byte %d", at).isEqualTo(good);
      SimulatedFolder cut = disk.copy();
      cut.indexes().put(name, Arrays.copyOf(good, at));
      assertHolds(opened(cut, 0), 1, LAST);
      assertThat(cut.indexes().bytesOf(name)).as("length %d", at).isEqualTo(good);
    }
  }

  @Test
  void indexesOfOtherSegmentsAreNotBelieved() {
    SimulatedFolder exchanged = disk.copy();
    for (int id = 1; id <= 5; id++) {
      byte[] other = disk.indexes().bytesOf(SegmentIndexes.name(1 + id % 5));
      exchanged.indexes().put(SegmentIndexes.name(id), other.clone());
    }
    assertHolds(opened(exchanged, 0), 1, LAST);
    assertThat(scrub.begun()).isFalse();
  }

  /** As if the deletion of the index were undone by a power failure. */
  @Test
  void indexOfBeforeACutIsNotBelieved() {
    for (int kept = 1; kept < LAST - 1; kept++) {
      SimulatedFolder folder = disk.copy();
      SegmentLog log = opened(folder, 0);
      log.truncateSuffix(kept);
      for (int index = kept + 1; index <= LAST; index++) {
        append(log, index, 2);
      }
      SimulatedFolder undone = folder.copy();
      for (String name : disk.indexes().names()) {
        undone.indexes().put(name, disk.indexes().bytesOf(name).clone());
      }
      SegmentLog again = opened(undone, 0);
      for (int index = 1; index <= LAST; index++) {
        long term = index <= kept ? 1 : 2;
        assertThat(again.getEntry(index)).isEqualTo(Entries.of(index, term, BYTES, 0));
      }
      scrub.run();
      assertThat(scrub.failures()).isEmpty();
    }
  }

  @Test
  void indexOfASegmentIsGoneBeforeTheSegmentIsWrittenAgain() {
    SegmentLog log = opened(disk, 0);
    List<Boolean> found = new ArrayList<>();
    disk.onWrite(() -> found.add(disk.indexes().names().contains(SegmentIndexes.name(3))));
    log.truncateSuffix(8);
    assertThat(found).isNotEmpty().containsOnly(false);
    assertThat(disk.indexes().names())
        .containsExactlyInAnyOrder(SegmentIndexes.name(1), SegmentIndexes.name(2));
  }

  @Test
  void indexesGoWithTheirSegments() {
    SegmentLog log = opened(disk, 0);
    log.truncatePrefix(8);
    log.truncatePrefix(9);
    assertThat(disk.indexes().names())
        .doesNotContain(SegmentIndexes.name(1), SegmentIndexes.name(2))
        .contains(SegmentIndexes.name(3));
    log.reset(100);
    log.reset(100);
    assertThat(disk.indexes().names()).isEmpty();
  }

  @Test
  void damageInASegmentThatWasNotReadIsFoundByTheScrub() {
    for (int index = 1; index <= 15; index++) {
      for (int within = 0; within < RECORD_BYTES; within += 7) {
        SimulatedFolder damaged = disk.copy();
        String name = Segment.name(1 + (index - 1) / 3);
        damaged.bytesOf(name)[offsetOf(index) + within] ^= 4;
        assertThat(opened(damaged, 0).getLastLogIndex()).isEqualTo(LAST);
        scrub.run();
        assertThat(scrub.failures())
            .singleElement()
            .isInstanceOfSatisfying(
                DamagedLogException.class,
                damage -> assertThat(damage.file()).isEqualTo("log/" + name));
        DamagedLogException damage = (DamagedLogException) scrub.failures().get(0);
        assertThat(damage.offset()).isEqualTo(offsetOf(index));
        assertThat(damage.index()).isEqualTo(index);
        assertRefused(damaged); // the next time
      }
    }
  }

  @Test
  void damageFoundByTheScrubIsToldOnce() {
    disk.makeUnreadable(Segment.name(2), 300, 301);
    try (LoggedEvents events = new LoggedEvents()) {
      opened(disk, 0);
      scrub.run();
      assertThat(events.of(LogEvent.DAMAGE_FOUND)).hasSize(1);
    }
    assertThat(scrub.failures())
        .singleElement()
        .satisfies(
            failure ->
                assertThat(failure)
                    .hasMessageContaining("cannot be read (input/output error) in log/")
                    .hasMessageContaining("entry 4 is lost")
                    .hasMessageContaining("acknowledged entries up to " + LAST));
  }

  /** Whole records, but others than the ones that the next segment goes on from. */
  @Test
  void anotherSegmentInPlaceOfOneThatWasNotReadIsFoundByTheScrub() {
    SimulatedFolder other = new SimulatedFolder(new SplittableRandom(1));
    SegmentLog log = opened(other, 0);
    for (int index = 1; index <= LAST; index++) {
      append(log, index, 2);
    }
    disk.put(Segment.name(1), other.bytesOf(Segment.name(1)).clone());
    opened(disk, 0);
    scrub.run();
    assertThat(scrub.failures())
        .singleElement()
        .satisfies(failure -> assertThat(failure).hasMessageContaining("entry 3 is lost"));
  }

  @Test
  void damageInASegmentThatWasNotReadIsFoundByTheReadThatComesFirst() {
    disk.bytesOf(Segment.name(2))[offsetOf(5) + 60] ^= 4;
    SegmentLog log = opened(disk, 0);
    assertThat(log.getEntry(4)).isEqualTo(Entries.of(4, 1, BYTES, 0));
    assertThatThrownBy(() -> log.getEntry(5))
        .isInstanceOf(UncheckedIOException.class)
        .hasCauseInstanceOf(DamagedLogException.class)
        .hasMessageContaining("entry 5 is lost");
    assertRefused(disk.copy()); // the next time
  }

  @Test
  void missingOrShortSegmentIsRefusedAtTheStart() {
    for (int id = 1; id <= 5; id++) {
      SimulatedFolder missing = disk.copy();
      missing.remove(Segment.name(id));
      assertRefused(missing);
      SimulatedFolder cut = disk.copy();
      cut.put(Segment.name(id), Arrays.copyOf(disk.bytesOf(Segment.name(id)), offsetOf(3) + 100));
      assertRefused(cut);
      for (int at = 0; at < SegmentHeader.LENGTH; at++) {
        SimulatedFolder damaged = disk.copy();
        damaged.bytesOf(Segment.name(id))[at] ^= 1;
        assertRefused(damaged);
      }
    }
  }

  private void assertRefused(SimulatedFolder damaged) {
    assertThatThrownBy(() -> opened(damaged, 0)).hasCauseInstanceOf(DamagedLogException.class);
  }

  @Test
  void indexThatIsLostOrDamagedWhileTheLogIsOpenIsMadeAnew() {
    byte[] index = disk.indexes().bytesOf(SegmentIndexes.name(2)).clone();
    SegmentLog log = opened(disk, 0);
    disk.indexes().remove(SegmentIndexes.name(1));
    disk.indexes().bytesOf(SegmentIndexes.name(2))[60] ^= 1;
    assertHolds(log, 1, LAST);
    assertThat(disk.indexes().names()).contains(SegmentIndexes.name(1));
    assertThat(disk.indexes().bytesOf(SegmentIndexes.name(2))).isEqualTo(index);
    disk.indexes().remove(SegmentIndexes.name(4));
    log.truncateSuffix(11);
    assertHolds(log, 1, 11);
  }

  @Test
  void logGoesOnWithoutIndexesWhenTheirDiskIsFull() {
    disk.indexes().names().forEach(disk.indexes()::remove);
    disk.indexes().limit(0);
    SegmentLog log = opened(disk, 0);
    for (int index = LAST + 1; index <= 2 * LAST; index++) {
      append(log, index, 1);
    }
    assertHolds(log, 1, 2 * LAST);
    assertThat(disk.indexes().names()).isEmpty();
    assertHolds(opened(disk.copy(), 0), 1, 2 * LAST);
  }

  @Test
  void configurationsAreFoundAgainAndCheckedThoughTheirSegmentIsNotRead() {
    disk = new SimulatedFolder(new SplittableRandom(1));
    SegmentLog log = opened(disk, 0);
    for (int index = 1; index <= LAST; index++) {
      if (index == 2 || index == 3 || index == 8) {
        log.appendEntries(List.of(configuration(index)));
      } else {
        append(log, index, 1);
      }
    }
    SimulatedFolder copy = disk.copy();
    opened(copy, 0);
    assertThat(isRead(copy, 2)).isFalse();
    for (int index : List.of(2, 3, 8)) {
      assertThat(configurations.get(index).getId()).isEqualTo(new LogId(index, 1));
      assertThat(configurations.get(index).getConf().listPeers())
          .isEqualTo(configuration(index).getPeers());
    }
    log.truncatePrefix(3);
    opened(disk.copy(), 0);
    assertThat(configurations.get(2).getId()).isEqualTo(new LogId(0, 0));
    assertThat(configurations.get(3).getId()).isEqualTo(new LogId(3, 1));

    byte[] first = disk.bytesOf(Segment.name(1));
    first[offsetOf(2) + RecordFormat.HEADER_BYTES] ^= 1;
    assertRefused(disk);
  }

  private static LogEntry configuration(long index) {
    LogEntry entry = new LogEntry(EntryType.ENTRY_TYPE_CONFIGURATION);
    entry.setId(new LogId(index, 1));
    entry.setPeers(List.of(new PeerId("127.0.0.1", (int) index)));
    return entry;
  }
}
