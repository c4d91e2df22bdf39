package io.cairn.client;

/** A watch that stands until it is closed. */
public interface Watch extends AutoCloseable {
  /** The next revision to be told of: where another watch would go on. 0: not standing yet. */
  long nextRevision();

  /** Ends the watch; nothing is told after the call that may be running. */
  @Override
  void close();
}
