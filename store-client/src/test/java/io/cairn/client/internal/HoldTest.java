package io.cairn.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.client.Lost;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** I10 on the client's side: a lease is counted from when its renewal was sent. */
class HoldTest {
  private final AtomicLong now = new AtomicLong(1_000);
  private final Hold hold = new Hold(5, 100, 1_000, now::get);
  private final List<Lost.Reason> told = new ArrayList<>();

  @Test
  void leaseEndsOneTimeToLiveAfterItWasAskedFor() {
    now.set(1_099);
    assertThat(hold.isAlive()).isTrue();
    now.set(1_100);
    assertThat(hold.isAlive()).isFalse();
  }

  @Test
  void renewalCountsFromItsSendingNotFromItsAnswer() {
    now.set(1_090);
    hold.renewed(1_040);
    now.set(1_139);
    assertThat(hold.isAlive()).isTrue();
    now.set(1_140);
    assertThat(hold.isAlive()).isFalse();
  }

  @Test
  void olderRenewalAnsweredLateDoesNotShortenTheLease() {
    hold.renewed(1_050);
    hold.renewed(1_010);
    now.set(1_149);
    assertThat(hold.isAlive()).isTrue();
  }

  @Test
  void leaseThatRanOutIsNotRevivedByALateAnswer() {
    now.set(1_200);
    hold.renewed(1_199);
    assertThat(hold.isAlive()).isFalse();
  }

  @Test
  void clockThatWrapsIsNoTrouble() {
    now.set(Long.MAX_VALUE - 10);
    Hold wrapping = new Hold(5, 100, now.get(), now::get);
    now.set(Long.MIN_VALUE + 50);
    assertThat(wrapping.isAlive()).isTrue();
    now.set(Long.MIN_VALUE + 100);
    assertThat(wrapping.isAlive()).isFalse();
  }

  @Test
  void lossIsToldOnceAlsoToWhoListensLate() {
    hold.lose(Lost.Reason.TOLD);
    hold.onLost(told::add);
    hold.lose(Lost.Reason.FENCED);
    assertThat(told).containsExactly(Lost.Reason.TOLD);
    assertThat(hold.isAlive()).isFalse();
  }
}
