package io.cairn.server.raft;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Tells of frames that Bolt could not decode, such as one that does not match its checksum. Bolt
 * closes the connection, and what it logs is switched off with the rest of its log: a machine that
 * damages messages would look like one that is unreachable now and then.
 */
final class DamagedFrames extends ChannelInboundHandlerAdapter {
  private final ConnectionLimits limits;

  DamagedFrames(ConnectionLimits limits) {
    this.limits = limits;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    limits.refused("a frame could not be decoded: " + cause, context.channel().remoteAddress());
    context.fireExceptionCaught(cause);
  }
}
