package io.cairn.core.storage;

/**
 * Walks over rows. Starts before the first one. Not thread-safe; the view must not change under it.
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
