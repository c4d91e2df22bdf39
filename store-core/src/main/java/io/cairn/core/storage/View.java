package io.cairn.core.storage;

/**
 * A committed state, unchanged while it is open, readable by one thread at a time. Close it soon:
 * it pins old rows.
 */
public interface View extends ReadView, AutoCloseable {
  /** Index of the last entry whose effects are in this view. */
  long appliedIndex();

  /** The state digest after that entry, 16 bytes (I7). */
  byte[] digest();

  @Override
  void close();
}
