package io.cairn.examples.jdbccopy;

import io.cairn.client.Cairn;
import io.cairn.client.CairnException;
import io.cairn.client.FencedException;
import io.cairn.client.TaskRun;
import io.cairn.client.jdbc.FencedJdbc;
import io.cairn.client.jdbc.FencedTransaction;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.ObjIntConsumer;

/**
 * Copies the table {@code source (id, name, amount)} into {@code sink}, in batches by rising id.
 * Each batch is one transaction of the database, which holds its rows and the id they go up to. One
 * thread.
 */
public final class JdbcCopy {
  private static final String ROWS_BEHIND =
      "SELECT id, name, amount FROM source WHERE id > ? ORDER BY id";
  private static final String INSERT = "INSERT INTO sink (id, name, amount) VALUES (?, ?, ?)";

  private final CopySettings settings;
  private final ObjIntConsumer<CopyMoment> moments;
  private int batches;

  /** A copy that tells {@code moments} what it has come to, and in which batch, from 1. */
  JdbcCopy(CopySettings settings, ObjIntConsumer<CopyMoment> moments) {
    this.settings = settings;
    this.moments = moments;
  }

  /**
   * What a run found and did.
   *
   * @param from id up to which rows were copied before
   * @param checkpoint the same as the task's state told it
   */
  record Copied(long from, long checkpoint, long to) {}

  /** Copies what is not copied yet, and ends; 1: it could not, 2: it was called wrongly. */
  public static void main(String[] arguments) {
    CopySettings settings;
    try {
      settings = CopySettings.parse(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "; " + CopySettings.USAGE);
      System.exit(2);
      return;
    }
    try {
      new JdbcCopy(settings, (moment, batch) -> {}).run();
    } catch (FencedException e) {
      System.err.println("another process goes on with this task: " + e.getMessage());
      System.exit(1);
    } catch (SQLException | CairnException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  Copied run() throws SQLException {
    try (Cairn cairn = Cairn.connect(settings.endpoints());
        TaskRun<Progress> task =
            cairn
                .task(settings.task(), Progress.class)
                .leaseTtl(settings.leaseTtl())
                .checkpointEvery(1)
                .acquire();
        Connection connection = DriverManager.getConnection(settings.url())) {
      Progress told = task.stateOr(() -> new Progress(0));
      FencedJdbc.createTable(connection);
      connection.setAutoCommit(false);
      // From here on no earlier owner can commit, and the position stands still.
      long from = FencedJdbc.claim(connection, task).offset().orElse(0);
      System.out.printf("from %d, checkpoint %d%n", from, told.lastId());
      long to = from;
      long copied;
      do {
        copied = to;
        to = copyBatch(connection, task);
        task.update(new Progress(to));
      } while (to > copied);
      task.complete("copied up to " + to);
      return new Copied(from, told.lastId(), to);
    }
  }

  /** Copies the next batch; returns the id up to which rows are copied. */
  private long copyBatch(Connection connection, TaskRun<?> task) throws SQLException {
    batches++;
    try (FencedTransaction tx = FencedJdbc.guard(connection, task)) {
      long from = tx.position().orElse(0);
      long to = copyBehind(connection, from);
      if (to > from) {
        moments.accept(CopyMoment.ROWS_WRITTEN, batches);
        tx.commit(to);
        moments.accept(CopyMoment.ROWS_COMMITTED, batches);
      }
      return to;
    }
  }

  private long copyBehind(Connection connection, long from) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(ROWS_BEHIND);
        PreparedStatement insert = connection.prepareStatement(INSERT)) {
      select.setLong(1, from);
      select.setMaxRows(settings.batchRows());
      long to = from;
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          to = rows.getLong(1);
          insert.setLong(1, to);
          insert.setString(2, rows.getString(2));
          insert.setBigDecimal(3, rows.getBigDecimal(3));
          insert.addBatch();
        }
      }
      insert.executeBatch();
      return to;
    }
  }
}
