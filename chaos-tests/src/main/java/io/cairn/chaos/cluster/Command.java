package io.cairn.chaos.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Short programs of the machine, such as {@code ip}. Any thread. */
public final class Command {
  private static final long SECONDS_MAX = 60;

  private Command() {}

  /**
   * Runs it and returns what it wrote.
   *
   * @throws ClusterFailure if it fails; the message holds what it said
   */
  public static String run(String... words) {
    return run(List.of(words));
  }

  /** The same for a list of words. */
  public static String run(List<String> words) {
    Result result = execute(words);
    if (result.code() != 0) {
      throw new ClusterFailure(
          "'%s' failed with %d: %s"
              .formatted(String.join(" ", words), result.code(), result.output().strip()),
          null);
    }
    return result.output();
  }

  /** What it wrote, or nothing if it failed. */
  public static Optional<String> attempt(String... words) {
    Result result = execute(List.of(words));
    return result.code() == 0 ? Optional.of(result.output()) : Optional.empty();
  }

  private record Result(int code, String output) {}

  private static Result execute(List<String> words) {
    try {
      // A file, not a pipe: a child that outlives the program would hold the pipe.
      Path output = Files.createTempFile("cairn-chaos-", ".out");
      try (InputStream said = Files.newInputStream(output)) {
        ProcessBuilder builder = Programs.process(words);
        builder.redirectErrorStream(true);
        builder.redirectInput(Path.of("/dev/null").toFile());
        builder.redirectOutput(output.toFile());
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        Files.delete(output); // whoever ends this process leaves none behind
        boolean interrupted = false;
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (true) {
          try {
            long leftNanos = deadlineNanos - System.nanoTime();
            if (!process.waitFor(leftNanos, TimeUnit.NANOSECONDS)) {
              process.destroyForcibly();
              return new Result(-1, "it did not end within " + SECONDS_MAX + " s");
            }
            break;
          } catch (InterruptedException e) {
            interrupted = true; // half a command is worse than a late answer
          }
        }
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
        String text = new String(said.readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.exitValue(), text);
      } finally {
        Files.deleteIfExists(output);
      }
    } catch (IOException e) {
      return new Result(-1, String.valueOf(e.getMessage()));
    }
  }
}
