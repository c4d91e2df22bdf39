package io.cairn.server.raft;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.timeout.ReadTimeoutHandler;

/**
 * Closes a raft connection that has sent nothing for a while.
 *
 * <p>Members never are silent so long: {@link IdleBeat} sends a heartbeat on an idle connection.
 */
final class IdleCap extends ReadTimeoutHandler {
  static final int IDLE_SECONDS_MAX = 50;

  private final ConnectionLimits limits;

  IdleCap(ConnectionLimits limits) {
    super(IDLE_SECONDS_MAX);
    this.limits = limits;
  }

  @Override
  protected void readTimedOut(ChannelHandlerContext context) {
    limits.refused("silent for " + IDLE_SECONDS_MAX + " s", context.channel().remoteAddress());
    var unused = context.close();
  }
}
