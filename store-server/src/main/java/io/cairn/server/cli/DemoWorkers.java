package io.cairn.server.cli;

import io.cairn.examples.flights.FlightsWorker;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The worker processes of a demo. For one thread, but for what their output tells. */
final class DemoWorkers implements AutoCloseable {
  private final Path dir;
  private final DemoPlan plan;
  private final String endpoints;
  private final DemoEvents events;
  private final Map<Integer, Process> processes = new TreeMap<>();
  private final List<Thread> readers = new ArrayList<>();

  DemoWorkers(Path dir, DemoPlan plan, String endpoints, DemoEvents events) {
    this.dir = dir;
    this.plan = plan;
    this.endpoints = endpoints;
    this.events = events;
  }

  /** Starts the worker of this number. */
  void start(int worker) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx128m",
            "-Dsofa.middleware.log.disable=true",
            "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider",
            "-Dslf4j.internal.verbosity=ERROR",
            "-cp",
            System.getProperty("java.class.path"),
            FlightsWorker.class.getName(),
            "--endpoints",
            endpoints,
            "--input",
            plan.input().toAbsolutePath().toString(),
            "--job",
            plan.job(),
            "--partitions",
            Integer.toString(plan.partitions()),
            "--worker",
            Integer.toString(worker),
            "--workers",
            Integer.toString(plan.workers()),
            "--lease-ms",
            Long.toString(DemoPlan.LEASE.toMillis()),
            "--block-pause-ms",
            Long.toString(plan.blockPauseMillis()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectInput(new File("/dev/null"));
    builder.redirectError(
        ProcessBuilder.Redirect.appendTo(dir.resolve("worker" + worker + ".log").toFile()));
    Process process = builder.start();
    processes.put(worker, process);
    Thread reader = new Thread(() -> read(process), "demo-worker-" + worker);
    reader.setDaemon(true);
    reader.start();
    readers.add(reader);
  }

  /** Ends it without a chance to say anything. */
  void kill(int worker) throws InterruptedException {
    Process process = process(worker);
    process.destroyForcibly();
    process.waitFor();
    processes.remove(worker);
  }

  /** Stops it where it stands. */
  void freeze(int worker) throws IOException, InterruptedException {
    signal("-STOP", process(worker).pid());
  }

  /** Lets it go on. */
  void wake(int worker) throws IOException, InterruptedException {
    signal("-CONT", process(worker).pid());
  }

  /** Numbers of the workers that run. */
  List<Integer> running() {
    return processes.entrySet().stream()
        .filter(entry -> entry.getValue().isAlive())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The exit code of a worker that has failed. */
  Optional<Integer> failed() {
    return processes.values().stream()
        .filter(process -> !process.isAlive())
        .map(Process::exitValue)
        .filter(code -> code != 0)
        .findFirst();
  }

  /** Waits until the output of workers that have ended has been read. */
  void drain() throws InterruptedException {
    for (Thread reader : readers) {
      reader.join(TimeUnit.SECONDS.toMillis(5));
    }
  }

  @Override
  public void close() {
    processes.values().forEach(Process::destroyForcibly);
    for (Process process : processes.values()) {
      process.onExit().join();
    }
  }

  private Process process(int worker) {
    Process process = processes.get(worker);
    if (process == null) {
      throw new IllegalStateException("worker " + worker + " does not run");
    }
    return process;
  }

  private void read(Process process) {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      lines.lines().forEach(events::line);
    } catch (IOException | java.io.UncheckedIOException e) {
      events.line("reading ended: " + e.getMessage());
    }
  }

  private static void signal(String signal, long pid) throws IOException, InterruptedException {
    int code = new ProcessBuilder("kill", signal, Long.toString(pid)).start().waitFor();
    if (code != 0) {
      throw new IOException("kill " + signal + " " + pid + " ended with code " + code);
    }
  }
}
