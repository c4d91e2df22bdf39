package io.cairn.core.apply;

import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.OutcomeError;

/**
 * A command is not done, for a reason that is the same on every replica. Thrown before the
 * command's first write; it becomes the command's outcome. Carries no stack trace: it is a result,
 * not a bug.
 */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final ErrorCode code;
  private final long expected;
  private final long actual;

  /** A refusal whose facts are in the message. */
  public Refusal(ErrorCode code, String message) {
    this(code, message, 0, 0);
  }

  /** A refusal because of one number. */
  public Refusal(ErrorCode code, String message, long expected, long actual) {
    super(message, null, false, false);
    this.code = code;
    this.expected = expected;
    this.actual = actual;
  }

  /** Why. */
  public ErrorCode code() {
    return code;
  }

  /** The number that would have been right. */
  public long expected() {
    return expected;
  }

  /** The number that was given. */
  public long actual() {
    return actual;
  }

  /** The refusal as it travels back. */
  public OutcomeError toError() {
    return OutcomeError.newBuilder()
        .setCode(code.number())
        .setMessage(String.valueOf(getMessage()))
        .setExpected(expected)
        .setActual(actual)
        .build();
  }
}
