package io.cairn.server.raft;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.error.RaftError;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives the lead away, to whoever can take it. Any thread. */
final class Handover {
  private static final Logger LOG = LoggerFactory.getLogger(Handover.class);
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private Handover() {}

  /**
   * Whom to hand the lead to: when all voters were heard of lately, {@link PeerId#ANY_PEER}, by
   * which JRaft takes the one that has most of the log; else one that was. JRaft would also offer
   * it to one that is gone, and then nobody takes a command for an election timeout.
   *
   * @throws IllegalStateException when this node does not lead
   */
  static PeerId successor(NodeImpl node) {
    List<PeerId> heard = node.listAlivePeers();
    if (heard.containsAll(node.getCurrentConf().listPeers())) {
      return PeerId.ANY_PEER;
    }
    return heard.stream()
        .filter(peer -> !peer.equals(node.getServerId()))
        .findFirst()
        .orElse(PeerId.ANY_PEER);
  }

  /** Begins to hand the lead to {@link #successor}. */
  static Status begin(NodeImpl node) {
    try {
      return node.transferLeadershipTo(successor(node));
    } catch (IllegalStateException e) {
      return new Status(RaftError.EPERM, "Not leader");
    }
  }

  /**
   * Hands the lead over before a node stops. Returns when another leads, or it has not happened
   * within two election timeouts.
   */
  static void toAny(NodeImpl node, RaftGroupConfig config) {
    if (node.getCurrentConf().size() < 2) {
      return;
    }
    Status status = begin(node);
    if (!status.isOk()) {
      LOG.warn("raft leadership not handed over group={} reason={}", config.wireGroupId(), status);
      return;
    }
    long deadlineNanos =
        System.nanoTime()
            + TimeUnit.MILLISECONDS.toNanos(2L * config.timings().electionTimeoutMillis());
    while (System.nanoTime() - deadlineNanos < 0) {
      PeerId leader = node.getLeaderId();
      if (leader != null && !leader.isEmpty() && !leader.equals(config.self().toPeerId())) {
        LOG.info("raft leadership handed over group={} leader={}", config.wireGroupId(), leader);
        return;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    LOG.warn("raft leadership not handed over in time group={}", config.wireGroupId());
  }
}
