package io.cairn.client.jdbc;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cairn.client.TaskName;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The fence over H2 in memory. */
class FencedJdbcH2Test extends FencedJdbcContract {
  private static final String URL = "jdbc:h2:mem:fence;LOCK_TIMEOUT=20000";

  private static Connection keepsItAlive;

  @BeforeAll
  static void open() throws SQLException {
    keepsItAlive = DriverManager.getConnection(URL);
  }

  @AfterAll
  static void close() throws SQLException {
    keepsItAlive.close();
  }

  @Override
  protected Connection connect() throws SQLException {
    return DriverManager.getConnection(URL);
  }

  @Override
  protected int blockedSessions(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet count =
            statement.executeQuery(
                "SELECT COUNT(*) FROM INFORMATION_SCHEMA.SESSIONS WHERE BLOCKER_ID IS NOT NULL")) {
      count.next();
      return count.getInt(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1fence", "fence; DROP TABLE sink", "a.b.c", "\"fence\"", "fénce"})
  void tableNameMustBePlain(String name) {
    assertThatThrownBy(() -> FencedJdbc.table(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void epochsBeginAtOne() throws SQLException {
    try (Connection connection = connect()) {
      assertThatThrownBy(() -> FencedJdbc.claim(connection, TaskName.of("copy"), 0))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
