package io.cairn.client.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cairn.client.Bytes;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PartitionsTest {
  @Test
  void rangesCoverAllInOrderAndDifferByOneAtMost() {
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 1_000; round++) {
      long from = random.nextLong(-1_000, 1_000);
      long to = from + random.nextLong(0, 10_000);
      int count = random.nextInt(1, 300);
      List<RangePartition> ranges = Partitions.range(from, to, count);
      assertThat(ranges).hasSize(count);
      assertThat(ranges.get(0).from()).isEqualTo(from);
      assertThat(ranges.get(count - 1).to()).isEqualTo(to);
      for (int i = 1; i < count; i++) {
        assertThat(ranges.get(i).from()).isEqualTo(ranges.get(i - 1).to());
      }
      long least = ranges.stream().mapToLong(RangePartition::size).min().orElseThrow();
      long most = ranges.stream().mapToLong(RangePartition::size).max().orElseThrow();
      assertThat(most - least).isBetween(0L, 1L);
    }
  }

  @Test
  void rangeOfAllPositiveNumbersIsCut() {
    List<RangePartition> ranges = Partitions.range(0, Long.MAX_VALUE, 3);
    assertThat(ranges.get(2).to()).isEqualTo(Long.MAX_VALUE);
    assertThat(ranges.get(0).size()).isEqualTo(Long.MAX_VALUE / 3 + 1);
  }

  @Test
  void moreRangesThanNumbersLeavesSomeEmpty() {
    assertThat(Partitions.range(0, 2, 4))
        .extracting(RangePartition::size)
        .containsExactly(1L, 1L, 0L, 0L);
  }

  @Test
  void whatCannotBeCutIsRefusedWithItsNumbers() {
    assertThatThrownBy(() -> Partitions.range(5, 4, 1)).hasMessageContaining("from 5 to 4");
    assertThatThrownBy(() -> Partitions.range(0, 4, 0)).hasMessageContaining("partitions: 0");
    assertThatThrownBy(() -> Partitions.range(Long.MIN_VALUE, 4, 2))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void rangeIsReadFromItsPayload() {
    RangePartition range = new RangePartition(-3, 1L << 60);
    assertThat(RangePartition.of(range.payload())).isEqualTo(range);
    assertThatThrownBy(() -> RangePartition.of(Bytes.utf8("no range")))
        .hasMessageContaining("8 bytes");
  }
}
