package io.cairn.server.raft;

import java.io.IOException;

/** Carries a checked failure out of the calls in which JRaft opens the storages. */
final class StartFailure extends RuntimeException {
  private final IOException reason;

  StartFailure(IOException reason) {
    super(reason);
    this.reason = reason;
  }

  /** The failure as {@link RaftGroup#start} reports it. */
  static IOException unwrap(Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof StartFailure start) {
        return start.reason;
      }
      if (cause instanceof IOException io) {
        return io;
      }
    }
    return new IOException("raft node did not start: " + failure.getMessage(), failure);
  }
}
