package io.cairn.bench.peers;

import io.cairn.bench.nodes.BenchFailure;
import io.cairn.bench.nodes.Daemon;
import io.cairn.bench.nodes.DaemonGroup;
import io.cairn.bench.nodes.Ports;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * PostgreSQL, one server, as it is delivered: each commit is synced. It refuses to run as root, so
 * root starts it as the user {@code postgres} that its Debian package brings.
 */
final class PostgresStore extends PeerStore {
  private static final Path INSTALLED = Path.of("/usr/lib/postgresql");
  private static final String UNPRIVILEGED = "postgres";
  private static final long INIT_SECONDS_MAX = 60;

  private final String url;
  private final String version;

  private PostgresStore(DaemonGroup group, String url) {
    super(group);
    this.url = url;
    this.version = prepare(url);
  }

  /** The folder with the newest programs, if any are installed. */
  static Optional<Path> programs() {
    if (!Files.isDirectory(INSTALLED)) {
      return Optional.empty();
    }
    try (Stream<Path> versions = Files.list(INSTALLED)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
          .max(Comparator.naturalOrder());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  static PostgresStore start(Path folder) {
    Path programs = programs().orElseThrow(() -> new BenchFailure("PostgreSQL is not installed"));
    String password = UUID.randomUUID().toString();
    int port = Ports.freeRange(1);
    Path data = folder.resolve("data");
    DaemonGroup group = new DaemonGroup(folder);
    try {
      Path secret = Files.writeString(folder.resolve("secret"), password);
      own(folder);
      own(secret);
      init(folder, programs, data, secret);
      List<String> command =
          List.of(
              programs.resolve("postgres").toString(),
              "-D",
              data.toString(),
              "-p",
              Integer.toString(port),
              "-c",
              "listen_addresses=127.0.0.1",
              "-c",
              "unix_socket_directories=");
      String url = "jdbc:postgresql://127.0.0.1:%d/postgres?user=cairn&password=%s";
      String whole = url.formatted(port, password);
      group.start("postgres", () -> unprivileged(command, folder), () -> answers(whole));
      return new PostgresStore(group, whole);
    } catch (IOException e) {
      group.close();
      throw new BenchFailure("cannot start PostgreSQL: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      group.close();
      throw e;
    }
  }

  private static void init(Path folder, Path programs, Path data, Path secret) throws IOException {
    File log = folder.resolve("init.log").toFile();
    Process init =
        unprivileged(
                List.of(
                    programs.resolve("initdb").toString(),
                    "--pgdata=" + data,
                    "--username=cairn",
                    "--pwfile=" + secret,
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C.UTF-8"),
                folder)
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(log)
            .start();
    try {
      if (!init.waitFor(INIT_SECONDS_MAX, TimeUnit.SECONDS) || init.exitValue() != 0) {
        init.destroyForcibly();
        throw new BenchFailure("initdb failed: " + Files.readString(log.toPath()));
      }
    } catch (InterruptedException e) {
      init.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new BenchFailure("interrupted", e);
    }
  }

  /** As a user it runs for; setpriv becomes the program itself. */
  private static ProcessBuilder unprivileged(List<String> command, Path folder) {
    List<String> whole = new ArrayList<>();
    if (isRoot()) {
      whole.addAll(
          List.of(
              "setpriv",
              "--reuid=" + UNPRIVILEGED,
              "--regid=" + UNPRIVILEGED,
              "--clear-groups",
              "--pdeathsig=KILL")); // a change of user has taken the one before away
    }
    whole.addAll(command);
    return new ProcessBuilder(whole).directory(folder.toFile());
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

  private static boolean answers(String url) {
    try (Connection connection = DriverManager.getConnection(url)) {
      return connection.isValid(1);
    } catch (SQLException notYet) {
      return false;
    }
  }

  private static String prepare(String url) {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE kv (k text PRIMARY KEY, v bytea NOT NULL)");
      statement.execute(
          "CREATE TABLE task (id int PRIMARY KEY, epoch bigint NOT NULL, seq bigint NOT NULL,"
              + " state bytea)");
      statement.execute(
          "CREATE TABLE log (task int NOT NULL, lsn bigserial, record bytea NOT NULL,"
              + " PRIMARY KEY (task, lsn))");
      try (ResultSet row = statement.executeQuery("SHOW server_version")) {
        return row.next() ? row.getString(1) : "unknown";
      }
    } catch (SQLException e) {
      throw new BenchFailure("PostgreSQL refuses: " + e.getMessage(), e);
    }
  }

  @Override
  public StoreKind kind() {
    return StoreKind.POSTGRES;
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public String setup() {
    return "1 server, JDBC, a connection for each call under way, %d at most"
        .formatted(PostgresClient.CONNECTIONS_MAX);
  }

  @Override
  public StoreClient connect() {
    return new PostgresClient(url);
  }

  @Override
  public Optional<Daemon> leader() {
    return Optional.empty();
  }

  /** In order, so that it sees its children's ends. */
  @Override
  public void close() {
    thaw();
    servers().stream().filter(Daemon::isAlive).forEach(Daemon::interrupt);
    super.close();
  }
}
