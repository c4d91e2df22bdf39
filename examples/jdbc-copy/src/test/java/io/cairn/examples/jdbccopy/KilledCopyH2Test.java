package io.cairn.examples.jdbccopy;

import java.nio.file.Path;
import java.sql.SQLException;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Over H2 as a server, on a file. */
class KilledCopyH2Test extends KilledCopyContract {
  @TempDir private static Path folder;
  private static Server server;

  @BeforeAll
  static void open() throws SQLException {
    System.setProperty("h2.bindAddress", "127.0.0.1");
    server =
        Server.createTcpServer("-tcpPort", "0", "-baseDir", folder.toString(), "-ifNotExists")
            .start();
  }

  @AfterAll
  static void close() {
    server.stop();
  }

  @Override
  String url() {
    return "jdbc:h2:tcp://127.0.0.1:" + server.getPort() + "/./copy";
  }
}
