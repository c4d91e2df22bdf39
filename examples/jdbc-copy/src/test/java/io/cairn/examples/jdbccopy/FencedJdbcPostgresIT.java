package io.cairn.examples.jdbccopy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.cairn.client.jdbc.FencedJdbcContract;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The fence over a real PostgreSQL. */
class FencedJdbcPostgresIT extends FencedJdbcContract {
  private static Optional<PostgresServer> server = Optional.empty();

  @BeforeAll
  static void open() throws Exception {
    server = PostgresServer.startIfInstalled();
    assumeThat(server).as("PostgreSQL is not installed: NOT tested").isPresent();
  }

  @AfterAll
  static void close() throws Exception {
    if (server.isPresent()) {
      server.get().close();
    }
  }

  @Test
  void itIsPostgres() throws SQLException {
    try (Connection connection = connect()) {
      assertThat(connection.getMetaData().getDatabaseProductName()).isEqualTo("PostgreSQL");
    }
  }

  @Override
  protected Connection connect() throws SQLException {
    return DriverManager.getConnection(server.orElseThrow().url());
  }

  @Override
  protected int blockedSessions(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet count =
            statement.executeQuery(
                "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")) {
      count.next();
      return count.getInt(1);
    }
  }
}
