package io.cairn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cairn.server.FreePorts;
import io.cairn.server.ops.LogSetup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A job from a file, by workers that are processes, one of which is killed. */
@Timeout(180)
class JobCliIT {
  /** Partition 0 does not end before the test says so. */
  private static final String HANDLER =
      """
      package user;
      import io.cairn.client.TaskRun;
      import io.cairn.client.codec.Codecs;
      import io.cairn.client.job.*;
      import java.nio.file.*;
      public class Waiting implements JobHandler {
        public Object run(JobContext context) throws Exception {
          TaskRun<String> task = context.task(Codecs.string());
          String before = task.stateOr(() -> "nothing");
          task.checkpoint("attempt " + context.attempt());
          Path folder = Path.of(context.payload().toUtf8());
          Files.writeString(folder.resolve("begun-" + context.partition()), context.worker());
          while (context.partition() == 0 && !Files.exists(folder.resolve("go"))) {
            Thread.sleep(20);
          }
          return before + " before " + context.partition();
        }
      }
      """;

  @TempDir private static Path temp;
  private static String dir = "";

  private final Map<String, Process> workers = new HashMap<>();

  @BeforeAll
  static void start() {
    LogSetup.silenceShims();
    LogSetup.apply("text", "warn");
    dir = temp.resolve("cluster").toString();
    // Its own: the other class starts its servers on the usual ones at the same time.
    String ports = String.valueOf(FreePorts.row(3));
    Ran.real("", "cluster", "start", "--nodes", "1", "--dir", dir, "--base-port", ports)
        .endedWith(Exit.DONE);
  }

  @AfterAll
  static void stop() {
    Ran.real("", "cluster", "stop", "--dir", dir).endedWith(Exit.DONE);
  }

  @AfterEach
  void killWorkers() {
    workers.values().forEach(Process::destroyForcibly);
  }

  private static Ran run(String... arguments) {
    List<String> words = new ArrayList<>(List.of("--dir", dir, "--timeout", "20s"));
    words.addAll(List.of(arguments));
    return Ran.real("", words.toArray(String[]::new));
  }

  private static JsonNode json(String... arguments) {
    List<String> words = new ArrayList<>(List.of(arguments));
    words.addAll(List.of("-o", "json"));
    return run(words.toArray(String[]::new)).endedWith(Exit.DONE).json();
  }

  private static Path log(String worker) {
    return temp.resolve(worker + ".log");
  }

  private void startWorker(Path jar, String id) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                CairnCli.class.getName()));
    command.addAll(
        List.of("--dir", dir, "worker", "run", "--jar", jar.toString(), "--handler", "waiting"));
    command.addAll(List.of("--id", id, "--node", "of-" + id, "--concurrency", "2", "--ttl", "2s"));
    workers.put(
        id,
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log(id).toFile())
            .start());
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> assertThat(Files.readString(log(id))).contains("started worker " + id));
  }

  private static Path submitted(Path folder) throws IOException {
    String payload = '"' + folder.toString() + '"';
    Path file = temp.resolve("job.yaml");
    Files.writeString(
        file,
        """
        name: it
        stages:
          - {name: wait, handler: waiting, payloads: [%s, %s, %s, %s]}
        retry: {backoffFirst: 50ms, backoffLongest: 1s}
        detection: {ttl: 2s}
        """
            .formatted(payload, payload, payload, payload));
    return file;
  }

  private static void awaitState(String state) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> json("job", "show", "it").path("state").asText().equals(state));
  }

  @Test
  void jobOfAFileEndsThoughAWorkerIsKilled() throws Exception {
    Path folder = Files.createDirectory(temp.resolve("work"));
    Path jar = MadeJar.of(temp, Map.of("user.Waiting", HANDLER), List.of("user.Waiting"));
    String file = submitted(folder).toString();
    for (int i = 0; i < 2; i++) {
      assertThat(run("job", "submit", file, "--submission", "day").endedWith(Exit.DONE).err())
          .doesNotContain("another specification");
    }
    Path changed = Files.writeString(temp.resolve("changed.yaml"), Files.readString(Path.of(file)));
    Files.writeString(changed, "keep: 1h\n", StandardOpenOption.APPEND);
    assertThat(
            run("job", "submit", changed.toString(), "--submission", "day")
                .endedWith(Exit.DONE)
                .err())
        .contains("submission 'day' was made with another specification: 'keep' differs");
    run("job", "submit", file).endedWith(Exit.CONDITION).saidOneLine();
    run("job", "barrier", "it").endedWith(Exit.CONDITION).saidOneLine();
    assertThat(run("job", "show", "it").endedWith(Exit.DONE).out())
        .contains("no worker has handler 'waiting'");
    startWorker(jar, "w1");
    startWorker(jar, "w2");
    Path begun = folder.resolve("begun-0");
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> Files.exists(begun) && !Files.readString(begun).isEmpty());
    String owner = Files.readString(begun);
    assertThat(json("worker", "ls", "--handler", "waiting").path("workers")).hasSize(2);
    assertThat(json("ring", "show").path("workers")).hasSize(2);
    assertThat(run("worker", "tasks", owner).endedWith(Exit.DONE).out()).contains("it/wait/0");
    assertThat(run("top", "--once").endedWith(Exit.DONE).out()).contains("it  ", owner);
    JsonNode explained = json("task", "explain", "it/wait/0");
    assertThat(explained.path("action").asText()).isEqualTo("RESUME");
    assertThat(explained.path("checkpointSeq").asLong()).isPositive();
    Process killed = workers.remove(owner);
    killed.destroyForcibly().waitFor();
    Files.createFile(folder.resolve("go"));
    awaitState("SUCCEEDED");
    tellsWhatHappened(owner);
    leavesOnRequest(owner.equals("w1") ? "w2" : "w1");
    run("job", "delete", "it", "--yes").endedWith(Exit.DONE);
    run("job", "show", "it").endedWith(Exit.NOT_FOUND).saidOneLine();
  }

  private static void tellsWhatHappened(String killed) {
    assertThat(run("job", "results", "it").endedWith(Exit.DONE).out())
        .contains("0\tattempt 1 before 0\n", "3\tnothing before 3\n");
    JsonNode faults = json("task", "fault", "it/wait/0").path("faults");
    assertThat(faults).hasSize(1);
    assertThat(faults.path(0).path("fault").path("type").asText()).isEqualTo("PROCESS_LOST");
    assertThat(faults.path(0).path("fault").path("place").path("worker").asText())
        .isEqualTo(killed);
    JsonNode job = json("job", "show", "it", "--tasks");
    assertThat(job.path("stats").path("faults").asLong()).isPositive();
    assertThat(job.path("tasks")).hasSize(4);
    assertThat(job.path("spec").path("detection").path("ttl").asText()).isEqualTo("2s");
    assertThat(run("job", "show", "it").out()).contains("4 of 4 partitions (100.0%)");
    assertThat(json("diagnose", "it").path("causes")).isNotEmpty();
    assertThat(json("diagnose", "--node", "of-" + killed).path("causes")).isNotEmpty();
    assertThat(json("task", "quarantine", "it/wait/0").path("items")).isEmpty();
    run("job", "cancel", "it").endedWith(Exit.CONDITION).saidOneLine();
  }

  private void leavesOnRequest(String id) throws Exception {
    Process worker = workers.remove(id);
    worker.destroy();
    assertThat(worker.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(log(id)))
        .contains("begin it/wait/0 attempt 2", "returned it/wait/0 attempt 2", "left worker " + id)
        .doesNotContain("\tat ", "Exception");
    assertThat(json("worker", "ls").path("workers")).isEmpty();
  }
}
