package io.cairn.examples.jdbccopy;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Over a real PostgreSQL. */
class KilledCopyPostgresIT extends KilledCopyContract {
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

  @Override
  String url() {
    return server.orElseThrow().url();
  }
}
