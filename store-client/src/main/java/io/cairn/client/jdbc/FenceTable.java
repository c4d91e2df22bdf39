package io.cairn.client.jdbc;

import io.cairn.client.FencedException;
import io.cairn.client.TaskName;
import io.cairn.client.TaskRun;
import io.cairn.protocol.Certainty;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * A table of fences: for each task its newest epoch and the position it has committed. Immutable,
 * for any thread; connections are for one thread each. What it is for stands at {@link FencedJdbc}.
 */
public final class FenceTable {
  /** Bytes of a position. */
  public static final int POSITION_BYTES_MAX = 2_048;

  private static final int ATTEMPTS_MAX = 10;

  private final FenceSql sql;

  FenceTable(String name) {
    this.sql = new FenceSql(name);
  }

  /** The table's name. */
  public String name() {
    return sql.table();
  }

  /**
   * The statement that creates the table, for those who keep theirs in migrations: {@code CREATE
   * TABLE IF NOT EXISTS} with the primary key (namespace, task). On MySQL and MariaDB add {@code
   * CHARACTER SET utf8mb4 COLLATE utf8mb4_bin}, as {@link #create} does: their own default takes
   * names that differ in case for one.
   */
  public String ddl() {
    return sql.create();
  }

  /**
   * Creates the table if it is not there; run by several at once, one creates it. Ends the
   * connection's transaction, as DDL does on some databases.
   */
  public void create(Connection connection) throws SQLException {
    try {
      try (Statement statement = connection.createStatement()) {
        statement.execute(sql.createFor(connection));
      }
      if (!connection.getAutoCommit()) {
        connection.commit();
      }
    } catch (SQLException e) {
      rollback(connection, e);
      boolean isThere = sql.isThere(connection);
      rollback(connection, e);
      if (!isThere) {
        throw e;
      }
    }
  }

  /** {@link #claim(Connection, TaskName, long)} for a run. */
  public JdbcPosition claim(Connection connection, TaskRun<?> task) throws SQLException {
    refuseLost(connection, task);
    return claim(connection, task.name(), task.epoch());
  }

  /**
   * Makes {@code epoch} the task's newest in a transaction of its own, and returns where the last
   * committed transaction stood. When this has returned, no transaction of an older epoch commits
   * any more. Waits for the one that is open. What is open on {@code connection} is rolled back
   * first. Claiming again with the same epoch is allowed and changes nothing.
   *
   * <p>Runs {@code UPDATE} of the row if its epoch is not newer, {@code SELECT}, if there is no row
   * {@code ROLLBACK} and {@code INSERT}, and {@code COMMIT}; again, up to 10 times, if another
   * claim came in between.
   *
   * @throws FencedException if the row has a newer epoch; nothing was written
   * @throws IllegalStateException if the connection is in auto-commit mode or the table is missing
   * @throws SQLException what the database says; nothing was written unless it was the commit that
   *     failed. Claim again.
   */
  public JdbcPosition claim(Connection connection, TaskName task, long epoch) throws SQLException {
    checkUse(connection, epoch);
    connection.rollback();
    SQLException last = null;
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      try {
        Optional<FenceRow> claimed = tryClaim(connection, task, epoch);
        if (claimed.isPresent()) {
          return claimed.get().position();
        }
        connection.rollback();
      } catch (SQLException e) {
        rollback(connection, e);
        if (!FenceSql.isConflict(e)) {
          throw sql.explained(e);
        }
        last = e;
      }
    }
    throw last != null
        ? last
        : new SQLException(
            "claims of task %s kept changing %s".formatted(task, name()), FenceSql.STATE_CONFLICT);
  }

  /** Empty if others have changed the row between two statements. */
  private Optional<FenceRow> tryClaim(Connection connection, TaskName task, long epoch)
      throws SQLException {
    boolean raised = sql.raise(connection, task, epoch);
    Optional<FenceRow> row = sql.read(connection, task);
    if (!raised) {
      if (row.isPresent()) {
        if (row.get().epoch() > epoch) {
          throw fenced(connection, task, row.get().epoch(), epoch);
        }
        return Optional.empty();
      }
      // The update may have locked the gap where the row is to be; two claims would deadlock there.
      connection.rollback();
      sql.insert(connection, task, epoch);
      row = Optional.of(new FenceRow(epoch, 0, new JdbcPosition.Start()));
    }
    connection.commit();
    return row;
  }

  /** {@link #guard(Connection, TaskName, long)} for a run. */
  public FencedTransaction guard(Connection connection, TaskRun<?> task) throws SQLException {
    refuseLost(connection, task);
    return guard(connection, task.name(), task.epoch());
  }

  /**
   * Takes the task's row for the connection's transaction, which {@link FencedTransaction#commit}
   * ends. Guard first, then read and write: what was read before may be older than the position.
   * Waits for the transaction that has the row, of whatever epoch.
   *
   * <p>Runs {@code UPDATE ... WHERE epoch = ?} and {@code SELECT} of one row by its primary key. If
   * it throws, the connection's transaction has been rolled back.
   *
   * @throws FencedException if the row has a newer epoch
   * @throws IllegalStateException if this epoch has not claimed, the connection is in auto-commit
   *     mode, or the table is missing
   * @throws SQLException what the database says; guard again
   */
  public FencedTransaction guard(Connection connection, TaskName task, long epoch)
      throws SQLException {
    checkUse(connection, epoch);
    try {
      if (sql.lock(connection, task, epoch)) {
        Optional<FenceRow> row = sql.read(connection, task);
        if (row.isPresent()) {
          return new FencedTransaction(this, connection, task, row.get());
        }
      }
      // A new transaction, for the snapshot of this one may be older than what refused it.
      connection.rollback();
      throw refusal(connection, task, epoch);
    } catch (SQLException e) {
      rollback(connection, e);
      throw sql.explained(e);
    }
  }

  /** Writes the position; false if the transaction that was guarded is no longer the open one. */
  void commit(Connection connection, TaskName task, FenceRow guarded, JdbcPosition position)
      throws SQLException {
    if (!sql.move(connection, task, guarded, position)) {
      connection.rollback();
      throw refusal(connection, task, guarded.epoch());
    }
    connection.commit();
  }

  private RuntimeException refusal(Connection connection, TaskName task, long epoch)
      throws SQLException {
    long newest = sql.read(connection, task).map(FenceRow::epoch).orElse(0L);
    if (newest > epoch) {
      return fenced(connection, task, newest, epoch);
    }
    connection.rollback();
    return new IllegalStateException(
        newest == epoch
            ? "the transaction of task %s was ended by others between guard and commit"
                .formatted(task)
            : "epoch %d of task %s has not claimed in %s, which has %d: claim before the first guard"
                .formatted(epoch, task, name(), newest));
  }

  private FencedException fenced(Connection connection, TaskName task, long newest, long epoch)
      throws SQLException {
    connection.rollback();
    return new FencedException(
        Certainty.NOT_APPLIED,
        "task %s has epoch %d in %s, given %d".formatted(task, newest, name(), epoch),
        newest,
        epoch);
  }

  private static void refuseLost(Connection connection, TaskRun<?> task) throws SQLException {
    if (!task.isOwned()) {
      if (!connection.getAutoCommit()) {
        connection.rollback();
      }
      throw new FencedException(
          Certainty.NOT_APPLIED,
          "task %s is no longer owned under epoch %d".formatted(task.name(), task.epoch()),
          0,
          task.epoch());
    }
  }

  private static void checkUse(Connection connection, long epoch) throws SQLException {
    if (epoch <= 0) {
      throw new IllegalArgumentException("epoch %d, at least 1".formatted(epoch));
    }
    if (connection.getAutoCommit()) {
      throw new IllegalStateException(
          "the connection is in auto-commit mode, where each statement is a transaction of its own:"
              + " call connection.setAutoCommit(false) first");
    }
  }

  /** Undoes what is open after a failure, which stays the one to tell. */
  private static void rollback(Connection connection, SQLException failure) {
    try {
      if (!connection.getAutoCommit()) {
        connection.rollback();
      }
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }
}
