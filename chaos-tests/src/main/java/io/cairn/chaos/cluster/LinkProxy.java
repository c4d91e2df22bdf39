package io.cairn.chaos.cluster;

import io.cairn.chaos.cluster.Impairment.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Carries connections of one node to one port of another. Three threads a connection: one reads
 * each way, one accepts. Bytes that trouble holds back stay in the sockets' buffers. Any thread.
 */
final class LinkProxy implements AutoCloseable {
  private static final int BUFFER_BYTES = 16 * 1024;
  private static final int CONNECT_MILLIS_MAX = 2_000;
  private static final long STALL_MILLIS = 20;

  private final ServerSocket door;
  private final InetSocketAddress target;
  private final Set<Pair> pairs = ConcurrentHashMap.newKeySet();
  private final Map<Kind, Double> troubles = new EnumMap<>(Kind.class);
  private final Map<String, AtomicLong> seen = new ConcurrentHashMap<>();
  private volatile boolean closed;

  private record Pair(Socket near, Socket far) {
    void reset() {
      abort(near);
      abort(far);
    }

    static void abort(Socket socket) {
      try {
        socket.setSoLinger(true, 0); // close then sends a reset
        socket.close();
      } catch (IOException e) {
        return; // it was closed already
      }
    }
  }

  private LinkProxy(ServerSocket door, InetSocketAddress target) {
    this.door = door;
    this.target = target;
  }

  /** A proxy that listens at {@code host:port} and carries on to the target. */
  static LinkProxy open(String host, int port, String targetHost, int targetPort) {
    try {
      ServerSocket door = new ServerSocket();
      door.setReuseAddress(true);
      door.bind(new InetSocketAddress(InetAddress.getAllByName(host)[0], port));
      InetSocketAddress target =
          new InetSocketAddress(InetAddress.getAllByName(targetHost)[0], targetPort);
      LinkProxy proxy = new LinkProxy(door, target);
      thread("accept", proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new ClusterFailure("cannot listen at " + host + ":" + port, e);
    }
  }

  int port() {
    return door.getLocalPort();
  }

  void impair(Impairment trouble) {
    synchronized (troubles) {
      troubles.put(trouble.kind(), trouble.amount());
    }
    if (trouble.kind() == Kind.RESET) {
      pairs.forEach(Pair::reset);
      count("resets", pairs.size());
      pairs.clear();
    }
    if (trouble.kind() == Kind.HALF_OPEN) {
      pairs.forEach(pair -> Pair.abort(pair.far()));
      count("half-open-connections", pairs.size());
    }
  }

  /** All is well again; connections that were stalled or half open are reset. */
  void heal() {
    boolean broken = has(Kind.HALF_OPEN);
    synchronized (troubles) {
      troubles.clear();
    }
    if (broken) {
      resetAll();
    }
  }

  void resetAll() {
    pairs.forEach(Pair::reset);
    pairs.clear();
  }

  /** Moves what was seen into {@code sums}. */
  void drain(Map<String, Long> sums) {
    seen.forEach((name, count) -> sums.merge(name, count.getAndSet(0), Long::sum));
  }

  private boolean has(Kind kind) {
    synchronized (troubles) {
      return troubles.containsKey(kind);
    }
  }

  private double amount(Kind kind) {
    synchronized (troubles) {
      return troubles.getOrDefault(kind, 0.0);
    }
  }

  private void count(String name, long times) {
    seen.computeIfAbsent(name, absent -> new AtomicLong()).addAndGet(times);
  }

  private static void thread(String name, Runnable work) {
    Thread thread = new Thread(work, "chaos-link-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!closed) {
      try {
        Socket near = door.accept();
        if (has(Kind.RESET)) {
          Pair.abort(near);
          count("resets", 1);
          continue;
        }
        thread("connect", () -> connect(near));
      } catch (IOException e) {
        if (closed) {
          return;
        }
      }
    }
  }

  private void connect(Socket near) {
    Socket far = new Socket();
    try {
      if (!passes(near)) {
        Pair.abort(near);
        return;
      }
      near.setTcpNoDelay(true);
      far.setTcpNoDelay(true);
      far.connect(target, CONNECT_MILLIS_MAX);
    } catch (IOException e) {
      Pair.abort(near); // nobody is there, so nobody answers here
      Pair.abort(far);
      return;
    }
    Pair pair = new Pair(near, far);
    pairs.add(pair);
    thread("there", () -> carry(pair, near, far, true));
    thread("back", () -> carry(pair, far, near, false));
  }

  private void carry(Pair pair, Socket from, Socket to, boolean there) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        if (!passes(from)) {
          return;
        }
        double loss = amount(Kind.LOSS);
        if (loss > 0 && ThreadLocalRandom.current().nextDouble() < loss) {
          count("resets", 1);
          pair.reset();
          return;
        }
        slow(length, there);
        out.write(buffer, 0, length);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      if (!has(Kind.HALF_OPEN)) {
        pair.reset();
        pairs.remove(pair);
      }
    }
  }

  private void slow(int length, boolean there) {
    double delayMillis = there ? amount(Kind.DELAY) : 0;
    if (delayMillis > 0) {
      double jitter = 0.75 + ThreadLocalRandom.current().nextDouble() / 2;
      count("delayed-reads", 1);
      Pause.millis((long) (delayMillis * jitter));
    }
    double bytesPerSecond = amount(Kind.RATE);
    if (bytesPerSecond > 0) {
      count("slowed-bytes", length);
      Pause.millis((long) (length * 1_000 / bytesPerSecond));
    }
  }

  /** Holds bytes back while the link drops them; false if the connection ended meanwhile. */
  private boolean passes(Socket socket) {
    boolean counted = false;
    while (has(Kind.DROP) || has(Kind.DROP_REQUESTS)) {
      if (!counted) {
        counted = true;
        count("held-reads", 1);
      }
      if (closed || socket.isClosed()) {
        return false;
      }
      Pause.millis(STALL_MILLIS);
    }
    return true;
  }

  @Override
  public void close() {
    closed = true;
    resetAll();
    try {
      door.close();
    } catch (IOException e) {
      throw new ClusterFailure("cannot close a proxy", e);
    }
  }
}
