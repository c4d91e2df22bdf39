package io.cairn.bench.nodes;

/** Why a measurement could not be made, for a person to read. */
public final class BenchFailure extends RuntimeException {
  /** A failure. */
  public BenchFailure(String message) {
    super(message);
  }

  /** A failure with the one beneath it. */
  public BenchFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
