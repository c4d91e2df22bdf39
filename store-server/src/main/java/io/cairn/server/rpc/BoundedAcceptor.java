package io.cairn.server.rpc;

import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Accepts at most so many connections at a time; a further one is closed before it is read. */
final class BoundedAcceptor extends NioServerSocketChannel {
  private final int connectionsMax;
  private final AtomicInteger open = new AtomicInteger();

  BoundedAcceptor(int connectionsMax) {
    this.connectionsMax = connectionsMax;
  }

  @Override
  protected int doReadMessages(List<Object> accepted) throws Exception {
    int count = super.doReadMessages(accepted);
    if (count <= 0) {
      return count;
    }
    Channel connection = (Channel) accepted.get(accepted.size() - 1);
    if (open.incrementAndGet() > connectionsMax) {
      open.decrementAndGet();
      accepted.remove(accepted.size() - 1);
      connection.unsafe().closeForcibly();
      return 0;
    }
    connection.closeFuture().addListener(closed -> open.decrementAndGet());
    return count;
  }
}
