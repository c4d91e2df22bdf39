package io.cairn.server.raft;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.error.RaftError;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.LeaderHint;
import java.util.concurrent.CompletionException;

/** What goes wrong between a request and its outcome, as clients hear it (I8). */
final class Failures {
  private static final int RETRY_SOON_MILLIS = 20;

  private Failures() {}

  static Failure of(ErrorCode code, String message) {
    return Failure.newBuilder().setCode(code.number()).setMessage(message).build();
  }

  /** Nothing was proposed: another node leads, or none is known. */
  static Failure notLeader(String self, LeaderHint leader) {
    if (leader.getNode().isEmpty()) {
      return Failure.newBuilder()
          .setCode(ErrorCode.NO_LEADER.number())
          .setMessage("node " + self + " knows no leader in term " + leader.getTerm())
          .setRetryAfterMillis(RETRY_SOON_MILLIS)
          .build();
    }
    return Failure.newBuilder()
        .setCode(ErrorCode.NOT_LEADER.number())
        .setMessage("node " + self + " does not lead, " + leader.getNode() + " does")
        .setLeader(leader)
        .build();
  }

  /**
   * A batch that was handed to JRaft came back with an error. Only EBUSY says that it was never
   * appended: EPERM is said both for never appended and for appended, then stepped down.
   */
  static Failure afterProposal(Status status) {
    if (status.getRaftError() == RaftError.EBUSY) {
      return Failure.newBuilder()
          .setCode(ErrorCode.OVERLOADED.number())
          .setMessage("the log takes no more entries now")
          .setRetryAfterMillis(RETRY_SOON_MILLIS)
          .build();
    }
    return of(
        ErrorCode.LOST_TRACK,
        "the command was proposed, and this node lost the lead before it was applied: "
            + status.getRaftError());
  }

  /** What went wrong, without the wrapping of a future that stands behind it. */
  static Throwable causeOf(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  static Failure shuttingDown(String self) {
    return of(ErrorCode.SHUTTING_DOWN, "node " + self + " is stopping");
  }
}
