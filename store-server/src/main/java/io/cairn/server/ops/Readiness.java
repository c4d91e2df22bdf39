package io.cairn.server.ops;

import io.cairn.protocol.v1.GroupStatus;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Whether this node should be sent work: its group has a leader, and it has caught up. */
public final class Readiness {
  /** Committed entries that may wait to be applied. */
  private static final long LAG_MAX = 1_000;

  private static final Set<String> SERVING = Set.of("LEADER", "FOLLOWER");

  private final Supplier<GroupStatus> status;
  private volatile boolean stopping;

  /** Over the status of the group. */
  public Readiness(Supplier<GroupStatus> status) {
    this.status = status;
  }

  /** From now on not ready. */
  public void stop() {
    stopping = true;
  }

  /** Why it is not ready; empty if it is. */
  public Optional<String> obstacle() {
    if (stopping) {
      return Optional.of("the server is stopping");
    }
    GroupStatus now = status.get();
    if (!SERVING.contains(now.getRole())) {
      return Optional.of("this node is " + now.getRole());
    }
    if (now.getLeader().getClientAddress().isEmpty() && now.getLeader().getNode().isEmpty()) {
      return Optional.of("no leader is known");
    }
    long lag = now.getCommittedIndex() - now.getAppliedIndex();
    if (now.getAppliedIndex() == 0 || lag > LAG_MAX) {
      return Optional.of(
          "applied index %d is behind the committed %d"
              .formatted(now.getAppliedIndex(), now.getCommittedIndex()));
    }
    return Optional.empty();
  }
}
