package io.cairn.core.storage;

/** An operation of the storage has failed; the message says which, where and why. */
public class StorageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A failure without a deeper cause. */
  public StorageException(String message) {
    super(message);
  }

  /** A failure with its cause. */
  public StorageException(String message, Throwable cause) {
    super(message, cause);
  }
}
