package io.cairn.client.internal;

import io.cairn.client.CairnException;
import io.cairn.client.FencedException;
import io.cairn.client.Lost;
import io.cairn.client.OutcomeUnknownException;
import io.cairn.protocol.Certainty;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.OutcomeError;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** From codes on the wire to exceptions, and back out of futures. */
final class Failures {
  private Failures() {}

  static CairnException of(
      ErrorCode code, Certainty certainty, String message, long expected, long actual) {
    if (code == ErrorCode.FENCED) {
      return new FencedException(certainty, message, expected, actual);
    }
    if (certainty == Certainty.OUTCOME_UNKNOWN) {
      return new OutcomeUnknownException(code, message);
    }
    return new CairnException(code, certainty, message, expected, actual);
  }

  /** A refusal decided where the command was applied: final and certain. */
  static CairnException of(OutcomeError error) {
    ErrorCode code = ErrorCode.ofNumber(error.getCode());
    return of(code, code.certainty(), error.getMessage(), error.getExpected(), error.getActual());
  }

  /** A refusal of a read. */
  static CairnException ofRead(OutcomeError error) {
    return of(
        ErrorCode.ofNumber(error.getCode()),
        Certainty.NOT_APPLIED,
        error.getMessage(),
        error.getExpected(),
        error.getActual());
  }

  static CairnException of(Failure failure) {
    ErrorCode code = ErrorCode.ofNumber(failure.getCode());
    return of(
        code, code.certainty(), failure.getMessage(), failure.getExpected(), failure.getActual());
  }

  /** What a future failed with, as this client's exception. */
  static CairnException of(@Nullable Throwable thrown) {
    @Nullable Throwable cause = thrown;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof CairnException known) {
      return known;
    }
    CairnException unexpected =
        new CairnException(ErrorCode.INTERNAL, "unexpected failure in the client");
    if (cause != null) {
      unexpected.addSuppressed(cause);
    }
    return unexpected;
  }

  /** The same failure once more, for another call: with that call's stack. */
  static CairnException again(CairnException before) {
    CairnException again =
        of(
            before.code(),
            before.certainty(),
            String.valueOf(before.getMessage()),
            before.expected(),
            before.actual());
    again.initCause(before);
    return again;
  }

  /** A call for a task whose ownership is gone; nothing was sent. */
  static FencedException noLongerOwned(Hold.OwnedName owned, Lost.Reason reason) {
    return new FencedException(
        Certainty.NOT_APPLIED,
        "task %s is no longer owned under epoch %d: %s"
            .formatted(owned.name(), owned.epoch(), reason),
        0,
        owned.epoch());
  }
}
