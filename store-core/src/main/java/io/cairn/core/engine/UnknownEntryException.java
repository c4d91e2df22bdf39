package io.cairn.core.engine;

/**
 * A committed entry is not understood. The node must stop: it may neither skip the entry nor guess
 * (I11).
 */
public final class UnknownEntryException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UnknownEntryException(String message) {
    super(message);
  }
}
