package io.cairn.server.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

/** A port that is closed leaves no connection open, whenever it came. */
class ConnectionLimitsTest {
  private final ConnectionLimits limits = new ConnectionLimits();

  @Test
  void connectionsEndWithThePortThoseThatComeLaterToo() {
    EmbeddedChannel open = connection();
    assertThat(limits.openCount()).isEqualTo(1);
    limits.closeAll();
    open.runPendingTasks();
    assertThat(open.isOpen()).isFalse();
    EmbeddedChannel accepted = connection(); // before its port was closed, and told only now
    accepted.runPendingTasks();
    assertThat(accepted.isOpen()).isFalse();
    assertThat(limits.openCount()).isZero();
  }

  private EmbeddedChannel connection() {
    return new EmbeddedChannel(new FrameCap(FrameCap.Side.SERVER, limits));
  }
}
