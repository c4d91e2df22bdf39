package io.cairn.core.storage;

/** The storage, view or cursor has been closed: nothing was read or written. */
public final class StorageClosedException extends StorageException {
  private static final long serialVersionUID = 1L;

  /** Names what has been closed. */
  public StorageClosedException(String what) {
    super(what + " is closed");
  }
}
