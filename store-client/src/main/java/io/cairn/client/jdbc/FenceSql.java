package io.cairn.client.jdbc;

import io.cairn.client.Bytes;
import io.cairn.client.TaskName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The statements over a fence table, and what the databases' error codes mean. Plain SQL with types
 * that PostgreSQL, H2 and MySQL share; bytes are kept as Base64, for their types differ. Each
 * statement changes the row's version, so that an update never looks like none to a driver that
 * counts changed rows instead of found ones.
 */
final class FenceSql {
  /** The SQL state of a transaction that met another. */
  static final String STATE_CONFLICT = "40001";

  private static final Pattern NAME =
      Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}(\\.[A-Za-z_][A-Za-z0-9_]{0,62})?");
  private static final Set<String> STATES_TABLE_MISSING = Set.of("42P01", "42S02", "42S04");

  /** Base64 makes 4 characters of 3 bytes. */
  private static final int POSITION_CHARS_MAX = (FenceTable.POSITION_BYTES_MAX + 2) / 3 * 4;

  private static final String ROW = " WHERE namespace = ? AND task = ?";

  private final String table;

  FenceSql(String table) {
    if (!NAME.matcher(table).matches()) {
      throw new IllegalArgumentException(
          "fence table '%s': letters, digits and _, a schema before it with a dot"
              .formatted(table));
    }
    this.table = table;
  }

  String table() {
    return table;
  }

  /** Lengths are the protocol's limits in bytes, so no name is too long in characters. */
  String create() {
    return """
        CREATE TABLE IF NOT EXISTS %s (
          namespace VARCHAR(128) NOT NULL,
          task VARCHAR(256) NOT NULL,
          epoch BIGINT NOT NULL,
          version BIGINT NOT NULL,
          position_number BIGINT,
          position_bytes VARCHAR(%d),
          PRIMARY KEY (namespace, task)
        )"""
        .formatted(table, POSITION_CHARS_MAX);
  }

  String createFor(Connection connection) throws SQLException {
    String product = connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
    boolean foldsCase = product.contains("mysql") || product.contains("mariadb");
    return foldsCase ? create() + " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin" : create();
  }

  boolean isThere(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT epoch FROM " + table + " WHERE 1 = 0")) {
      return !rows.next();
    } catch (SQLException e) {
      if (STATES_TABLE_MISSING.contains(String.valueOf(e.getSQLState()))) {
        return false;
      }
      throw e;
    }
  }

  /** Gives the row this epoch unless it has a newer one, and locks it. */
  boolean raise(Connection connection, TaskName task, long epoch) throws SQLException {
    String update =
        "UPDATE " + table + " SET epoch = ?, version = version + 1" + ROW + " AND epoch <= ?";
    try (PreparedStatement statement = connection.prepareStatement(update)) {
      statement.setLong(1, epoch);
      setTask(statement, 2, task);
      statement.setLong(4, epoch);
      return statement.executeUpdate() == 1;
    }
  }

  void insert(Connection connection, TaskName task, long epoch) throws SQLException {
    String insert =
        "INSERT INTO " + table + " (namespace, task, epoch, version) VALUES (?, ?, ?, 0)";
    try (PreparedStatement statement = connection.prepareStatement(insert)) {
      setTask(statement, 1, task);
      statement.setLong(3, epoch);
      statement.executeUpdate();
    }
  }

  /** Locks the row if it has exactly this epoch. */
  boolean lock(Connection connection, TaskName task, long epoch) throws SQLException {
    String update = "UPDATE " + table + " SET version = version + 1" + ROW + " AND epoch = ?";
    try (PreparedStatement statement = connection.prepareStatement(update)) {
      setTask(statement, 1, task);
      statement.setLong(3, epoch);
      return statement.executeUpdate() == 1;
    }
  }

  /** Writes the position if the row is as the guard of this transaction left it. */
  boolean move(Connection connection, TaskName task, FenceRow guarded, JdbcPosition position)
      throws SQLException {
    String update =
        "UPDATE "
            + table
            + " SET position_number = ?, position_bytes = ?, version = version + 1"
            + ROW
            + " AND epoch = ? AND version = ?";
    try (PreparedStatement statement = connection.prepareStatement(update)) {
      statement.setNull(1, Types.BIGINT);
      statement.setNull(2, Types.VARCHAR);
      if (position instanceof JdbcPosition.Offset offset) {
        statement.setLong(1, offset.value());
      } else if (position instanceof JdbcPosition.Marker marker) {
        statement.setString(2, Base64.getEncoder().encodeToString(marker.bytes().toArray()));
      }
      setTask(statement, 3, task);
      statement.setLong(5, guarded.epoch());
      statement.setLong(6, guarded.version());
      return statement.executeUpdate() == 1;
    }
  }

  Optional<FenceRow> read(Connection connection, TaskName task) throws SQLException {
    String select = "SELECT epoch, version, position_number, position_bytes FROM " + table + ROW;
    try (PreparedStatement statement = connection.prepareStatement(select)) {
      setTask(statement, 1, task);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next()
            ? Optional.of(new FenceRow(rows.getLong(1), rows.getLong(2), position(rows)))
            : Optional.empty();
      }
    }
  }

  private static JdbcPosition position(ResultSet row) throws SQLException {
    long number = row.getLong(3);
    if (!row.wasNull()) {
      return new JdbcPosition.Offset(number);
    }
    String bytes = row.getString(4);
    return bytes == null
        ? new JdbcPosition.Start()
        : new JdbcPosition.Marker(Bytes.of(Base64.getDecoder().decode(bytes)));
  }

  private static void setTask(PreparedStatement statement, int first, TaskName task)
      throws SQLException {
    statement.setString(first, task.namespace());
    statement.setString(first + 1, task.name());
  }

  /** True for what another transaction was in the way of: class 40, and 23 of two first claims. */
  static boolean isConflict(SQLException failure) {
    String state = String.valueOf(failure.getSQLState());
    return state.startsWith("40") || state.startsWith("23");
  }

  /** The failure; a clear one, unchecked, if the table is missing. */
  SQLException explained(SQLException failure) {
    if (STATES_TABLE_MISSING.contains(String.valueOf(failure.getSQLState()))) {
      throw new IllegalStateException(
          "table %s is not there: call createTable of FencedJdbc once, or run:%n%s"
              .formatted(table, create()),
          failure);
    }
    return failure;
  }
}
