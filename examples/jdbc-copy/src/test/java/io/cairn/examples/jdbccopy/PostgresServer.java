package io.cairn.examples.jdbccopy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A PostgreSQL of its own in a temporary folder, on a free port of loopback, with a password that
 * nobody else knows. It refuses to run as root, so root starts it as the user {@code postgres} that
 * its Debian package brings.
 */
public final class PostgresServer implements AutoCloseable {
  private static final Path INSTALLED = Path.of("/usr/lib/postgresql");
  private static final String UNPRIVILEGED = "postgres";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final int port;
  private final String password = UUID.randomUUID().toString();
  private final Process server;

  private PostgresServer(Path binaries, Path folder) throws IOException, InterruptedException {
    this.folder = folder;
    this.port = freePort();
    Path secret = Files.writeString(folder.resolve("secret"), password);
    own(folder);
    own(secret);
    run(
        List.of(
            binaries.resolve("initdb").toString(),
            "--pgdata=" + folder.resolve("data"),
            "--username=cairn",
            "--pwfile=" + secret,
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8"));
    this.server =
        start(
            List.of(
                binaries.resolve("postgres").toString(),
                "-D",
                folder.resolve("data").toString(),
                "-p",
                String.valueOf(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories="),
            "server.log");
    Runtime.getRuntime().addShutdownHook(new Thread(server::destroyForcibly));
  }

  /** Starts a server; empty where PostgreSQL is not installed. */
  public static Optional<PostgresServer> startIfInstalled()
      throws IOException, InterruptedException {
    Optional<Path> binaries = binaries();
    if (binaries.isEmpty()) {
      return Optional.empty();
    }
    PostgresServer started =
        new PostgresServer(binaries.get(), Files.createTempDirectory("cairn-postgres-"));
    try {
      Awaitility.await().atMost(PATIENCE).until(started::answers);
      return Optional.of(started);
    } catch (RuntimeException e) {
      e.addSuppressed(new IOException(started.log()));
      started.close();
      throw e;
    }
  }

  /** Where a driver finds it. */
  public String url() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=cairn&password=" + password;
  }

  /** Ends the server with its connections, and deletes the folder. */
  @Override
  public void close() throws IOException {
    try {
      // SIGINT: a fast shutdown. SIGTERM would wait for clients.
      new ProcessBuilder("kill", "-INT", String.valueOf(server.pid())).start().waitFor();
      if (!server.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        server.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      server.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private boolean answers() {
    if (!server.isAlive()) {
      throw new IllegalStateException("PostgreSQL ended with " + server.exitValue());
    }
    try (Connection connection = DriverManager.getConnection(url())) {
      return connection.isValid(1);
    } catch (SQLException notYet) {
      return false;
    }
  }

  private String log() throws IOException {
    return Files.readString(folder.resolve("server.log"));
  }

  private void run(List<String> command) throws IOException, InterruptedException {
    Process process = start(command, "init.log");
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException(command + ": " + Files.readString(folder.resolve("init.log")));
    }
  }

  private Process start(List<String> command, String log) throws IOException {
    List<String> whole = new ArrayList<>();
    if (isRoot()) {
      // Becomes the server itself, so that the process is the one to stop.
      whole.addAll(
          List.of(
              "setpriv", "--reuid=" + UNPRIVILEGED, "--regid=" + UNPRIVILEGED, "--clear-groups"));
    }
    whole.addAll(command);
    return new ProcessBuilder(whole)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve(log).toFile())
        .start();
  }

  private static void own(Path file) throws IOException {
    if (isRoot()) {
      Files.setOwner(
          file,
          file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(UNPRIVILEGED));
    }
    Files.setPosixFilePermissions(
        file, PosixFilePermissions.fromString(Files.isDirectory(file) ? "rwx------" : "rw-------"));
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** The newest of the versions that are installed. */
  private static Optional<Path> binaries() throws IOException {
    if (!Files.isDirectory(INSTALLED)) {
      return Optional.empty();
    }
    try (Stream<Path> versions = Files.list(INSTALLED)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
          .max(Comparator.naturalOrder());
    }
  }
}
