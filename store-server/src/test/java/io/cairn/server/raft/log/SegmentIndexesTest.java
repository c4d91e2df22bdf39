package io.cairn.server.raft.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Indexes of segments: when there is one, and when it is believed. */
class SegmentIndexesTest extends UnreadLog {
  @Test
  void missingIndexIsWrittenAgainAndItsSegmentRead() {
    byte[] index = disk.indexes().bytesOf(SegmentIndexes.name(3)).clone();
    disk.indexes().remove(SegmentIndexes.name(3));
    assertHolds(opened(disk, 0), 1, LAST);
    assertThat(isRead(disk, 3)).isTrue();
    assertThat(disk.indexes().bytesOf(SegmentIndexes.name(3))).isEqualTo(index);
    SimulatedFolder again = disk.copy();
    SegmentLog log = opened(again, 0);
    assertThat(isRead(again, 3)).isFalse();
    assertHolds(log, 1, LAST);
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
  void indexThatIsLostOrDamagedWhileTheLogIsOpenIsMadeAnew() {
    for (long startBytes : List.of(0L, 1L << 20)) {
      SimulatedFolder folder = disk.copy();
      byte[] index = folder.indexes().bytesOf(SegmentIndexes.name(2)).clone();
      SegmentLog log = opened(folder, startBytes);
      folder.indexes().remove(SegmentIndexes.name(1));
      folder.indexes().bytesOf(SegmentIndexes.name(2))[60] ^= 1;
      assertHolds(log, 1, LAST);
      assertThat(folder.indexes().names()).contains(SegmentIndexes.name(1));
      assertThat(folder.indexes().bytesOf(SegmentIndexes.name(2))).isEqualTo(index);
      folder.indexes().remove(SegmentIndexes.name(4));
      log.truncateSuffix(11);
      assertHolds(log, 1, 11);
    }
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
}
