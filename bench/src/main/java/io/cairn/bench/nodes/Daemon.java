package io.cairn.bench.nodes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A server as a process: started, stopped, killed, and frozen with all its children. It takes no
 * descriptors of this process, writes to a log of its own, and the kernel kills it when the thread
 * that started it has ended. For one thread, but for {@link #kill()}.
 */
public final class Daemon {
  private static final Path SETPRIV = Path.of("/usr/bin/setpriv");
  private static final long STOP_SECONDS_MAX = 30;

  private final String name;
  private final Path log;
  private volatile @Nullable Process process;

  /** A server of this name, which is not running yet. */
  public Daemon(String name, Path log) {
    this.name = name;
    this.log = log;
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** Starts the process; it is not ready yet on return. The command may run as another user. */
  public void start(ProcessBuilder builder) {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(SETPRIV)) {
      command.addAll(List.of(SETPRIV.toString(), "--pdeathsig", "KILL"));
    }
    command.addAll(builder.command()); // setpriv becomes the server: one process
    try {
      builder.command(command);
      builder.redirectErrorStream(true);
      builder.redirectInput(Path.of("/dev/null").toFile());
      builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      process = builder.start();
    } catch (IOException e) {
      throw new BenchFailure("cannot start " + name + ": " + e.getMessage(), e);
    }
  }

  /**
   * Waits until the server serves.
   *
   * @param ready whether it does
   * @param pollMillis between two looks
   * @param beganNanos when the waiting began
   * @param millisMax how long it may take from then on
   * @throws BenchFailure if it does not, or ends
   */
  void awaitReady(BooleanSupplier ready, long pollMillis, long beganNanos, long millisMax) {
    while (!ready.getAsBoolean()) {
      if (!isAlive()) {
        throw new BenchFailure(name + " has ended: " + lastWords());
      }
      if (System.nanoTime() - beganNanos > millisMax * 1_000_000) {
        throw new BenchFailure(
            "%s does not serve after %d ms: %s".formatted(name, millisMax, lastWords()));
      }
      Pause.millis(pollMillis);
    }
  }

  /** True while the process lives. */
  public boolean isAlive() {
    Process running = process;
    return running != null && running.isAlive();
  }

  /** The process. */
  public long pid() {
    return running().pid();
  }

  /** Ends it and its children by SIGKILL, also when it is frozen. On return it is gone. */
  public void kill() {
    Process running = process;
    if (running != null) {
      List<ProcessHandle> children = running.descendants().toList();
      running.destroyForcibly();
      children.forEach(ProcessHandle::destroyForcibly);
      await(running);
    }
  }

  /** Asks it to stop by SIGTERM; on return it is gone. */
  public void stop() {
    Process running = process;
    if (running != null) {
      running.destroy();
      await(running);
    }
  }

  /** Asks it to stop by SIGINT, which some servers take for "at once, but in order". */
  public void interrupt() {
    signal("INT", List.of(running().toHandle()));
    await(running());
  }

  /** Takes the processor from it and its children by SIGSTOP. */
  public void freeze() {
    signal("STOP");
  }

  /** Lets it go on. */
  public void thaw() {
    signal("CONT");
  }

  private void signal(String signal) {
    Process running = running();
    signal(signal, Stream.concat(Stream.of(running.toHandle()), running.descendants()).toList());
  }

  private void signal(String signal, List<ProcessHandle> processes) {
    List<String> command = new ArrayList<>(List.of("kill", "-s", signal, "--"));
    processes.forEach(process -> command.add(Long.toString(process.pid())));
    try {
      new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new BenchFailure("cannot signal " + name + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchFailure("interrupted", e);
    }
  }

  /** What it and its children have used so far. */
  public ProcessUse use() {
    try {
      return ProcessUse.ofTree(running().toHandle());
    } catch (IOException e) {
      throw new BenchFailure("cannot read what " + name + " uses: it has ended", e);
    }
  }

  /** What its threads have used so far, without those of its children. */
  public ThreadTimes threads() {
    try {
      return ThreadTimes.of(running().pid());
    } catch (IOException e) {
      throw new BenchFailure("cannot read what the threads of " + name + " use: it has ended", e);
    }
  }

  /** The last line of its log that is not within a stack trace. */
  public String lastWords() {
    try (Stream<String> lines = Files.lines(log)) {
      return lines
          .filter(line -> !line.isBlank() && !Character.isWhitespace(line.charAt(0)))
          .reduce((before, last) -> last)
          .orElse("it said nothing");
    } catch (IOException | java.io.UncheckedIOException e) {
      return "its log cannot be read";
    }
  }

  private Process running() {
    Process running = process;
    if (running == null) {
      throw new BenchFailure(name + " was not started");
    }
    return running;
  }

  private void await(Process running) {
    try {
      if (!running.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
        running.destroyForcibly();
        throw new BenchFailure(name + " did not stop within " + STOP_SECONDS_MAX + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchFailure("interrupted while " + name + " was stopping", e);
    }
  }
}
