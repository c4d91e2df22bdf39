package io.cairn.client;

import io.cairn.protocol.Certainty;
import io.cairn.protocol.ErrorCode;

/**
 * A request that was not answered with a result. {@link #certainty()} says whether it may have
 * changed something (I8); {@link #expected()} and {@link #actual()} carry the numbers of a refusal
 * (epoch, seq, lsn, revision), 0 where there are none.
 */
public class CairnException extends RuntimeException {
  private final ErrorCode code;
  private final Certainty certainty;
  private final long expected;
  private final long actual;

  /** A failure with the certainty of its code and no numbers. */
  public CairnException(ErrorCode code, String message) {
    this(code, code.certainty(), message, 0, 0);
  }

  /** A failure. */
  public CairnException(
      ErrorCode code, Certainty certainty, String message, long expected, long actual) {
    super(code + " (" + certainty + "): " + message);
    this.code = code;
    this.certainty = certainty;
    this.expected = expected;
    this.actual = actual;
  }

  /** A failure with the failure beneath it. */
  public CairnException(ErrorCode code, String message, Throwable cause) {
    this(code, code.certainty(), message, 0, 0);
    initCause(cause);
  }

  /** Why. */
  public ErrorCode code() {
    return code;
  }

  /** Whether the request may have had an effect. */
  public Certainty certainty() {
    return certainty;
  }

  /** The number that would have been right. */
  public long expected() {
    return expected;
  }

  /** The number that was given. */
  public long actual() {
    return actual;
  }
}
