package io.cairn.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TotalsTest {
  @Test
  void startWithNoRows() {
    Totals none = Totals.startingAt(7);
    assertThat(none.rows()).isZero();
    assertThat(none.nextRow()).isEqualTo(7);
    assertThat(none.flights()).hasSize(24).containsOnly(0L);
  }

  @Test
  void blocksThatFollowEachOtherAddUp() {
    Totals sum = block(0, 2, 5).plus(block(2, 3, -1)).plus(block(3, 7, 4));
    assertThat(sum.fromRow()).isZero();
    assertThat(sum.nextRow()).isEqualTo(7);
    assertThat(sum.rows()).isEqualTo(7);
    assertThat(sum.flights().get(9)).isEqualTo(7);
    assertThat(sum.delayMinutes().get(9)).isEqualTo(8);
  }

  @Test
  void blockThatWasCountedBeforeIsRefused() {
    Totals counted = block(0, 2, 5);
    assertThatThrownBy(() -> counted.plus(block(0, 2, 5)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("rows from 0 on do not follow row 2");
  }

  @Test
  void blockAfterAGapIsRefused() {
    Totals counted = block(0, 2, 5);
    assertThatThrownBy(() -> counted.plus(block(3, 4, 5)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("rows from 3 on do not follow row 2");
  }

  @Test
  void bytesComeBackAsTheyWere() {
    Totals totals = block(3, 1_000_000_007L, -17);
    assertThat(Totals.ofBytes(totals.toBytes())).isEqualTo(totals);
    assertThat(totals.toBytes()).hasSize(400);
  }

  @Test
  void bytesOfAnotherLengthAreRefused() {
    assertThatThrownBy(() -> Totals.ofBytes(new byte[399]))
        .hasMessageContaining("399 bytes, expected 400");
  }

  @Test
  void wrongShapesAreRefused() {
    List<Long> hours = Collections.nCopies(24, 0L);
    List<Long> tooFew = Collections.nCopies(23, 0L);
    assertThatThrownBy(() -> new Totals(0, 0, tooFew, hours)).hasMessageContaining("23 hours");
    assertThatThrownBy(() -> new Totals(5, 4, hours, hours)).hasMessageContaining("rows 5 to 4");
    assertThatThrownBy(() -> new Totals(0, 0, hours, tooFew))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void totalsKeepTheirOwnLists() {
    List<Long> hours = new ArrayList<>(Collections.nCopies(24, 0L));
    Totals totals = new Totals(0, 0, hours, hours);
    hours.set(0, 99L);
    assertThat(totals.flights().get(0)).isZero();
  }

  /** Rows that all departed at nine, with this delay in all. */
  private static Totals block(long from, long to, long delay) {
    List<Long> flights = new ArrayList<>(Collections.nCopies(24, 0L));
    List<Long> delays = new ArrayList<>(flights);
    flights.set(9, to - from);
    delays.set(9, delay);
    return new Totals(from, to, flights, delays);
  }
}
