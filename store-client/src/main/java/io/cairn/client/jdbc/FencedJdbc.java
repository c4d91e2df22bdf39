package io.cairn.client.jdbc;

import io.cairn.client.FencedException;
import io.cairn.client.TaskName;
import io.cairn.client.TaskRun;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Rows into a database exactly once, whatever dies. A row of the table {@value #TABLE_DEFAULT}, in
 * the database that the task writes to, holds the task's newest epoch and the position up to which
 * it has committed. Both are checked and moved in the transaction that writes the rows:
 *
 * <pre>{@code
 * FencedJdbc.createTable(connection); // once
 * ...
 * connection.setAutoCommit(false);
 * FencedJdbc.claim(connection, task); // once per run: from here on no older owner commits
 * boolean more = true;
 * while (more) {
 *   try (FencedTransaction tx = FencedJdbc.guard(connection, task)) {
 *     long from = tx.position().orElse(0); // where the last committed transaction stood
 *     long to = ...; // insert the rows behind from
 *     more = to > from;
 *     tx.commit(to); // rows and position, both or neither
 *   }
 * }
 * }</pre>
 *
 * <p>A task goes on from the position stored here, not from its checkpoint, which may be older. An
 * owner that has been frozen for an hour is refused by the database, not by its own knowledge.
 *
 * <p>How it holds. {@code guard} updates the task's row under the condition that the row has this
 * epoch, and so keeps it locked until the transaction ends: two transactions of one task follow
 * each other, whoever runs them. {@code claim} raises the epoch in a transaction of its own, behind
 * that lock: a transaction that an older owner has open has either committed before, and {@code
 * claim} returns its position, or it is refused. A guard without a claim is refused, for a claim
 * that is rolled back with a guard's transaction would let the older owner in again. This needs row
 * locks and nothing else: any isolation level does, PostgreSQL's READ COMMITTED and MySQL's
 * REPEATABLE READ included.
 *
 * <p>The database may refuse with a {@link SQLException} what met another transaction (lock
 * timeout, serialization failure, deadlock): nothing was written, guard again. After one that left
 * the outcome of a commit open, guard again, too: the position says whether it was committed.
 *
 * <p>{@code claim} and {@code guard} wait for the transaction an older owner has open. A killed
 * process ends its own; one that is frozen or cut off keeps it until the database ends it: set a
 * limit there, in PostgreSQL {@code idle_in_transaction_session_timeout}.
 *
 * <p>Each call uses the connection on the caller's thread; the connection is for one thread. The
 * fence compares epochs of one cluster: a cluster formed anew counts from 1 again, and is refused
 * until the row is deleted.
 */
public final class FencedJdbc {
  /** The table's name unless another is given to {@link #table}. */
  public static final String TABLE_DEFAULT = "cairn_fence";

  private static final FenceTable DEFAULT = new FenceTable(TABLE_DEFAULT);

  private FencedJdbc() {}

  /**
   * A fence table of another name, with or without a schema before it.
   *
   * @throws IllegalArgumentException if it is not a plain SQL name
   */
  public static FenceTable table(String name) {
    return new FenceTable(name);
  }

  /** Creates the table if it is not there; see {@link FenceTable#create}. */
  public static void createTable(Connection connection) throws SQLException {
    DEFAULT.create(connection);
  }

  /**
   * Bars all older epochs of the task, and returns where the last committed transaction stood; see
   * {@link FenceTable#claim(Connection, TaskName, long)}.
   *
   * @throws FencedException if the task has a newer epoch, or the run knows that it is lost
   */
  public static JdbcPosition claim(Connection connection, TaskRun<?> task) throws SQLException {
    return DEFAULT.claim(connection, task);
  }

  /**
   * Begins a transaction that only the task's newest owner can commit; see {@link
   * FenceTable#guard(Connection, TaskName, long)}.
   *
   * @throws FencedException if the task has a newer epoch, or the run knows that it is lost
   */
  public static FencedTransaction guard(Connection connection, TaskRun<?> task)
      throws SQLException {
    return DEFAULT.guard(connection, task);
  }

  /** As {@link #claim(Connection, TaskRun)}, where the run is not at hand. */
  public static JdbcPosition claim(Connection connection, TaskName task, long epoch)
      throws SQLException {
    return DEFAULT.claim(connection, task, epoch);
  }

  /** As {@link #guard(Connection, TaskRun)}, where the run is not at hand. */
  public static FencedTransaction guard(Connection connection, TaskName task, long epoch)
      throws SQLException {
    return DEFAULT.guard(connection, task, epoch);
  }
}
