package io.cairn.server.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeadershipTest {
  @Test
  void isConfirmedInItsOwnTermOnly() {
    Leadership leadership = new Leadership(() -> 0);
    leadership.start(3, 1_000);
    assertThat(leadership.confirmedIn(3)).isFalse();
    leadership.current().orElseThrow().confirm();
    assertThat(leadership.confirmedIn(3)).isTrue();
    assertThat(leadership.confirmedIn(4)).as("elected again, and not told yet").isFalse();
    leadership.stop();
    assertThat(leadership.confirmedIn(3)).isFalse();
  }
}
