package io.cairn.core.apply;

/**
 * A row that must be there is not, or cannot be decoded: damage. While applying it stops the node;
 * a read is answered CORRUPT.
 */
public final class DamagedRowException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  /** Names the row. */
  public DamagedRowException(String message) {
    super(message);
  }

  /** Names the row that cannot be decoded. */
  public DamagedRowException(String message, Throwable cause) {
    super(message, cause);
  }
}
