package io.cairn.bench.nodes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One server process with its folder. For one thread, but for {@link #kill()}. */
public final class ServerNode {
  private final Path launcher;
  private final String name;
  private final int clientPort;
  private final Path folder;
  private final Daemon daemon;

  ServerNode(Path launcher, String name, int clientPort, Path folder) {
    this.launcher = launcher;
    this.name = name;
    this.clientPort = clientPort;
    this.folder = folder;
    this.daemon = new Daemon(name, folder.resolve("server.log"));
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** Where clients reach it. */
  public String clientAddress() {
    return NodeCluster.HOST + ":" + clientPort;
  }

  /** The node as the setting {@code members} names it. */
  String member() {
    return "%s=%s:%d/%d/%d"
        .formatted(name, NodeCluster.HOST, clientPort + 1, clientPort, clientPort + 2);
  }

  /** Starts the process; it is not ready yet on return. */
  void start(List<String> settings) {
    try {
      Files.createDirectories(folder);
      List<String> command = new ArrayList<>();
      command.add(launcher.toString()); // it becomes the JVM: one process
      command.add("server");
      command.add("--node=" + name);
      command.add("--data-dir=" + folder.resolve("data"));
      command.addAll(settings);
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().keySet().removeIf(ServerNode::isSetting);
      daemon.start(builder);
    } catch (IOException e) {
      throw new BenchFailure("cannot start " + name + ": " + e.getMessage(), e);
    }
  }

  /** Settings of the caller's own servers must not reach these. */
  private static boolean isSetting(String variable) {
    return variable.startsWith("CAIRN_") && !variable.equals("CAIRN_JAVA_OPTS");
  }

  /** True if the server says that it serves. */
  public boolean isReady() {
    return HttpAnswer.isOk("http://" + NodeCluster.HOST + ":" + (clientPort + 2) + "/ready");
  }

  /** Its process. */
  public Daemon daemon() {
    return daemon;
  }

  /** True while the process lives. */
  public boolean isAlive() {
    return daemon.isAlive();
  }

  /** Ends it by SIGKILL; on return it is gone. Any thread. */
  public void kill() {
    daemon.kill();
  }

  /** Asks it to stop by SIGTERM; on return it is gone. */
  public void stop() {
    daemon.stop();
  }

  /** What the process has used so far. */
  public ProcessUse use() {
    return daemon.use();
  }
}
