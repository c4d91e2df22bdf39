package io.cairn.client;

import io.cairn.protocol.Certainty;
import io.cairn.protocol.ErrorCode;

/**
 * The request was sent, and nobody can say whether it was applied, will be, or never will be. Read
 * what it would have changed before doing it again, or make it conditional: a second call is a
 * second request.
 */
public final class OutcomeUnknownException extends CairnException {
  /** A request without a known outcome. */
  public OutcomeUnknownException(ErrorCode code, String message) {
    super(code, Certainty.OUTCOME_UNKNOWN, message, 0, 0);
  }
}
