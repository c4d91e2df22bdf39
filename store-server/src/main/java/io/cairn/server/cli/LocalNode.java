package io.cairn.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One server of a {@link LocalCluster}: a process on this machine with a folder for its data, its
 * log and its process id.
 */
final class LocalNode {
  private static final long LOG_BYTES_MAX = 16 * 1024 * 1024;
  private static final int TAIL_BYTES_MAX = 64 * 1024;
  private static final int HTTP_MILLIS_MAX = 1_000;

  /** The start of a process is known to about a second. */
  private static final Duration START_TOLERANCE = Duration.ofSeconds(3);

  private final String name;
  private final int clientPort;
  private final Path folder;

  /** A node whose raft and http ports follow {@code clientPort}. */
  LocalNode(String name, int clientPort, Path folder) {
    this.name = name;
    this.clientPort = clientPort;
    this.folder = folder;
  }

  /** The node's name. */
  String name() {
    return name;
  }

  /** Where clients reach it. */
  String clientAddress() {
    return LocalCluster.HOST + ":" + clientPort;
  }

  /** Where operators reach it. */
  String httpAddress() {
    return LocalCluster.HOST + ":" + httpPort();
  }

  /** The node as a server's setting {@code members} names it. */
  String member() {
    return "%s=%s:%d/%d/%d".formatted(name, LocalCluster.HOST, raftPort(), clientPort, httpPort());
  }

  /** Its log. */
  Path log() {
    return folder.resolve("server.log");
  }

  /** Its data. */
  Path data() {
    return folder.resolve("data");
  }

  /** All three ports. */
  List<Integer> ports() {
    return List.of(clientPort, raftPort(), httpPort());
  }

  private int raftPort() {
    return clientPort + 1;
  }

  private int httpPort() {
    return clientPort + 2;
  }

  /** The running process, if it is one that this folder knows of. */
  Optional<ProcessHandle> process() {
    try {
      String[] words = Files.readString(pidFile()).strip().split(" ", -1);
      if (words.length != 2) {
        return Optional.empty();
      }
      Instant started = Instant.ofEpochMilli(Long.parseLong(words[1]));
      return ProcessHandle.of(Long.parseLong(words[0]))
          .filter(ProcessHandle::isAlive)
          .filter(process -> isOf(process, started));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** A number that the system has given to another process since does not count. */
  private static boolean isOf(ProcessHandle process, Instant started) {
    return process
        .info()
        .startInstant()
        .map(at -> Duration.between(at, started).abs().compareTo(START_TOLERANCE) <= 0)
        .orElse(true);
  }

  /** Starts the process, detached from this one. */
  ProcessHandle start(List<String> settings) throws IOException {
    Files.createDirectories(folder);
    if (Files.exists(log()) && Files.size(log()) > LOG_BYTES_MAX) {
      Files.move(log(), folder.resolve("server.log.1"), StandardCopyOption.REPLACE_EXISTING);
    }
    ProcessBuilder builder = ServerProcess.builder(settings);
    // Where RocksDB unpacks its library: a SIGKILL meanwhile leaves nothing in the temporary
    // folder.
    builder.environment().put("ROCKSDB_SHAREDLIB_DIR", folder.toString());
    builder.redirectErrorStream(true);
    builder.redirectInput(new java.io.File("/dev/null"));
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    ProcessHandle process = builder.start().toHandle();
    Instant started = process.info().startInstant().orElseGet(Instant::now);
    Files.writeString(pidFile(), process.pid() + " " + started.toEpochMilli() + "\n");
    return process;
  }

  /** Forgets the process. */
  void forget() throws IOException {
    Files.deleteIfExists(pidFile());
  }

  /** True if the server says that it serves. */
  boolean isReady() {
    try {
      HttpURLConnection connection =
          (HttpURLConnection)
              URI.create("http://" + httpAddress() + "/ready").toURL().openConnection();
      connection.setConnectTimeout(HTTP_MILLIS_MAX);
      connection.setReadTimeout(HTTP_MILLIS_MAX);
      try {
        return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      return false;
    }
  }

  /** The first of its ports that is in use by somebody. */
  Optional<Integer> portInUse() {
    return ports().stream().filter(port -> !isFree(port)).findFirst();
  }

  /** True if nobody listens on the port. */
  static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** What the server last said of why it ended, or the last line of its log. */
  String lastWords() {
    try (var channel = Files.newByteChannel(log())) {
      channel.position(Math.max(0, channel.size() - TAIL_BYTES_MAX));
      java.nio.ByteBuffer tail = java.nio.ByteBuffer.allocate(TAIL_BYTES_MAX);
      while (tail.hasRemaining() && channel.read(tail) >= 0) {
        // reads on
      }
      List<String> lines =
          new String(tail.array(), 0, tail.position(), UTF_8)
              .lines()
              .filter(line -> !line.isBlank())
              .toList();
      return lines.stream()
          .filter(line -> line.startsWith("cairn server: "))
          .reduce((first, second) -> second)
          .or(() -> lines.stream().reduce((first, second) -> second))
          .orElse("it said nothing");
    } catch (IOException e) {
      return "its log cannot be read";
    }
  }

  private Path pidFile() {
    return folder.resolve("server.pid");
  }
}
