package io.cairn.core.storage;

/**
 * Walks over rows. Starts before the first one. Not thread-safe. A batch may be written while one
 * of its cursors is open: rows ahead of it are seen as they are when it gets there.
 */
public interface Cursor extends AutoCloseable {
  /** Goes to the next row; false at the end. */
  boolean next();

  /** Key of the row; the caller must not change it. */
  byte[] key();

  /** Value of the row; the caller must not change it. */
  byte[] value();

  @Override
  void close();
}
