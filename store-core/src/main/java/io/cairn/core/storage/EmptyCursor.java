package io.cairn.core.storage;

/** Walks over nothing. */
enum EmptyCursor implements Cursor {
  INSTANCE;

  @Override
  public boolean next() {
    return false;
  }

  @Override
  public byte[] key() {
    throw new IllegalStateException("cursor is not at a row");
  }

  @Override
  public byte[] value() {
    throw new IllegalStateException("cursor is not at a row");
  }

  @Override
  public void close() {}
}
