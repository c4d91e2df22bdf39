package io.cairn.client.codec;

/**
 * Stored bytes are not a state that a codec has written: damaged, cut, or of a class that is not
 * allowed. The message says what was expected and what was found, never the content.
 */
public final class CorruptStateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates one with a message that holds no content of the state. */
  public CorruptStateException(String message) {
    super(message);
  }
}
