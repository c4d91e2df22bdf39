package io.cairn.testkit;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One server as a process of its own, on free ports of loopback and in a temporary folder: for
 * tests whose class path cannot hold the server's, such as those of Spark and Hadoop. It needs
 * nothing but the JDK. For one thread.
 */
public final class ServerProcess implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final String MAIN = "io.cairn.server.cli.CairnCli";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int HTTP_MILLIS_MAX = 1_000;

  private final PortBlock ports;
  private final Path folder;
  private final Process process;
  private final Thread endsWithThis;

  private ServerProcess(Path server, PortBlock ports, Path folder) throws IOException {
    this.ports = ports;
    this.folder = folder;
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Dsofa.middleware.log.disable=true",
            "-Xmx256m",
            "-cp",
            server.resolve("store-server.jar") + ":" + server.resolve("lib") + "/*",
            MAIN,
            "server",
            "--cluster=test",
            "--node=node1",
            "--members=node1=%s:%d/%d/%d".formatted(HOST, ports.port(0), ports.port(1), http()),
            "--data-dir=" + folder.resolve("node1"),
            "--initial-cluster-state=new");
    builder.environment().keySet().removeIf(name -> name.startsWith("CAIRN_"));
    builder.redirectErrorStream(true).redirectOutput(log().toFile());
    this.process = builder.start();
    this.endsWithThis = new Thread(process::destroyForcibly, "ends-" + process.pid());
    Runtime.getRuntime().addShutdownHook(endsWithThis);
  }

  /**
   * Starts a server; returns when it serves.
   *
   * @param server the folder that holds {@code store-server.jar} and {@code lib}, which is {@code
   *     store-server/target} after {@code mvn package}
   * @throws AssertionError when it does not serve within 60 s, with what it said
   */
  public static ServerProcess start(Path server) throws IOException {
    if (!Files.exists(server.resolve("store-server.jar"))) {
      throw new IllegalArgumentException("no store-server.jar in " + server.toAbsolutePath());
    }
    ServerProcess started =
        new ServerProcess(server, PortBlock.take(), Files.createTempDirectory("cairn-server-"));
    try {
      new Patience(PATIENCE)
          .until(() -> started.serves() ? Optional.of(true) : Optional.empty(), started::said);
      return started;
    } catch (RuntimeException | AssertionError e) {
      started.close();
      throw e;
    }
  }

  /** Where clients reach it. */
  public String endpoints() {
    return HOST + ":" + ports.port(1);
  }

  /** Kills the server and deletes its folder. */
  @Override
  public void close() throws IOException {
    try {
      process.destroyForcibly().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      Runtime.getRuntime().removeShutdownHook(endsWithThis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    ports.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private boolean serves() {
    if (!process.isAlive()) {
      throw new IllegalStateException("ended with " + process.exitValue() + ": " + said());
    }
    try {
      URI ready = URI.create("http://" + HOST + ":" + http() + "/ready");
      HttpURLConnection connection = (HttpURLConnection) ready.toURL().openConnection();
      connection.setConnectTimeout(HTTP_MILLIS_MAX);
      connection.setReadTimeout(HTTP_MILLIS_MAX);
      try {
        return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
      } finally {
        connection.disconnect();
      }
    } catch (IOException notYet) {
      return false;
    }
  }

  private String said() {
    try {
      return Files.readString(log());
    } catch (IOException e) {
      return "its log cannot be read: " + e.getMessage();
    }
  }

  private int http() {
    return ports.port(2);
  }

  private Path log() {
    return folder.resolve("server.log");
  }
}
