package io.cairn.core.storage;

/** A folder was written by a newer version of the program than this one. Nothing was changed. */
public final class NewerFormatException extends StorageException {
  private static final long serialVersionUID = 1L;

  /** Names the place, what was found and what this version knows. */
  public NewerFormatException(String message) {
    super(message);
  }
}
