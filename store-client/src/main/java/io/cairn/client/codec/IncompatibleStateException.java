package io.cairn.client.codec;

/**
 * A stored state is whole, but not for this codec: it is of another format, or of a newer schema
 * version than this program knows. Nothing is damaged; a program that knows it can read it.
 */
public final class IncompatibleStateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates one with a message that says what was expected and what was found. */
  public IncompatibleStateException(String message) {
    super(message);
  }
}
