package io.cairn.core.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cairn.core.storage.v1.StageRow;
import org.junit.jupiter.api.Test;

class StageDurationsTest {
  @Test
  void classesFollowEachOtherWithoutGaps() {
    for (int place = 0; place < 200; place++) {
      assertThat(StageDurations.floor(place + 1)).isGreaterThan(StageDurations.floor(place));
      assertThat(StageDurations.place(StageDurations.floor(place))).isEqualTo(place);
      assertThat(StageDurations.place(StageDurations.floor(place + 1) - 1)).isEqualTo(place);
    }
    assertThat(StageDurations.place(-5)).isZero();
    assertThat(StageDurations.place(Long.MAX_VALUE)).isLessThan(256);
  }

  @Test
  void theMedianIsToldWithinAnEighth() {
    StageRow.Builder stage = StageRow.newBuilder();
    assertThat(StageDurations.medianMillis(stage)).isZero();
    for (long millis = 1; millis <= 2_001; millis++) {
      StageDurations.add(stage, millis);
    }
    assertThat(StageDurations.medianMillis(stage)).isCloseTo(1_001L, within(1_001L / 8));
  }

  @Test
  void oneThatTookNoTimeCountsToo() {
    StageRow.Builder stage = StageRow.newBuilder();
    StageDurations.add(stage, 0);
    assertThat(StageDurations.medianMillis(stage)).isEqualTo(1);
  }
}
