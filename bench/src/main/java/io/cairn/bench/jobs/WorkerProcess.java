package io.cairn.bench.jobs;

import io.cairn.bench.nodes.BenchFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A {@link HoldingWorker} as a process, which goes away with this one. For one thread. */
final class WorkerProcess implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Process process;
  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
  private final Thread hook;

  private WorkerProcess(Process process) {
    this.process = process;
    this.hook = new Thread(process::destroyForcibly, "cairn-bench-worker-end");
    Runtime.getRuntime().addShutdownHook(hook);
    Thread listener = new Thread(this::listen, "cairn-bench-worker-listen");
    listener.setDaemon(true);
    listener.start();
  }

  /** Starts a worker; it is registered on return. */
  static WorkerProcess start(String endpoints, String id, int capacity) {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            HoldingWorker.class.getName(),
            endpoints,
            id,
            Integer.toString(capacity));
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    try {
      WorkerProcess started = new WorkerProcess(builder.start());
      started.await(HoldingWorker.READY, 1);
      return started;
    } catch (IOException e) {
      throw new BenchFailure("cannot start a worker: " + e.getMessage(), e);
    }
  }

  /** Waits until so many tasks have begun. */
  void awaitBegun(int tasks) {
    await(HoldingWorker.BEGUN, tasks);
  }

  /** SIGKILL; returns at once. */
  void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() {
    kill();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      // the hook runs, and does the same
    }
  }

  private void await(String word, int times) {
    for (int i = 0; i < times; i++) {
      String next;
      try {
        next = said.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        throw new BenchFailure("interrupted", e);
      }
      if (!word.equals(next)) {
        close();
        throw new BenchFailure(
            "a worker process said %s, not %s for the %d. time".formatted(next, word, i + 1));
      }
    }
  }

  private void listen() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said.add(line);
      }
      said.add("nothing more");
    } catch (IOException e) {
      said.add("something that cannot be read");
    }
  }
}
