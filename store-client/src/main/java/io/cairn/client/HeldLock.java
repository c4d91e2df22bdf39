package io.cairn.client;

/** A lock that is held until it is closed, or until its lease ends. */
public interface HeldLock extends AutoCloseable {
  /** The name it was asked for by. */
  String name();

  /** The key that stands for this holder. */
  Bytes key();

  /** The fencing token: the create revision of {@link #key()}. */
  long token();

  /** The lease the lock hangs on. */
  long lease();

  /** False from the moment on at which the store may have given the lock to another. */
  boolean isHeld();

  /** The condition under which the lock is still held, for transactions of the caller. */
  Compare guard();

  /** Writes a key if the lock is still held, else throws {@link FencedException}. */
  PutResult put(PutOp put);

  /** Gives the lock up. */
  @Override
  void close();
}
