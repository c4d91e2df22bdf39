package io.cairn.server.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PeerConnectionsTest {
  private static final RaftPeer A = new RaftPeer("10.0.0.1", 7421);
  private static final RaftPeer B = new RaftPeer("10.0.0.2", 7421);

  private final ManualTimer time = new ManualTimer();
  private final List<RaftPeer> connected = new ArrayList<>();
  private boolean stopping;
  private final PeerConnections connections =
      new PeerConnections(
          () -> {
            if (stopping) {
              throw new IllegalStateException("for the test");
            }
            return List.of(A, B);
          },
          connected::add,
          (millis, task) -> {
            var unused = time.newTimeout(due -> task.run(), millis, TimeUnit.MILLISECONDS);
          });

  @Test
  void connectsToAllOnceForManyChanges() {
    for (int i = 0; i < 10; i++) {
      connections.changed();
    }
    time.pass(10 * PeerConnections.PAUSE_MILLIS);
    assertThat(connected).containsExactly(A, B);
  }

  @Test
  void looksAgainAfterALaterChange() {
    connections.changed();
    time.pass(PeerConnections.PAUSE_MILLIS);
    connections.changed();
    time.pass(PeerConnections.PAUSE_MILLIS);
    assertThat(connected).containsExactly(A, B, A, B);
  }

  @Test
  void aFailureDoesNotEndIt() {
    stopping = true;
    connections.changed();
    time.pass(PeerConnections.PAUSE_MILLIS);
    stopping = false;
    connections.changed();
    time.pass(PeerConnections.PAUSE_MILLIS);
    assertThat(connected).containsExactly(A, B);
  }
}
