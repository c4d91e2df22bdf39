package io.cairn.server.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.remoting.rpc.HeartbeatCommand;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.timeout.IdleStateEvent;
import org.junit.jupiter.api.Test;

class IdleBeatTest {
  private final IdleBeat beat = new IdleBeat();
  private final EmbeddedChannel channel = new EmbeddedChannel(beat);

  @Test
  void connectionThatAnswersStaysOpen() {
    for (int time = 0; time < 2 * IdleBeat.UNANSWERED_MAX; time++) {
      idle(IdleStateEvent.FIRST_READER_IDLE_STATE_EVENT);
      assertThat(channel.<Object>readOutbound()).isInstanceOf(HeartbeatCommand.class);
    }
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void connectionThatDoesNotAnswerIsClosed() {
    idle(IdleStateEvent.FIRST_READER_IDLE_STATE_EVENT);
    for (int time = 1; time < IdleBeat.UNANSWERED_MAX; time++) {
      idle(IdleStateEvent.READER_IDLE_STATE_EVENT);
    }
    assertThat(channel.outboundMessages()).hasSize(IdleBeat.UNANSWERED_MAX);
    assertThat(channel.isOpen()).isTrue();
    idle(IdleStateEvent.READER_IDLE_STATE_EVENT);
    assertThat(channel.isOpen()).isFalse();
    assertThat(channel.outboundMessages()).hasSize(IdleBeat.UNANSWERED_MAX);
  }

  @Test
  void everyConnectionOfThisNodeHasOne() {
    ConnectionLimits limits = new ConnectionLimits();
    assertThat(new FrontHandlers(FrameCap.Side.CLIENT, limits).frontChannelHandlers())
        .hasAtLeastOneElementOfType(IdleBeat.class);
    assertThat(new FrontHandlers(FrameCap.Side.SERVER, limits).frontChannelHandlers())
        .hasAtLeastOneElementOfType(IdleCap.class);
  }

  @Test
  void itBeatsBeforeTheOtherSideTakesItForSilent() {
    assertThat(IdleBeat.IDLE_SECONDS * IdleBeat.UNANSWERED_MAX)
        .isLessThan(IdleCap.IDLE_SECONDS_MAX);
  }

  private void idle(IdleStateEvent event) {
    beat.channelIdle(channel.pipeline().context(beat), event);
    channel.runPendingTasks();
  }
}
