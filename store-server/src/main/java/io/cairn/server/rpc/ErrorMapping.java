package io.cairn.server.rpc;

import com.google.protobuf.InvalidProtocolBufferException;
import io.cairn.core.apply.DamagedRowException;
import io.cairn.core.apply.Refusal;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Failure;
import io.cairn.server.ops.LogEvent;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.RejectedExecutionException;

/** The one table from error codes and exceptions to what a client is told. */
final class ErrorMapping {
  /** The trailer that carries a {@link Failure} when a call ends with a status. */
  static final Metadata.Key<byte[]> FAILURE_TRAILER =
      Metadata.Key.of("cairn-failure-bin", Metadata.BINARY_BYTE_MARSHALLER);

  /** Milliseconds after which an overloaded server may be asked again. */
  static final int RETRY_AFTER_MILLIS = 50;

  private ErrorMapping() {}

  /** A failure with the pause that fits its code. */
  static Failure failure(ErrorCode code, String message) {
    return failure(code, message, 0, 0);
  }

  /** A failure because of one number. */
  static Failure failure(ErrorCode code, String message, long expected, long actual) {
    return Failure.newBuilder()
        .setCode(code.number())
        .setMessage(message)
        .setExpected(expected)
        .setActual(actual)
        .setRetryAfterMillis(retryAfterMillis(code))
        .build();
  }

  /** What an exception means to the client; bugs are told without their content. */
  static Failure of(Throwable cause) {
    if (cause instanceof Refusal refusal) {
      return failure(
          refusal.code(),
          String.valueOf(refusal.getMessage()),
          refusal.expected(),
          refusal.actual());
    }
    if (cause instanceof InvalidProtocolBufferException) {
      return failure(ErrorCode.INVALID_ARGUMENT, "the bytes are not a valid message");
    }
    if (cause instanceof DamagedRowException) {
      return failure(ErrorCode.CORRUPT, String.valueOf(cause.getMessage()));
    }
    if (cause instanceof RejectedExecutionException) {
      return failure(ErrorCode.OVERLOADED, "too many queries wait for a thread");
    }
    return failure(
        ErrorCode.INTERNAL, cause.getClass().getSimpleName() + "; the server's log has more");
  }

  /** What is logged of an exception: damage, or a bug. */
  static LogEvent event(Throwable cause) {
    return cause instanceof DamagedRowException ? LogEvent.DAMAGE_FOUND : LogEvent.REQUEST_FAILED;
  }

  /** The failure as the end of a call. */
  static StatusRuntimeException asStatus(Failure failure) {
    Metadata trailers = new Metadata();
    trailers.put(FAILURE_TRAILER, failure.toByteArray());
    ErrorCode code = ErrorCode.ofNumber(failure.getCode());
    return status(code)
        .toStatus()
        .withDescription(code + ": " + failure.getMessage())
        .asRuntimeException(trailers);
  }

  /** The gRPC status that generic tools see. */
  static Status.Code status(ErrorCode code) {
    return switch (code) {
      case INVALID_ARGUMENT, TOO_LARGE, DUPLICATE_KEY, DIGEST_MISMATCH ->
          Status.Code.INVALID_ARGUMENT;
      case TASK_NOT_FOUND,
          LEASE_NOT_FOUND,
          KEY_NOT_FOUND,
          CHECKPOINT_NOT_FOUND,
          MEMBER_NOT_FOUND,
          JOB_NOT_FOUND,
          WORKER_NOT_FOUND ->
          Status.Code.NOT_FOUND;
      case TASK_EXISTS, JOB_EXISTS, LEASE_EXISTS -> Status.Code.ALREADY_EXISTS;
      case FENCED,
          EPOCH_UNKNOWN,
          SEQ_GAP,
          SEQ_CONFLICT,
          LSN_GAP,
          LSN_CONFLICT,
          WRONG_STATE,
          SESSION_EXPIRED,
          SEQUENCE_TOO_OLD,
          WINDOW_EXCEEDED,
          ANSWER_DROPPED,
          MEMBERSHIP_BUSY,
          UNSUPPORTED_PROTOCOL,
          WRONG_CLUSTER ->
          Status.Code.FAILED_PRECONDITION;
      case COMPACTED, FUTURE_REVISION -> Status.Code.OUT_OF_RANGE;
      case TOO_MANY, OVERLOADED, NO_SPACE, SLOW_CONSUMER -> Status.Code.RESOURCE_EXHAUSTED;
      case UNKNOWN_GROUP, UNKNOWN_COMMAND -> Status.Code.UNIMPLEMENTED;
      case NOT_LEADER, NO_LEADER, SHUTTING_DOWN, STALE_REPLICA, UNAVAILABLE ->
          Status.Code.UNAVAILABLE;
      case DEADLINE_EXCEEDED -> Status.Code.DEADLINE_EXCEEDED;
      case LOST_TRACK -> Status.Code.ABORTED;
      case INTERNAL -> Status.Code.INTERNAL;
      case CORRUPT -> Status.Code.DATA_LOSS;
      case CLOSED -> Status.Code.CANCELLED;
    };
  }

  private static int retryAfterMillis(ErrorCode code) {
    return switch (code) {
      case OVERLOADED, NO_LEADER, MEMBERSHIP_BUSY, STALE_REPLICA -> RETRY_AFTER_MILLIS;
      case NO_SPACE -> 20 * RETRY_AFTER_MILLIS;
      default -> 0;
    };
  }
}
