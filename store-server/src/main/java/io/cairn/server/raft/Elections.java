package io.cairn.server.raft;

import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.core.State;
import com.alipay.sofa.jraft.entity.PeerId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What makes a running node elect sooner, put together: {@link LeaderProbe} for the evidence,
 * {@link ElectionPace} for what follows from it, {@link PeerConnections} for the way to the other
 * voters. Its threads, {@code raft-probe-PORT}, are there only while there is something to do.
 *
 * <p>Any thread.
 */
final class Elections implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Elections.class);
  private static final long IDLE_SECONDS = 5;

  /** Connecting and a ping take less, twice. */
  private static final int CLOSE_SECONDS = 2;

  /** A peer that does not answer must not hold up a question about the leader. */
  private static final int THREADS = 2;

  private final ElectionPace pace;
  private final LeaderProbe probe;
  private final PeerConnections connections;
  private final ScheduledThreadPoolExecutor threads;

  private Elections(NodeImpl node, RaftPeer self) {
    ElectionTimer timer =
        ElectionTimerFactory.timerOf(node.getNodeId())
            .orElseThrow(() -> new IllegalStateException("no election timer of a running node"));
    ElectionPace.Group group = new View(node);
    this.pace =
        new ElectionPace(
            node.getGroupId(), self, group, (ElectionOptions) node.getOptions(), timer);
    this.threads = threads("raft-probe-" + self.port());
    this.probe =
        new LeaderProbe(
            group::followed, LeaderProbe::refusesConnections, pace::leaderEnded, this::after);
    this.connections =
        new PeerConnections(
            () -> group.peers().stream().filter(peer -> !peer.equals(self)).toList(),
            peer -> node.getRpcService().connect(peer.toPeerId().getEndpoint()),
            this::after);
    connections.changed();
  }

  /** Begins with a node that has just been started with {@link ElectionOptions}. */
  static Elections of(NodeImpl node, RaftPeer self) {
    return new Elections(node, self);
  }

  /** A raft connection to this server has come or gone. Does not block. */
  void connectionChanged(ConnectionLimits.Change change) {
    if (change == ConnectionLimits.Change.ENDED) {
      probe.connectionEnded();
    }
    connections.changed();
  }

  ElectionPace pace() {
    return pace;
  }

  private void after(long millis, Runnable task) {
    try {
      var unused = threads.schedule(task, millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("the node is stopping, no questions any more");
    }
  }

  private static ScheduledThreadPoolExecutor threads(String name) {
    ScheduledThreadPoolExecutor made =
        new ScheduledThreadPoolExecutor(
            THREADS,
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    made.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    made.allowCoreThreadTimeOut(true);
    return made;
  }

  /**
   * No more questions; a haste that has begun ends with the node. Waits for those under way: a
   * connection that is being made must not outlive the client that keeps it.
   */
  @Override
  public void close() {
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("questions to other members did not end in {} s", CLOSE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private record View(NodeImpl node) implements ElectionPace.Group {
    @Override
    public Optional<RaftPeer> followed() {
      PeerId leader = node.getLeaderId();
      return leader == null || node.getNodeState() != State.STATE_FOLLOWER
          ? Optional.empty()
          : Optional.of(RaftPeer.of(leader));
    }

    @Override
    public List<RaftPeer> peers() {
      return node.getCurrentConf().listPeers().stream().map(RaftPeer::of).toList();
    }
  }
}
