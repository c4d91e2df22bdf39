package io.cairn.server.raft;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out that the leader's process has ended. The kernel closes the sockets of a process with
 * it: connections to this server end, and whoever connects to its raft port is refused. One that is
 * frozen, overloaded or cut off refuses nobody, so only a refusal is evidence. It is asked when a
 * raft connection has ended, whosever it was, and a few times, as sockets are closed one after
 * another.
 *
 * <p>A firewall that rejects looks the same. What follows from a wrong belief is said at {@link
 * ElectionPace}.
 *
 * <p>Threads: {@link #connectionEnded} from any, and it does not block; all else on the helper.
 */
final class LeaderProbe {
  /** Pauses before the questions of one series. */
  private static final int[] PAUSES_MILLIS = {0, 30, 70};

  /** Between two series: strangers may open and close connections as often as they like. */
  static final int REST_MILLIS = 200;

  // Far less than a kernel takes to give up a connection by itself, which would look like a
  // refusal.
  private static final int CONNECT_MILLIS = 200;

  private static final Logger LOG = LoggerFactory.getLogger(LeaderProbe.class);

  /** Runs tasks later, elsewhere; may drop them once it is closed. */
  interface Helper {
    void after(long millis, Runnable task);
  }

  private enum State {
    IDLE,
    ASKING,
    RESTING
  }

  private final Supplier<Optional<RaftPeer>> followed;
  private final Predicate<RaftPeer> refuses;
  private final Consumer<RaftPeer> ended;
  private final Helper helper;

  private State state = State.IDLE; // guarded by this
  private int asked; // guarded by this
  private boolean again; // guarded by this

  /**
   * @param followed the leader that this node follows
   * @param refuses whether a peer refuses connections; may take its time
   * @param ended hears of a leader that does
   */
  LeaderProbe(
      Supplier<Optional<RaftPeer>> followed,
      Predicate<RaftPeer> refuses,
      Consumer<RaftPeer> ended,
      Helper helper) {
    this.followed = followed;
    this.refuses = refuses;
    this.ended = ended;
    this.helper = helper;
  }

  /** A raft connection to this server has ended. */
  synchronized void connectionEnded() {
    if (state == State.IDLE) {
      begin();
    } else {
      again = true;
    }
  }

  // guarded by this
  private void begin() {
    state = State.ASKING;
    again = false;
    asked = 0;
    helper.after(PAUSES_MILLIS[0], this::ask);
  }

  private void ask() {
    boolean over = true;
    try {
      over = isOver();
    } catch (RuntimeException e) {
      LOG.warn("cannot ask whether the leader's process has ended", e);
    }
    askedOnce(over);
  }

  private boolean isOver() {
    Optional<RaftPeer> leader = followed.get();
    if (leader.isEmpty()) {
      return true;
    }
    if (!refuses.test(leader.get())) {
      return false;
    }
    ended.accept(leader.get());
    return true;
  }

  private synchronized void askedOnce(boolean over) {
    asked++;
    if (over || asked == PAUSES_MILLIS.length) {
      state = State.RESTING;
      helper.after(REST_MILLIS, this::rested);
    } else {
      helper.after(PAUSES_MILLIS[asked], this::ask);
    }
  }

  private synchronized void rested() {
    state = State.IDLE;
    if (again) {
      begin();
    }
  }

  /** Whether nothing listens at the peer's raft address. Blocks for a while at most. */
  static boolean refusesConnections(RaftPeer peer) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(peer.host(), peer.port()), CONNECT_MILLIS);
      return false;
    } catch (ConnectException e) {
      return true;
    } catch (IOException e) {
      return false; // no answer in time, no route, no such name: it may well be alive
    }
  }
}
