package io.cairn.server.raft;

import com.alipay.sofa.jraft.entity.PeerId;
import java.util.Comparator;

/**
 * Identity of one voter: its raft address and the incarnation of its disk.
 *
 * @param idx the disk incarnation. A server whose disk was lost comes back under a higher one (I9);
 *     0 at first.
 */
public record RaftPeer(String host, int port, int idx) implements Comparable<RaftPeer> {
  private static final Comparator<RaftPeer> ORDER =
      Comparator.comparing(RaftPeer::host)
          .thenComparingInt(RaftPeer::port)
          .thenComparingInt(RaftPeer::idx);
  private static final int MAX_PORT = 65_535;
  private static final int MAX_TEXT_LENGTH = 280;

  public RaftPeer {
    if (host.isBlank()
        || host.indexOf(':') >= 0
        || host.indexOf('/') >= 0
        || host.indexOf(',') >= 0) {
      throw new IllegalArgumentException(
          "raft peer host must be a name or IPv4 address, is '" + host + "'");
    }
    if (port < 1 || port > MAX_PORT) {
      throw new IllegalArgumentException(
          "raft peer port must be 1 to " + MAX_PORT + ", is " + port);
    }
    if (idx < 0) {
      throw new IllegalArgumentException("raft peer idx must not be negative, is " + idx);
    }
  }

  public RaftPeer(String host, int port) {
    this(host, port, 0);
  }

  /** Reads {@code host:port} or {@code host:port:idx}. */
  public static RaftPeer parse(String text) {
    String[] parts = text.length() > MAX_TEXT_LENGTH ? new String[0] : text.split(":", -1);
    if (parts.length != 2 && parts.length != 3) {
      throw new IllegalArgumentException(
          "raft peer must be host:port or host:port:idx, is '" + text + "'");
    }
    try {
      int idx = parts.length == 3 ? Integer.parseInt(parts[2]) : 0;
      return new RaftPeer(parts[0], Integer.parseInt(parts[1]), idx);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "raft peer port and idx must be numbers, is '" + text + "'", e);
    }
  }

  /**
   * {@code host:port}, and {@code :idx} when it is not 0: the form that travels in raft messages.
   */
  @Override
  public String toString() {
    return idx == 0 ? host + ":" + port : host + ":" + port + ":" + idx;
  }

  @Override
  public int compareTo(RaftPeer other) {
    return ORDER.compare(this, other);
  }

  PeerId toPeerId() {
    return new PeerId(host, port, idx);
  }

  static RaftPeer of(PeerId peer) {
    return new RaftPeer(peer.getIp(), peer.getPort(), peer.getIdx());
  }
}
