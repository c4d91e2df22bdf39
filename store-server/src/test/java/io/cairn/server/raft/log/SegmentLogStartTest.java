package io.cairn.server.raft.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.entity.PeerId;
import io.cairn.server.ops.LogEvent;
import io.cairn.server.ops.LoggedEvents;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A start that reads only the end of the log: what it reads, and what is found later. */
class SegmentLogStartTest extends UnreadLog {
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
  void anotherSegmentInPlaceOfOneThatWasNotReadIsFound() {
    SimulatedFolder other = new SimulatedFolder(new SplittableRandom(1));
    SegmentLog log = opened(other, 0);
    for (int index = 1; index <= LAST; index++) {
      append(log, index, 2);
    }
    disk.put(Segment.name(1), other.bytesOf(Segment.name(1)).clone());
    SegmentLog mixed = opened(disk.copy(), 0);
    assertThatThrownBy(() -> mixed.getEntry(1)).hasMessageContaining("entry 3 is lost");
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
    assertThat(log.getEntry(3)).isEqualTo(Entries.of(3, 1, BYTES, 0));
    assertThat(log.getEntry(7)).isEqualTo(Entries.of(7, 1, BYTES, 0));
    for (long index = 4; index <= 6; index++) { // none of a segment that is not sound
      long wanted = index;
      assertThatThrownBy(() -> log.getEntry(wanted))
          .isInstanceOf(UncheckedIOException.class)
          .hasCauseInstanceOf(DamagedLogException.class)
          .hasMessageContaining("entry 5 is lost");
    }
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

  @Test
  void whatReadersHaveCheckedIsNotReadAgain() {
    SegmentLog log = opened(disk, 0);
    log.getEntry(2);
    log.getEntry(8);
    long read = disk.bytesRead(Segment.name(3));
    scrub.run();
    assertThat(disk.bytesRead(Segment.name(3))).isEqualTo(read);
    assertThat(isRead(disk, 2)).isTrue();
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

    SimulatedFolder damaged = disk.copy();
    damaged.bytesOf(Segment.name(1))[offsetOf(2) + RecordFormat.HEADER_BYTES] ^= 1;
    assertRefused(damaged);
    SimulatedFolder other = new SimulatedFolder(new SplittableRandom(1)); // whole, but another's
    SegmentLog others = opened(other, 0);
    append(others, 1, 2);
    others.appendEntries(List.of(configuration(2)));
    int length = Math.toIntExact(RecordFormat.size(configuration(2), members(2)));
    byte[] into = disk.bytesOf(Segment.name(1));
    System.arraycopy(other.bytesOf(Segment.name(1)), offsetOf(2), into, offsetOf(2), length);
    assertRefused(disk);
  }

  private static byte[] members(long index) {
    return RecordFormat.members(configuration(index));
  }

  private static LogEntry configuration(long index) {
    LogEntry entry = new LogEntry(EntryType.ENTRY_TYPE_CONFIGURATION);
    entry.setId(new LogId(index, 1));
    entry.setPeers(List.of(new PeerId("127.0.0.1", (int) index)));
    return entry;
  }
}
