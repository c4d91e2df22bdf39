package io.cairn.server.raft;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects to the other voters before a vote has to be asked of them. A follower has no connections
 * of its own otherwise, and JRaft makes them, one after another and each with a ping, while it
 * stands for election.
 *
 * <p>It looks a moment after a connection to this server has come or gone: a peer that is back
 * connects to those it finds, and is connected to. Where all are there, nothing happens.
 *
 * <p>Threads: {@link #changed} from any, and it does not block; all else on the helper.
 */
final class PeerConnections {
  /** Pause before it looks, during which other connections come and go. */
  static final int PAUSE_MILLIS = 500;

  private static final Logger LOG = LoggerFactory.getLogger(PeerConnections.class);

  private final Supplier<List<RaftPeer>> others;
  private final Consumer<RaftPeer> connect;
  private final LeaderProbe.Helper helper;
  private boolean due; // guarded by this

  /**
   * @param others the voters but this one
   * @param connect connects to one, if there is no connection; may take its time
   */
  PeerConnections(
      Supplier<List<RaftPeer>> others, Consumer<RaftPeer> connect, LeaderProbe.Helper helper) {
    this.others = others;
    this.connect = connect;
    this.helper = helper;
  }

  /** A connection to this server has come or gone. */
  synchronized void changed() {
    if (!due) {
      due = true;
      helper.after(PAUSE_MILLIS, this::look);
    }
  }

  private void look() {
    synchronized (this) {
      due = false;
    }
    try {
      others.get().forEach(connect);
    } catch (RuntimeException e) {
      LOG.debug("no connections to other voters: {}", e.getMessage()); // the node is stopping
    }
  }
}
