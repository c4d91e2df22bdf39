package io.cairn.core.storage;

/**
 * What ends this process when the database can no longer be trusted: a write, a flush or a read of
 * it has failed. In production it halts and does not return. May be called on any thread, also on
 * one of RocksDB's own: it must not call the storage.
 */
@FunctionalInterface
public interface FatalHandler {
  /** Ends the process. {@code what} names the operation that has failed. */
  void onFatal(String what, Throwable cause);
}
