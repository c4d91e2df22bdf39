package io.cairn.server.raft.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alipay.sofa.jraft.conf.ConfigurationManager;
import io.cairn.server.ops.LogEvent;
import io.cairn.server.ops.LoggedEvents;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What was acknowledged is found damaged or missing, wherever and however that came to be. */
@ExtendWith(UnprintedLog.class)
class SegmentLogDamageTest {
  private static final int LAST = 12;
  private static final int BYTES = 120;

  private SimulatedFolder disk = new SimulatedFolder(new SplittableRandom(1));

  @BeforeEach
  void logOfThreeSegments() {
    disk = new SimulatedFolder(new SplittableRandom(1));
    SegmentLog log = SegmentLogTest.opened(disk);
    for (int index = 1; index <= LAST; index++) {
      log.appendEntries(List.of(Entries.of(index, 1, BYTES, 0)));
    }
    log.shutdown();
    assertThat(disk.names()).contains(Segment.name(3));
  }

  /** Opens a copy; true if it holds all entries, false if it was refused as damaged. */
  private static boolean opensWhole(SimulatedFolder damaged, int last) {
    return opensWhole(damaged, 1, last);
  }

  private static boolean opensWhole(SimulatedFolder damaged, int first, int last) {
    SegmentLog log;
    try {
      log = SegmentLogTest.opened(damaged);
    } catch (UncheckedIOException e) {
      assertThat(e.getCause()).isInstanceOf(DamagedLogException.class);
      return false;
    }
    assertThat(log.getLastLogIndex()).isEqualTo(last);
    for (int index = first; index <= last; index++) {
      assertThat(log.getEntry(index)).isEqualTo(Entries.of(index, 1, BYTES, 0));
    }
    return true;
  }

  private int contentEnd(String name) {
    byte[] bytes = disk.bytesOf(name);
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] == 0) {
      end--;
    }
    return end;
  }

  @Test
  void everyFlippedBitOfASegmentIsRefused() {
    for (int id = 1; id <= 3; id++) {
      String name = Segment.name(id);
      int end = contentEnd(name);
      for (int at = 0; at < disk.bytesOf(name).length; at++) {
        SimulatedFolder damaged = disk.copy();
        damaged.bytesOf(name)[at] ^= (byte) (1 << at % 8);
        // Behind the last record nobody has written anything.
        assertThat(opensWhole(damaged, LAST)).as("%s byte %d", name, at).isEqualTo(at >= end);
      }
    }
  }

  /** Its last records are followed by what was in it when it was another segment. */
  @Test
  void everyFlippedBitOfASegmentThatIsUsedAgainIsRefusedOrOfNoRecord() {
    SegmentLog log = SegmentLogTest.opened(disk);
    int last = LAST;
    while (!disk.names().contains(Segment.name(6))) {
      log.appendEntries(List.of(Entries.of(++last, 1, BYTES, 0)));
    }
    log.appendEntries(List.of(Entries.of(++last, 1, BYTES, 0)));
    int first = last;
    log.truncatePrefix(first - 1);
    log.truncatePrefix(first); // gives back the segments of the first cut
    int records = 0;
    while (!disk.names().contains(Segment.name(8))) {
      log.appendEntries(List.of(Entries.of(++last, 1, BYTES, 0)));
    }
    while (++records < 5) { // the first is there: the segment after it was prepared then
      log.appendEntries(List.of(Entries.of(++last, 1, BYTES, 0)));
    }
    String name = Segment.name(7);
    int end = SegmentHeader.LENGTH + records * (RecordFormat.HEADER_BYTES + BYTES);
    assertThat(contentEnd(name)).as("there is something left in it").isGreaterThan(end);
    assertThat(opensWhole(disk.copy(), first, last)).isTrue();
    for (int at = 0; at < disk.bytesOf(name).length; at++) {
      SimulatedFolder damaged = disk.copy();
      damaged.bytesOf(name)[at] ^= (byte) (1 << at % 8);
      assertThat(opensWhole(damaged, first, last)).as("byte %d", at).isEqualTo(at >= end);
    }
  }

  @Test
  void cutOfASegmentAtEveryByteIsRefusedIfItTakesARecord() {
    for (int id = 1; id <= 3; id++) {
      String name = Segment.name(id);
      int end = contentEnd(name);
      for (int length = 0; length < disk.bytesOf(name).length; length++) {
        SimulatedFolder damaged = disk.copy();
        damaged.put(name, Arrays.copyOf(disk.bytesOf(name), length));
        assertThat(opensWhole(damaged, LAST)).as("%s of %d", name, length).isEqualTo(length >= end);
      }
    }
  }

  @Test
  void zerosInPlaceOfAnyPartOfASegmentAreRefused() {
    for (int id = 1; id <= 3; id++) {
      String name = Segment.name(id);
      int end = contentEnd(name);
      for (int from = 0; from < end; from += 32) {
        SimulatedFolder damaged = disk.copy();
        Arrays.fill(damaged.bytesOf(name), from, Math.min(end, from + 256), (byte) 0);
        assertThat(opensWhole(damaged, LAST)).as("%s from %d", name, from).isFalse();
      }
    }
  }

  @Test
  void deletedFilesAreRefused() {
    for (String name : List.of(Segment.name(1), Segment.name(2), Segment.name(3), LogFloor.NAME)) {
      SimulatedFolder damaged = disk.copy();
      damaged.remove(name);
      assertThat(opensWhole(damaged, LAST)).as(name).isFalse();
    }
  }

  @Test
  void exchangedSegmentsAndThoseOfAnotherLogAreRefused() {
    SimulatedFolder exchanged = disk.copy();
    exchanged.put(Segment.name(2), disk.bytesOf(Segment.name(3)).clone());
    exchanged.put(Segment.name(3), disk.bytesOf(Segment.name(2)).clone());
    assertThat(opensWhole(exchanged, LAST)).isFalse();

    SimulatedFolder other = new SimulatedFolder(new SplittableRandom(1));
    SegmentLog log = SegmentLogTest.opened(other);
    for (int index = 1; index <= LAST; index++) {
      log.appendEntries(List.of(Entries.of(index, 1, BYTES, 7)));
    }
    for (List<Integer> ids : List.of(List.of(1), List.of(2), List.of(3), List.of(1, 2, 3))) {
      SimulatedFolder mixed = disk.copy();
      ids.forEach(id -> mixed.put(Segment.name(id), other.bytesOf(Segment.name(id)).clone()));
      assertThat(opensWhole(mixed, LAST)).as("segments %s", ids).isFalse();
    }
  }

  @Test
  void anOlderCopyOfTheLastSegmentIsRefused() {
    SegmentLog log = SegmentLogTest.opened(disk);
    byte[] older = disk.bytesOf(Segment.name(3)).clone();
    log.appendEntries(List.of(Entries.of(LAST + 1, 1, BYTES, 0)));
    SimulatedFolder damaged = disk.copy();
    damaged.put(Segment.name(3), older);
    assertThat(opensWhole(damaged, LAST + 1)).isFalse();
  }

  @Test
  void oneDamagedCopyOfTheFloorIsRepairedAndTwoAreNoMoreThanTheFloorBefore() {
    byte[] good = disk.bytesOf(LogFloor.NAME);
    for (int at = 0; at < good.length; at++) {
      SimulatedFolder damaged = disk.copy();
      damaged.bytesOf(LogFloor.NAME)[at] ^= (byte) (1 << at % 8);
      assertThat(opensWhole(damaged, LAST)).as("byte %d", at).isTrue();
    }
    for (int length : List.of(0, 100, LogFloor.PAGE_BYTES, 2 * LogFloor.PAGE_BYTES, 16_383)) {
      SimulatedFolder damaged = disk.copy();
      damaged.put(LogFloor.NAME, Arrays.copyOf(good, length));
      assertThat(opensWhole(damaged, LAST)).as("length %d", length).isFalse();
    }
    SimulatedFolder blank = disk.copy();
    blank.put(LogFloor.NAME, new byte[good.length]);
    assertThat(opensWhole(blank, LAST)).isFalse();
  }

  @Test
  void pageOfTheFloorThatCannotBeReadIsNoCopy() {
    for (int page = 0; page < 4; page++) {
      SimulatedFolder damaged = disk.copy();
      long start = (long) page * LogFloor.PAGE_BYTES;
      damaged.makeUnreadable(LogFloor.NAME, start, start + LogFloor.PAGE_BYTES);
      assertThat(opensWhole(damaged, LAST)).as("page %d", page).isTrue();
    }
    disk.makeUnreadable(LogFloor.NAME, 0, 4L * LogFloor.PAGE_BYTES);
    assertThat(opensWhole(disk, LAST)).isFalse();
  }

  @Test
  void placeThatCannotBeReadIsDamageWithFileOffsetAndIndex() {
    disk = new SimulatedFolder(new SplittableRandom(1));
    SegmentSizes sizes = new SegmentSizes(16_384, 16_384, 64, 1 << 20);
    SegmentLog log = SegmentLogTest.logIn(disk, sizes, Runnable::run);
    log.init(Entries.options(new ConfigurationManager()));
    for (int index = 1; index <= 40; index++) { // 544 bytes each
      log.appendEntries(List.of(Entries.of(index, 1, 500, 0)));
    }
    log.shutdown();
    record Place(int segment, int offset, String told) {}
    for (Place place :
        List.of(
            new Place(1, 8_200, "at offset 8192: entry 15 is lost"),
            new Place(1, 16_383, "at offset 12288: entry 23 is lost"),
            new Place(2, 10, "at offset 0: entry 31 is lost"),
            new Place(2, 16_383, "at offset 12288: entry 41 is lost"))) {
      SimulatedFolder damaged = disk.copy();
      String name = Segment.name(place.segment());
      damaged.makeUnreadable(name, place.offset(), place.offset() + 1);
      SegmentLog opened = SegmentLogTest.logIn(damaged, sizes, Runnable::run);
      assertThatThrownBy(() -> opened.init(Entries.options(new ConfigurationManager())))
          .hasCauseInstanceOf(DamagedLogException.class)
          .hasMessageContaining("cannot be read (input/output error) in log/" + name)
          .hasMessageContaining(place.told());
    }
  }

  @Test
  void damageAboveTheFloorIsCutAndNeverMisread() {
    byte[] floorBefore = disk.bytesOf(LogFloor.NAME).clone();
    int endBefore = contentEnd(Segment.name(3));
    SegmentLog log = SegmentLogTest.opened(disk);
    log.appendEntries(
        List.of(Entries.of(LAST + 1, 1, BYTES, 0), Entries.of(LAST + 2, 1, BYTES, 0)));
    int end = contentEnd(Segment.name(3));
    for (int at = endBefore; at < end; at++) {
      SimulatedFolder damaged = disk.copy();
      damaged.put(LogFloor.NAME, floorBefore.clone()); // as a crash before the floor's sync has it
      damaged.bytesOf(Segment.name(3))[at] ^= (byte) (1 << at % 8);
      SegmentLog opened = SegmentLogTest.opened(damaged);
      int last = (int) opened.getLastLogIndex();
      assertThat(last).as("byte %d", at).isBetween(LAST, LAST + 1);
      assertThat(opened.appendEntries(List.of(Entries.of(last + 1, 1, BYTES, 0)))).isEqualTo(1);
      opened.shutdown();
      assertThat(opensWhole(damaged, last + 1)).isTrue();
    }
  }

  @Test
  void damageIsToldWithFileOffsetIndexAndWhatToDo() {
    disk.bytesOf(Segment.name(2))[SegmentHeader.LENGTH + 60] ^= 1;
    try (LoggedEvents events = new LoggedEvents()) {
      assertThatThrownBy(() -> SegmentLogTest.opened(disk))
          .hasMessageContaining("a record with a wrong checksum in log/" + Segment.name(2))
          .hasMessageContaining("at offset 64: entry 3 is lost")
          .hasMessageContaining("acknowledged entries up to " + LAST)
          .hasMessageContaining("Remove this member");
      assertThat(events.of(LogEvent.DAMAGE_FOUND)).hasSize(1);
    }
  }

  @Test
  void damageThatComesWhileTheLogIsOpenIsFoundByTheRead() {
    SegmentLog log = SegmentLogTest.opened(disk);
    disk.bytesOf(Segment.name(2))[SegmentHeader.LENGTH + 60] ^= 1;
    assertThatThrownBy(() -> log.getEntry(3))
        .isInstanceOf(UncheckedIOException.class)
        .hasCauseInstanceOf(DamagedLogException.class);
    assertThat(log.getEntry(2)).isEqualTo(Entries.of(2, 1, BYTES, 0));
  }
}
