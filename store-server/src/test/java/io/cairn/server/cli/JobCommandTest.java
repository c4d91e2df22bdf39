package io.cairn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cairn.client.TaskName;
import io.cairn.client.TaskState;
import io.cairn.client.job.Job;
import io.cairn.client.job.JobName;
import io.cairn.client.job.JobState;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs: how they are listed, shown, submitted and ended. */
class JobCommandTest {
  private static final String FILE =
      "name: nightly\nstages:\n  - {name: price, handler: pricing, partitions: 12}\n";

  private final JobsInMemory plane = new JobsInMemory();

  @BeforeEach
  void rows() {
    plane.jobs.put("nightly", JobsInMemory.job("nightly", JobState.RUNNING, "s1"));
    plane.jobs.put("old-1", JobsInMemory.job("old-1", JobState.SUCCEEDED, "s2"));
    plane.jobs.put("old-2", JobsInMemory.job("old-2", JobState.FAILED, "s3"));
    for (int i = 0; i < 3; i++) {
      plane.tasks.add(JobsInMemory.task("nightly/price/" + i, TaskState.RUNNING));
    }
    plane.tasks.add(JobsInMemory.task("other/price/0", TaskState.RUNNING));
  }

  private Ran run(String... arguments) {
    return Ran.with(plane.client(), "", arguments);
  }

  private Ran submit(String file, String... further) {
    String[] words = new String[3 + further.length];
    words[0] = "job";
    words[1] = "submit";
    words[2] = "-";
    System.arraycopy(further, 0, words, 3, further.length);
    return Ran.with(plane.client(), file, words);
  }

  @Test
  void listGoesOverAllPagesAndSelects() {
    assertThat(run("job", "ls").endedWith(Exit.DONE).out())
        .isEqualTo(
            """
            JOB      STATE      PARTITIONS  WAITING  PENDING  RUNNING  SUCCEEDED  FAILED  FAULTS  SUBMISSION
            nightly  RUNNING    11          3        1        2        5          0       2       s1
            old-1    SUCCEEDED  11          3        1        2        5          0       2       s2
            old-2    FAILED     11          3        1        2        5          0       2       s3
            """);
    JsonNode some = run("job", "ls", "old", "--state", "failed", "-o", "json").json();
    assertThat(some.path("jobs")).hasSize(1);
    assertThat(some.path("jobs").path(0).path("name").asText()).isEqualTo("old-2");
    assertThat(some.path("more").asBoolean(true)).isFalse();
    Ran cut = run("job", "ls", "--limit", "1").endedWith(Exit.DONE);
    assertThat(cut.out().lines()).hasSize(2);
    assertThat(cut.err()).contains("--limit");
  }

  @Test
  void showTellsProgressCostAndWhatWasRecovered() {
    assertThat(run("job", "show", "nightly").endedWith(Exit.DONE).out())
        .isEqualTo(
            """
            job          nightly
            namespace    default
            state        RUNNING
            submission   s1
            generation   1
            progress     5 of 11 partitions (45.5%) in 10.0s, 30.0/min, about 12.0s left
            attempts     9, 2 faults, 1 items left out
            interval     5.0s: cost 17ms, a fault each 10s
            checkpoints  12, 3.2 MiB, took 210ms, 1.05% of run time 20.0s
            recovered    1.0 KiB read again of 12.3 KiB that its tasks hold (8.1%)

            STAGE  HANDLER  PARTITIONS  WAITING  PENDING  RUNNING  SUCCEEDED  FAILED  CANCELLED  MEDIAN  AFTER
            price  -        10          2        1        2        5          0       0          1.5s    -
            sum    -        1           1        0        0        0          0       0          -       -
            """);
  }

  @Test
  void showSaysHowToAskForWhatAPendingTaskWaits() {
    plane.tasks.add(JobsInMemory.task("nightly/price/7", TaskState.PENDING));
    assertThat(run("job", "show", "nightly").endedWith(Exit.DONE).out())
        .endsWith(
            "\n\n1 tasks are PENDING; 'cairn task explain nightly/price/7' says for what one waits\n");
  }

  @Test
  void showOfAnEndedJobAsksForNoTime() {
    JsonNode json = run("job", "show", "old-1", "-o", "json").endedWith(Exit.DONE).json();
    assertThat(json.path("progress").path("takenMillis").asLong()).isEqualTo(8_000);
    assertThat(json.path("progress").has("leftMillis")).isFalse();
    assertThat(json.path("spec").isNull()).isTrue();
    assertThat(plane.asked).doesNotContain("status");
  }

  @Test
  void showListsTasksWhenAsked() {
    Ran ran = run("job", "show", "nightly", "--tasks", "--limit", "2").endedWith(Exit.DONE);
    assertThat(ran.out()).contains("nightly/price/1").doesNotContain("price/2", "other");
    assertThat(ran.err()).contains("more than 2 tasks");
    JsonNode json = run("job", "show", "nightly", "--tasks", "-o", "json").json();
    assertThat(json.path("tasks")).hasSize(3);
    assertThat(json.path("heldBytes").asLong()).isEqualTo(3 * 4_196);
  }

  @Test
  void showNamesWhatIsMissingAndTheLastBarrier() {
    Job job = plane.jobs.get("nightly");
    plane.jobs.put(
        "nightly",
        new Job(
            job.name(),
            job.id(),
            job.state(),
            Optional.of(JobFile.read("f", FILE, "default", Optional.empty())),
            job.submission(),
            job.generation(),
            job.createTimeMillis(),
            0,
            job.stages(),
            job.stats(),
            Optional.of(JobsInMemory.record(2, "nightly/price/3", "odd")),
            Optional.of(JobsInMemory.barrier(io.cairn.client.job.Barrier.Phase.PREPARING)),
            3,
            java.util.Set.of("pricing")));
    assertThat(run("job", "show", "nightly").endedWith(Exit.DONE).out())
        .contains(
            "missing      no worker has handler 'pricing'",
            "barrier      #4 PREPARING, 1 of 3 tasks",
            "committed    #3",
            "fault        #2 TASK_ERROR of nightly/price/3 at node=host7,worker=w1: odd",
            "price  pricing  10");
  }

  @Test
  void absentJobEndsWithThree() {
    for (String words :
        java.util.List.of(
            "job show nix",
            "job results nix",
            "job cancel nix",
            "job retry nix",
            "job delete nix --yes",
            "diagnose nix")) {
      run(words.split(" ", -1)).endedWith(Exit.NOT_FOUND).saidOneLine();
    }
  }

  @Test
  void submitSendsWhatTheFileSays() {
    Ran ran = submit(FILE.replace("nightly", "n2"), "--submission", "day-1");
    assertThat(ran.endedWith(Exit.DONE).out()).isEqualTo("n2 RUNNING\n");
    assertThat(plane.submitted.orElseThrow().stages().get(0).partitions()).isEqualTo(12);
    assertThat(plane.jobs.get("n2").submission()).isEqualTo("day-1");
    submit(FILE, "--name", "n3", "--namespace", "finance").endedWith(Exit.DONE);
    assertThat(plane.submitted.orElseThrow().name()).isEqualTo(new JobName("finance", "n3"));
  }

  @Test
  void submitOfATakenNameEndsWithFour() {
    assertThat(submit(FILE).endedWith(Exit.CONDITION).saidOneLine().err())
        .contains("JOB_EXISTS", "not applied");
  }

  @Test
  void submitThatWaitsEndsWithTheJob() {
    assertThat(submit(FILE, "--name", "n4", "--wait", "1s").endedWith(Exit.UNAVAILABLE).err())
        .contains("cairn job show n4");
  }

  @Test
  void submitSaysWhichHandlersNoWorkerHas() {
    plane.missing = Set.of("pricing");
    Ran submitted = submit(FILE.replace("nightly", "n9")).endedWith(Exit.DONE);
    assertThat(submitted.out()).isEqualTo("n9 RUNNING\n");
    assertThat(submitted.err()).isEqualTo("no worker has handler 'pricing' yet; it waits\n");
  }

  @Test
  void submitNamesFileLineAndField() {
    assertThat(submit("name: x\nstagse: []\n").endedWith(Exit.USAGE).saidOneLine().err())
        .contains("standard input:2: unknown field 'stagse'; there are name, namespace, stages");
    assertThat(run("job", "submit", "/no/such/file.yaml").endedWith(Exit.USAGE).saidOneLine().err())
        .contains("/no/such/file.yaml: no such file or folder");
    assertThat(run("job", "submit", "/").endedWith(Exit.USAGE).saidOneLine().err())
        .contains("/: is a folder");
    assertThat(submit("name: x\nstages: []\n").endedWith(Exit.USAGE).saidOneLine().err())
        .contains("stage");
  }

  @Test
  void exampleIsWrittenAsItIs() throws Exception {
    assertThat(run("job", "submit", "--example").endedWith(Exit.DONE).out())
        .isEqualTo(JobExample.text());
  }

  @Test
  void resultsAreLinesOfPartitionAndValue() {
    Ran ran = run("job", "results", "nightly", "--stage", "price").endedWith(Exit.DONE);
    assertThat(ran.out()).isEqualTo("0\tprice\\tdone\n2\tprice\\tdone\n");
    assertThat(ran.err()).contains("2 of 10 partitions have a result");
    JsonNode json =
        run("job", "results", "nightly", "--stage", "price", "-o", "json").json().path("results");
    assertThat(json.path(1).path("partition").asInt()).isEqualTo(2);
    assertThat(json.path(1).path("result").asText()).isEqualTo("price\tdone");
    assertThat(run("job", "results", "nightly").endedWith(Exit.USAGE).saidOneLine().err())
        .contains("price, sum");
    run("job", "results", "nightly", "--stage", "nix").endedWith(Exit.NOT_FOUND).saidOneLine();
  }

  @Test
  void jobsAreCancelledRetriedAndDeleted() {
    assertThat(run("job", "cancel", "nightly").endedWith(Exit.DONE).out())
        .isEqualTo("nightly CANCELLED\n");
    assertThat(run("job", "retry", "old-2").endedWith(Exit.DONE).out())
        .isEqualTo("old-2 RUNNING\n");
    assertThat(run("job", "delete", "old-1").endedWith(Exit.USAGE).saidOneLine().err())
        .contains("--yes");
    assertThat(run("job", "delete", "old-1", "--yes").endedWith(Exit.DONE).out())
        .isEqualTo("deleted old-1\n");
    assertThat(run("job", "barrier", "nightly").endedWith(Exit.DONE).out())
        .isEqualTo("barrier #4 PAUSING, 1 of 3 tasks\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "job",
        "job nosuch",
        "job ls --state HAPPY",
        "job ls --limit 0",
        "job show",
        "job show nightly --tasks --limit 0",
        "job show nightly --state RUNNING",
        "job submit",
        "job submit - --wait soon",
        "job delete nightly"
      })
  void wrongUsageIsOneLine(String words) {
    run(words.split(" ", -1)).endedWith(Exit.USAGE).saidOneLine();
  }

  @Test
  void aTasksJobIsToldByItsName() {
    assertThat(JobCommand.jobOf(TaskName.of("j/s/3#1"))).contains(JobName.of("j"));
    assertThat(JobCommand.jobOf(TaskName.of("billing/2026-11"))).isEmpty();
    assertThat(JobCommand.jobOf(TaskName.of("j/s/x"))).isEmpty();
  }
}
