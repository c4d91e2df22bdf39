package io.cairn.server.raft;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.entity.PeerId;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives the lead away before a node stops. */
final class Handover {
  private static final Logger LOG = LoggerFactory.getLogger(Handover.class);
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private Handover() {}

  /**
   * Hands the lead to the voter that has most of the log. Returns when another leads, or it has not
   * happened within two election timeouts.
   */
  static void toAny(NodeImpl node, RaftGroupConfig config) {
    if (node.getCurrentConf().size() < 2) {
      return;
    }
    Status status = node.transferLeadershipTo(PeerId.ANY_PEER);
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
