package io.cairn.bench.peers;

import io.cairn.bench.nodes.BenchFailure;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.function.Consumer;

/**
 * PostgreSQL through JDBC, as a repository of jobs uses it: a table of keys, a row for each task
 * with its epoch, which each checkpoint asks for, a table of log records. Each call is a commit.
 */
final class PostgresClient implements StoreClient {
  /** The server takes 100 as it is delivered, and keeps some for its administrator. */
  static final int CONNECTIONS_MAX = 64;

  private static final String PUT =
      "INSERT INTO kv VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET v = EXCLUDED.v";
  private static final String GET = "SELECT v FROM kv WHERE k = ?";
  private static final String OWN =
      "INSERT INTO task VALUES (?, 1, 0, NULL)"
          + " ON CONFLICT (id) DO UPDATE SET epoch = task.epoch + 1 RETURNING epoch";
  private static final String SAVE =
      "UPDATE task SET seq = seq + 1, state = ? WHERE id = ? AND epoch = ?";
  private static final String APPEND = "INSERT INTO log (task, record) VALUES (0, ?)";

  private final String url;
  private final Lanes lanes = new Lanes(CONNECTIONS_MAX, "cairn-bench-jdbc");
  private final BlockingDeque<Connection> idle = new LinkedBlockingDeque<>();
  private final List<Long> epochs = new ArrayList<>();

  PostgresClient(String url) {
    this.url = url;
    try {
      idle.push(DriverManager.getConnection(url));
    } catch (SQLException e) {
      throw new BenchFailure("PostgreSQL does not answer: " + e.getMessage(), e);
    }
  }

  /** A call on a connection. */
  private interface Call<T> {
    T on(Connection connection) throws SQLException;
  }

  private <T> CompletableFuture<T> call(Call<T> call) {
    return lanes.call(
        () -> {
          Connection connection = idle.poll(); // the last one used: no more than are needed
          if (connection == null) {
            connection = DriverManager.getConnection(url);
          }
          try {
            T value = call.on(connection);
            idle.push(connection);
            return value;
          } catch (SQLException e) {
            connection.close();
            throw e;
          }
        });
  }

  @Override
  public void ownTasks(int tasks) {
    for (int i = 0; i < tasks; i++) {
      int task = i;
      epochs.add(
          call(connection -> {
                try (PreparedStatement statement = connection.prepareStatement(OWN)) {
                  statement.setInt(1, task);
                  try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return row.getLong(1);
                  }
                }
              })
              .join());
    }
  }

  @Override
  public CompletableFuture<?> put(String key, byte[] value) {
    return call(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(PUT)) {
            statement.setString(1, key);
            statement.setBytes(2, value);
            return statement.executeUpdate();
          }
        });
  }

  @Override
  public CompletableFuture<?> get(String key, boolean isLinearizable) {
    return call(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(GET)) {
            statement.setString(1, key);
            try (ResultSet row = statement.executeQuery()) {
              if (!row.next()) {
                throw new SQLException("key " + key + " is gone");
              }
              return row.getBytes(1);
            }
          }
        });
  }

  @Override
  public CompletableFuture<?> checkpoint(int task, byte[] state) {
    return call(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(SAVE)) {
            statement.setBytes(1, state);
            statement.setInt(2, task);
            statement.setLong(3, epochs.get(task));
            if (statement.executeUpdate() != 1) {
              throw new SQLException("task " + task + " has another owner");
            }
            return task;
          }
        });
  }

  @Override
  public CompletableFuture<?> append(byte[] record) {
    return call(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(APPEND)) {
            statement.setBytes(1, record);
            return statement.executeUpdate();
          }
        });
  }

  @Override
  public CompletableFuture<?> grantAndRevoke() {
    throw new UnsupportedOperationException("PostgreSQL has no leases");
  }

  @Override
  public void watch(String prefix, Consumer<String> changedKey) {
    throw new UnsupportedOperationException("PostgreSQL has no watches");
  }

  /** Autovacuum does it, as it is delivered. */
  @Override
  public void compact() {}

  @Override
  public void close() {
    lanes.close();
    idle.forEach(
        connection -> {
          try {
            connection.close();
          } catch (SQLException e) {
            // the server is going, too
          }
        });
  }
}
