package io.cairn.client;

import io.cairn.protocol.Certainty;
import io.cairn.protocol.ErrorCode;

/**
 * The task, or the lock, is no longer owned by the caller: stop working on it. A write that had
 * been sent before ownership ended and was not answered has {@link Certainty#OUTCOME_UNKNOWN}; the
 * next owner sees whether it was applied.
 */
public final class FencedException extends CairnException {
  /**
   * Ownership under {@code epoch} has ended; {@code newest} is the store's epoch, 0 if not known.
   */
  public FencedException(Certainty certainty, String message, long newest, long epoch) {
    super(ErrorCode.FENCED, certainty, message, newest, epoch);
  }

  /** The epoch the caller held. */
  public long epoch() {
    return actual();
  }
}
