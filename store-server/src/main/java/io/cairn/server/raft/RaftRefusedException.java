package io.cairn.server.raft;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.error.RaftError;

/** A request to the group itself, such as a membership change, that JRaft did not carry out. */
public final class RaftRefusedException extends RuntimeException {
  private final String code;

  RaftRefusedException(String what, Status status) {
    super(what + " refused: " + status.getRaftError() + " " + status.getErrorMsg());
    this.code = String.valueOf(status.getRaftError());
  }

  RaftRefusedException(String code, String message) {
    super(message);
    this.code = code;
  }

  /**
   * JRaft's name of the reason, such as {@code EPERM} (not the leader) or {@code EBUSY} (another
   * change is under way).
   */
  public String code() {
    return code;
  }

  /** Whether another change was under way: nothing was done. */
  boolean isBusy() {
    return code.equals(RaftError.EBUSY.name());
  }
}
