package io.cairn.server.raft;

import com.alipay.remoting.ExtendedNettyChannelHandler;
import io.netty.channel.ChannelHandler;
import java.util.List;

/**
 * The handlers before Bolt's own, made anew for each channel: TLS will come first here, then the
 * caps on what it decrypts.
 */
final class FrontHandlers implements ExtendedNettyChannelHandler {
  private final FrameCap.Side side;
  private final ConnectionLimits limits;

  FrontHandlers(FrameCap.Side side, ConnectionLimits limits) {
    this.side = side;
    this.limits = limits;
  }

  // Bolt names handlers by class, so each class may appear once.
  @Override
  public List<ChannelHandler> frontChannelHandlers() {
    FrameCap frameCap = new FrameCap(side, limits);
    return side == FrameCap.Side.SERVER
        ? List.of(frameCap, new IdleCap(limits))
        : List.of(frameCap, new IdleBeat());
  }

  @Override
  public List<ChannelHandler> backChannelHandlers() {
    return List.of();
  }
}
