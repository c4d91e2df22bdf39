package io.cairn.client.internal;

import io.cairn.protocol.ErrorCode;

/** What a link does about a request that a server could not bring to an outcome. */
enum Retry {
  /** The request is over: it would be refused again. */
  END,
  /** Try the same request again after a pause. */
  PAUSE,
  /** Go where the leader is, and try there. */
  REDIRECT,
  /** Go to another node. */
  LEAVE;

  /** What to do about a failure of this code. */
  static Retry of(ErrorCode code) {
    return switch (code) {
      case NOT_LEADER, NO_LEADER -> REDIRECT;
      case SHUTTING_DOWN, STALE_REPLICA -> LEAVE;
      case OVERLOADED, NO_SPACE, MEMBERSHIP_BUSY, LOST_TRACK, UNAVAILABLE, DEADLINE_EXCEEDED ->
          PAUSE;
      case SLOW_CONSUMER -> PAUSE;
      default -> END;
    };
  }
}
