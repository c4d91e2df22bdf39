package io.cairn.chaos.mutant;

import org.jspecify.annotations.Nullable;

/** A mutant cannot be built. The message says what to do. */
public final class MutantFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  MutantFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
