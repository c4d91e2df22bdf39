package io.cairn.examples.jdbccopy;

/** Where a process may die, of which tests make use. */
enum CopyMoment {
  /** The rows are in the open transaction, which is not committed. */
  ROWS_WRITTEN,
  /** The transaction is committed, and the task's state does not tell of it yet. */
  ROWS_COMMITTED
}
