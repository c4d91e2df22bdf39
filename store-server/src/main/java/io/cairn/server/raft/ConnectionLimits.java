package io.cairn.server.raft;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all connections of one raft port, or of one raft client, may hold together. Thread safe.
 *
 * <p>Tells when a connection was counted in, and when it has ended.
 *
 * <p>A frame is gathered in memory until it is whole, so the bytes that unfinished frames have
 * declared are counted, not only the connections.
 */
final class ConnectionLimits {
  /** Members are few; the rest is room for reconnects and for strangers. */
  static final int CONNECTIONS_MAX = 256;

  static final long UNFINISHED_BYTES_MAX = 64L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(ConnectionLimits.class);
  private static final long LOG_EVERY = 1_000;

  /** Those that are open; once it is closed, it closes what comes at once. */
  private final ChannelGroup channels =
      new DefaultChannelGroup("raft connections", ImmediateEventExecutor.INSTANCE, true);

  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicLong unfinishedBytes = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final Consumer<Change> changes;

  /** What has happened to a connection. */
  enum Change {
    OPENED,
    ENDED
  }

  ConnectionLimits() {
    this(change -> {});
  }

  /**
   * @param changes hears on a network thread of each connection that is counted in, and of its end;
   *     must not block
   */
  ConnectionLimits(Consumer<Change> changes) {
    this.changes = changes;
  }

  /** Counts a connection in, or answers false when there is no room. */
  boolean open(Channel channel) {
    if (connections.incrementAndGet() <= CONNECTIONS_MAX) {
      channels.add(channel);
      changes.accept(Change.OPENED);
      return true;
    }
    connections.decrementAndGet();
    return false;
  }

  /**
   * Closes all connections, and those that come from now on. A port that is closed may still accept
   * one, which nobody else would close; its other end would go on sending into it for ever.
   */
  void closeAll() {
    var unused = channels.close();
  }

  void closed() {
    connections.decrementAndGet();
    changes.accept(Change.ENDED);
  }

  /** Reserves the bytes of a frame that is still coming, or answers false when there is no room. */
  boolean reserve(long bytes) {
    if (unfinishedBytes.addAndGet(bytes) <= UNFINISHED_BYTES_MAX) {
      return true;
    }
    unfinishedBytes.addAndGet(-bytes);
    return false;
  }

  void release(long bytes) {
    unfinishedBytes.addAndGet(-bytes);
  }

  /**
   * Counts a connection that was closed for what it sent or for lack of room; logs the first and
   * each thousandth.
   */
  void refused(String reason, Object remote) {
    if (refused.getAndIncrement() % LOG_EVERY == 0) {
      LOG.warn(
          "raft connection refused remote={} reason={} refused={}", remote, reason, refused.get());
    }
  }

  long refusedCount() {
    return refused.get();
  }

  int openCount() {
    return connections.get();
  }

  long unfinishedBytes() {
    return unfinishedBytes.get();
  }
}
