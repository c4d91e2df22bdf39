package io.cairn.bench.nodes;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Servers of one kind in a folder of their own, which goes away with them, also when this process
 * is interrupted. For one thread.
 */
public final class DaemonGroup implements AutoCloseable {
  private static final long POLL_MILLIS = 20;
  private static final long READY_MILLIS_MAX = 60_000;

  /** A server, how it is started each time, and how it says that it serves. */
  private record Member(Daemon daemon, Supplier<ProcessBuilder> command, BooleanSupplier ready) {}

  private final Path folder;
  private final List<Member> members = new ArrayList<>();
  private volatile boolean closed;
  private final Thread hook = new Thread(this::clear, "cairn-bench-clear");

  /** A group without servers, in a folder that is its own from now on. */
  public DaemonGroup(Path folder) {
    this.folder = folder;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** The folder. */
  public Path folder() {
    return folder;
  }

  /** Starts one more server; it is not ready yet on return. */
  public void start(String name, Supplier<ProcessBuilder> command, BooleanSupplier ready) {
    requireOpen();
    Daemon daemon = new Daemon(name, folder.resolve(name + ".log"));
    members.add(new Member(daemon, command, ready));
    daemon.start(command.get());
  }

  /** Starts a server again that has ended. */
  public void restart(Daemon daemon) {
    requireOpen();
    daemon.start(member(daemon).command().get());
  }

  /** The servers. */
  public List<Daemon> daemons() {
    return members.stream().map(Member::daemon).toList();
  }

  /** Waits until each serves. */
  public void awaitReady() {
    long beganNanos = System.nanoTime();
    for (Member member : members) {
      member.daemon().awaitReady(member.ready(), POLL_MILLIS, beganNanos, READY_MILLIS_MAX);
    }
  }

  /** Ends the servers and removes their folder. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      return; // the hook runs, and does the same
    }
    clear();
  }

  /** While the hook clears, the thread that measures goes on. */
  private void requireOpen() {
    if (closed) {
      throw new BenchFailure("interrupted");
    }
  }

  private Member member(Daemon daemon) {
    return members.stream()
        .filter(member -> member.daemon() == daemon)
        .findFirst()
        .orElseThrow(() -> new BenchFailure(daemon.name() + " is not a server of ours"));
  }

  private void clear() {
    closed = true;
    List.copyOf(members).forEach(member -> member.daemon().kill());
    WorkFolder.remove(folder);
  }
}
