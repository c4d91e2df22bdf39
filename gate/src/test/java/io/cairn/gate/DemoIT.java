package io.cairn.gate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The main job as a user starts it: {@code ./cairn demo}, with three server and three worker
 * processes, some of which are killed. One seed, and two more where {@code CI=true}.
 */
class DemoIT {
  private static final long ROWS = 200_000;
  private static final long DELAY_MINUTES = 1_500_159;
  private static final Duration RUN_MAX = Duration.ofMinutes(6);
  private static final Duration END_MAX = Duration.ofSeconds(30);

  /** A variable that all processes of a run inherit, so that they can be found. */
  private static final String MARK = "DEMO_RUN";

  @TempDir private Path folder;

  static LongStream seeds() {
    boolean more = "true".equals(System.getenv("CI"));
    return more ? LongStream.rangeClosed(1, 3) : LongStream.of(1);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void everyRowIsCountedOnceWhileProcessesAreKilled(long seed) throws Exception {
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    String run = UUID.randomUUID().toString();
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");

    Process demo = start(seed, run, temporary, out, err);
    try {
      boolean ended = demo.waitFor(RUN_MAX.toSeconds(), TimeUnit.SECONDS);
      assertThat(ended).as("ended within %s; it said:%n%s", RUN_MAX, said(err)).isTrue();
      assertThat(demo.exitValue()).as("exit code; it said:%n%s%s", said(out), said(err)).isZero();
    } finally {
      end(demo);
    }

    assertThat(processesOf(run)).as("processes of the run").isEmpty();
    assertThat(left(temporary)).as("files of the run").isEmpty();
    String[] lines = said(out).strip().split("\n", -1);
    checkOutcome(new ObjectMapper().readTree(lines[lines.length - 1]));
  }

  private static void checkOutcome(JsonNode outcome) {
    assertThat(outcome.required("rows").longValue()).isEqualTo(ROWS);
    assertThat(outcome.required("delaySum").longValue()).isEqualTo(DELAY_MINUTES);
    List<Long> hours = new ArrayList<>();
    outcome.required("byHour").forEach(count -> hours.add(count.longValue()));
    assertThat(hours).hasSize(24);
    assertThat(hours.stream().mapToLong(Long::longValue).sum()).isEqualTo(ROWS);
    assertThat(outcome.required("workersKilled").intValue()).isPositive();
    assertThat(outcome.required("leadersKilled").intValue()).isPositive();
    assertThat(outcome.required("fencedWrites").intValue()).isGreaterThanOrEqualTo(2);
    assertThat(outcome.required("rowsReplayed").longValue()).isNotNegative();
    assertThat(outcome.required("seconds").longValue()).isPositive();
    assertThat(outcome.required("resumes")).isNotEmpty();
    outcome
        .required("resumes")
        .forEach(
            resume -> {
              assertThat(resume.required("partition").intValue()).isBetween(0, 7);
              assertThat(resume.required("fromRow").longValue()).isBetween(0L, ROWS);
              assertThat(resume.required("checkpointSeq").longValue()).isGreaterThanOrEqualTo(0);
            });
    assertThat(outcome.required("valid").booleanValue()).isTrue();
  }

  private static Process start(long seed, String run, Path temporary, Path out, Path err)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("./cairn", "demo", "--seed", Long.toString(seed), "--json")
            .directory(SourceTree.root().toFile())
            .redirectInput(new File("/dev/null"))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("CAIRN_"));
    builder.environment().put(MARK, run);
    builder.environment().put("CAIRN_JAVA_OPTS", "-Djava.io.tmpdir=" + temporary);
    return builder.start();
  }

  /** Asks first: the demo cleans up when it is asked to end. */
  private static void end(Process demo) throws InterruptedException {
    demo.destroy();
    if (!demo.waitFor(END_MAX.toSeconds(), TimeUnit.SECONDS)) {
      demo.destroyForcibly().waitFor();
    }
  }

  /** Running processes that inherited the mark, where the system shows environments. */
  private static List<String> processesOf(String run) throws IOException {
    Path processes = Path.of("/proc");
    if (!Files.isDirectory(processes.resolve("self"))) {
      return List.of();
    }
    byte[] own = (MARK + "=" + run).getBytes(StandardCharsets.UTF_8);
    String wanted = new String(own, StandardCharsets.ISO_8859_1);
    try (Stream<Path> entries = Files.list(processes)) {
      return entries
          .filter(entry -> entry.getFileName().toString().matches("\\d+"))
          .filter(entry -> environment(entry).contains(wanted))
          .map(entry -> "process " + entry.getFileName())
          .toList();
    }
  }

  private static String environment(Path process) {
    try {
      return Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1);
    } catch (IOException endedOrNotOurs) {
      return "";
    }
  }

  /** Folders of the demo; the JVM keeps a file of its own there while it runs. */
  private static List<String> left(Path temporary) throws IOException {
    try (Stream<Path> files = Files.walk(temporary)) {
      return files
          .filter(file -> !file.equals(temporary))
          .map(file -> temporary.relativize(file).toString())
          .toList();
    }
  }

  private static String said(Path file) throws IOException {
    return Files.exists(file) ? Files.readString(file) : "";
  }
}
