package io.cairn.chaos.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One node: its place, its disk and its process. Any thread; calls that start and end the process
 * come one after the other.
 */
public final class ServerNode {
  private static final long END_SECONDS_MAX = 60;
  private static final int LAST_LINES = 8;

  /** Exit code of a process that SIGTERM ended before it could do so itself. */
  private static final int TERMINATED = 143;

  private final String name;
  private final NodeDisk disk;
  private final Path log;
  private final Launch launch;
  private volatile NodeAddress address;
  private volatile @Nullable Process process;
  private volatile long logStartBytes;
  private boolean wasStarted;
  private boolean expectedGone = true;
  private final List<OwnExit> ownExits = new ArrayList<>();
  private List<String> extraOptions = List.of();

  /**
   * How its process is started.
   *
   * @param words all before the server's own settings
   * @param settings of the server, without those of its place
   */
  record Launch(List<String> words, List<String> settings, Map<String, String> environment) {}

  ServerNode(String name, NodeAddress address, NodeDisk disk, Path log, Launch launch) {
    this.name = name;
    this.address = address;
    this.disk = disk;
    this.log = log;
    this.launch = launch;
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** What holds its data. */
  public NodeDisk disk() {
    return disk;
  }

  /** As clients and pages know it. */
  public TestNode testNode() {
    return new TestNode(name, address.clientEndpoint(), address.httpEndpoint());
  }

  NodeAddress address() {
    return address;
  }

  /** Where the other nodes look for it: another one once it was replaced. */
  public String raftAddress() {
    return address.listed() + ":" + address.raftPort();
  }

  void moveTo(NodeAddress other) {
    address = other;
  }

  Path log() {
    return log;
  }

  String member() {
    return address.member(name);
  }

  /** Options of the JVM that hold from the next start on. */
  public synchronized void setExtraOptions(List<String> options) {
    extraOptions = List.copyOf(options);
  }

  /** Starts the process if none runs. */
  synchronized void start(String members, boolean forms) {
    if (isAlive()) {
      return;
    }
    noteExit();
    disk.attach();
    List<String> command = new ArrayList<>(launch.words());
    command.addAll(command.indexOf("-cp"), extraOptions);
    command.addAll(launch.settings());
    command.add("--node=" + name);
    command.add("--data-dir=" + disk.folder());
    command.add("--bind=" + address.host());
    command.add("--members=" + members);
    boolean fresh = !wasStarted && forms;
    command.add("--initial-cluster-state=" + (fresh ? "new" : "existing"));
    ProcessBuilder builder = Programs.process(command);
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(variable -> variable.startsWith("CAIRN_"));
    environment.putAll(new LinkedHashMap<>(launch.environment()));
    builder.redirectErrorStream(true);
    builder.redirectInput(Path.of("/dev/null").toFile());
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    try {
      logStartBytes = Files.exists(log) ? Files.size(log) : 0;
      process = builder.start();
      wasStarted = true;
      expectedGone = false;
    } catch (IOException e) {
      throw new ClusterFailure("cannot start " + name + ": " + e.getMessage(), e);
    }
  }

  /** True while the process lives. */
  public boolean isAlive() {
    Process running = process;
    return running != null && running.isAlive();
  }

  /** The process's id; 0 if none lives. */
  public long pid() {
    Process running = process;
    return running != null && running.isAlive() ? running.pid() : 0;
  }

  /** The exit code of the last process, if it has ended. */
  public OptionalInt exitCode() {
    Process last = process;
    return last == null || last.isAlive() ? OptionalInt.empty() : OptionalInt.of(last.exitValue());
  }

  /** SIGKILL; returns when it is gone. False if it did not run. */
  public synchronized boolean kill() {
    noteExit();
    expectedGone = true;
    Process running = process;
    if (running == null || !running.isAlive()) {
      disk.thaw(); // whoever wants it gone goes on to its files
      return false;
    }
    running.destroyForcibly();
    disk.thaw(); // nobody ends within a write that hangs
    awaitEnd(running);
    return true;
  }

  /** SIGTERM; returns when it is gone. False if it did not run. */
  public synchronized boolean stop() {
    noteExit();
    expectedGone = true;
    Process running = process;
    if (running == null || !running.isAlive()) {
      return false;
    }
    signal("CONT");
    disk.thaw();
    running.destroy();
    awaitEnd(running);
    if (running.exitValue() != 0 && running.exitValue() != TERMINATED) {
      ownExits.add(new OwnExit(name, running.exitValue(), lastLine()));
    }
    return true;
  }

  /** Sends a signal, such as {@code STOP}; false if no process lives. */
  public synchronized boolean signal(String signal) {
    noteExit();
    if (signal.equals("KILL")) {
      expectedGone = true;
    }
    long pid = pid();
    return pid != 0 && Command.attempt("kill", "-" + signal, Long.toString(pid)).isPresent();
  }

  /** Ends of its processes that nobody had ordered, up to now. */
  public synchronized List<OwnExit> ownExits() {
    noteExit();
    return List.copyOf(ownExits);
  }

  /** From now on its end is the caller's doing, who is about to take away what it stands on. */
  public synchronized void expectEnd() {
    noteExit();
    expectedGone = true;
  }

  private void noteExit() {
    Process last = process;
    if (!expectedGone && last != null && !last.isAlive()) {
      expectedGone = true;
      ownExits.add(new OwnExit(name, last.exitValue(), lastLine()));
    }
  }

  /** Why the last process ended, or else the last it logged. */
  public String lastLine() {
    List<String> lines = lines(logStartBytes).filter(line -> !line.isBlank()).toList();
    for (int i = lines.size() - 1; i >= 0; i--) {
      if (lines.get(i).contains("event=halted") || lines.get(i).contains("event=refused-start")) {
        return lines.get(i);
      }
    }
    return lines.isEmpty() ? "nothing" : lines.get(lines.size() - 1);
  }

  private void awaitEnd(Process running) {
    boolean interrupted = false;
    long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS_MAX);
    while (running.isAlive() && System.nanoTime() - endNanos < 0) {
      try {
        if (running.waitFor(endNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (running.isAlive()) {
      throw new ClusterFailure(name + " did not end within " + END_SECONDS_MAX + " s", null);
    }
  }

  /** What it says of itself; nothing if it does not answer soon. */
  public Optional<NodeStatus> status() {
    return isAlive() ? NodeStatus.ask(address.httpEndpoint()) : Optional.empty();
  }

  /** True if it says that it serves. */
  public boolean isReady() {
    return isAlive() && NodeStatus.isReady(address.httpEndpoint());
  }

  /** A metric without labels, 0 if there is none. */
  public double metric(String metric) {
    return isAlive() ? NodeStatus.metric(address.httpEndpoint(), metric) : 0;
  }

  /** How often its log has a line with this text. */
  public long logged(String text) {
    return logged(text, 0);
  }

  /** The same for what it logged since its process was last started. */
  public long loggedSinceStart(String text) {
    return logged(text, logStartBytes);
  }

  private long logged(String text, long fromBytes) {
    return lines(fromBytes).filter(line -> line.contains(text)).count();
  }

  private Stream<String> lines(long fromBytes) {
    try {
      if (!Files.exists(log)) {
        return Stream.of();
      }
      byte[] bytes = Files.readAllBytes(log);
      int from = (int) Math.min(bytes.length, fromBytes);
      return new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8).lines();
    } catch (IOException e) {
      throw new ClusterFailure("cannot read " + log, e);
    }
  }

  /** The end of its log. */
  String lastWords() {
    try {
      List<String> lines =
          new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
      return String.join(
          "\n  ", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    } catch (IOException e) {
      return "nothing";
    }
  }
}
