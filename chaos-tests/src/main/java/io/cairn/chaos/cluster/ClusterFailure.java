package io.cairn.chaos.cluster;

import org.jspecify.annotations.Nullable;

/** Servers could not be brought where they should be. The message says what to do. */
public final class ClusterFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** A failure, and what it came from. */
  public ClusterFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
