package io.cairn.client.jdbc;

import io.cairn.client.Bytes;
import io.cairn.client.FencedException;
import io.cairn.client.TaskName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.OptionalLong;

/**
 * A transaction of the user's connection that holds the task's fence. Do not commit or roll back
 * the connection itself before this is closed: rows that are committed past it have no position.
 * For the connection's thread.
 */
public final class FencedTransaction implements AutoCloseable {
  private final FenceTable table;
  private final Connection connection;
  private final TaskName task;
  private final FenceRow guarded;
  private boolean ended;

  FencedTransaction(FenceTable table, Connection connection, TaskName task, FenceRow guarded) {
    this.table = table;
    this.connection = connection;
    this.task = task;
    this.guarded = guarded;
  }

  /**
   * Where the last committed transaction stood, in the unit it was committed in; empty before the
   * first.
   *
   * @throws IllegalStateException if that one committed bytes
   */
  public OptionalLong position() {
    return guarded.position().offset();
  }

  /** Where the last committed transaction stood, whatever it committed. */
  public JdbcPosition stored() {
    return guarded.position();
  }

  /**
   * Commits the connection's transaction together with the position it has come to.
   *
   * <p>Runs {@code UPDATE} of the row by its primary key, epoch and version, and {@code COMMIT}.
   *
   * @throws FencedException if the row was taken from this transaction by a newer epoch, which can
   *     only be if somebody ended it; nothing was written
   * @throws IllegalStateException if this has ended, or somebody ended the connection's transaction
   *     in between; what was done since is rolled back
   * @throws SQLException what the database says; if it was the commit that failed it may have been
   *     done, and the next guard's position tells
   */
  public void commit(long position) throws SQLException {
    commit(new JdbcPosition.Offset(position));
  }

  /**
   * As {@link #commit(long)}, with a position of bytes; text as {@link Bytes#utf8}.
   *
   * @throws IllegalArgumentException if it has more than {@link FenceTable#POSITION_BYTES_MAX}
   *     bytes; the transaction stays open
   */
  public void commit(Bytes position) throws SQLException {
    commit(new JdbcPosition.Marker(position));
  }

  private void commit(JdbcPosition position) throws SQLException {
    if (ended) {
      throw new IllegalStateException("the transaction of task %s has ended".formatted(task));
    }
    table.commit(connection, task, guarded, position);
    ended = true;
  }

  /** Rolls the connection's transaction back unless it has been committed. */
  @Override
  public void close() throws SQLException {
    if (!ended) {
      ended = true;
      connection.rollback();
    }
  }
}
