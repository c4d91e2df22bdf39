package io.cairn.server.raft.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SegmentIndexTest {
  private static final SegmentHeader HEADER = new SegmentHeader(7, 1_000, 0x1234_5678);

  private static SegmentIndex index() {
    RecordEnds ends = new RecordEnds(SegmentHeader.LENGTH);
    ends.addConfiguration(200, 5);
    ends.add(300);
    ends.addConfiguration(4_000, -6);
    ends.add(70_000);
    return new SegmentIndex(HEADER, ends, 42);
  }

  @Test
  void whatWasWrittenIsReadBack() {
    SegmentIndex read = SegmentIndex.decode(index().encode()).orElseThrow();
    assertThat(read.header()).isEqualTo(HEADER);
    assertThat(read.lastCrc()).isEqualTo(42);
    assertThat(read.lastIndex()).isEqualTo(1_003);
    assertThat(read.ends().startOf(0)).isEqualTo(SegmentHeader.LENGTH);
    assertThat(read.ends().endOf(2)).isEqualTo(4_000);
    assertThat(read.ends().startOf(4)).isEqualTo(70_000);
    assertThat(read.ends().configurations()).isEqualTo(2);
    assertThat(read.ends().configurationAt(1)).isEqualTo(2);
    assertThat(read.ends().configurationCrc(1)).isEqualTo(-6);
    assertThat(read.encode()).isEqualTo(index().encode());
  }

  @Test
  void theBytesAreTheseInEveryVersion() {
    assertThat(index().encode())
        .inHexadecimal()
        .startsWith('C', 'A', 'I', 'R', 'N', 'I', 'D', 'X', 0, 0, 0, 1)
        .hasSize(48 + 2 * 8 + 4 * 4 + 4);
  }

  @Test
  void oneOfASegmentWithoutRecordsIsReadBack() {
    SegmentIndex none = new SegmentIndex(HEADER, new RecordEnds(SegmentHeader.LENGTH), 3);
    SegmentIndex read = SegmentIndex.decode(none.encode()).orElseThrow();
    assertThat(read.lastIndex()).isEqualTo(999);
    assertThat(read.isFollowedBy(new SegmentHeader(8, 1_000, 3))).isTrue();
  }

  @Test
  void everyFlippedBitAndEveryCutMakesItNone() {
    byte[] good = index().encode();
    for (int bit = 0; bit < good.length * 8; bit++) {
      byte[] damaged = good.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(SegmentIndex.decode(damaged)).as("bit %d", bit).isEmpty();
    }
    for (int length = 0; length < good.length; length++) {
      assertThat(SegmentIndex.decode(Arrays.copyOf(good, length)))
          .as("length %d", length)
          .isEmpty();
    }
    assertThat(SegmentIndex.decode(Arrays.copyOf(good, good.length + 4))).isEmpty();
  }

  @Test
  void onlyTheNextSegmentFollowsAndOnlyWithThisEnd() {
    assertThat(index().isFollowedBy(new SegmentHeader(8, 1_004, 42))).isTrue();
    assertThat(index().isFollowedBy(new SegmentHeader(9, 1_004, 42))).isFalse();
    assertThat(index().isFollowedBy(new SegmentHeader(8, 1_005, 42))).isFalse();
    assertThat(index().isFollowedBy(new SegmentHeader(8, 1_004, 43))).isFalse();
  }
}
