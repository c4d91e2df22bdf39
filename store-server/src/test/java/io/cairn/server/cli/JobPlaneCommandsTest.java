package io.cairn.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cairn.client.Admin;
import io.cairn.client.Bytes;
import io.cairn.client.Fault;
import io.cairn.client.FaultPlace;
import io.cairn.client.TaskHistoryEvent;
import io.cairn.client.TaskName;
import io.cairn.client.TaskState;
import io.cairn.client.job.Cause;
import io.cairn.client.job.JobState;
import io.cairn.client.job.WorkerStatus;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Workers, faults, causes, and the live table. */
class JobPlaneCommandsTest {
  private static final String TASK = "nightly/price/3";

  private final JobsInMemory plane = new JobsInMemory();

  @BeforeEach
  void rows() {
    plane.jobs.put("nightly", JobsInMemory.job("nightly", JobState.RUNNING, "s1"));
    plane.jobs.put("old", JobsInMemory.job("old", JobState.SUCCEEDED, "s1"));
    plane.workers.rows.add(WorkersInMemory.worker("w1", "host7", false, "pricing", "summing"));
    plane.workers.rows.add(WorkersInMemory.worker("w2", "host8", true, "pricing"));
    plane.workers.rows.add(WorkersInMemory.worker("w3", "host8", false, "other"));
    plane.tasks.add(JobsInMemory.task(TASK, TaskState.RUNNING));
    plane.tasks.add(JobsInMemory.task("billing", TaskState.RUNNING));
    plane.faults.add(JobsInMemory.record(1, TASK, "first\nline"));
    plane.faults.add(JobsInMemory.record(2, "nightly/price/4", "of another"));
    plane.faults.add(JobsInMemory.record(5, TASK, "x".repeat(500)));
  }

  private Ran run(String... arguments) {
    return Ran.with(plane.client(), "", arguments);
  }

  @Test
  void workersAreListedWithHealthAndLoad() {
    assertThat(run("worker", "ls").endedWith(Exit.DONE).out())
        .isEqualTo(
            """
            WORKER  NODE   HEALTH    RUNNING  LOAD     SPARE  REPORTED  REASON                   HANDLERS
            w1      host7  HEALTHY   2/4      80/40/3  no     1.5s ago  -                        pricing,summing
            w2      host8  STRAINED  2/4      80/40/3  yes    1.5s ago  heap 97% of at most 95%  pricing
            w3      host8  HEALTHY   2/4      80/40/3  no     1.5s ago  -                        other
            """);
    JsonNode some =
        run("worker", "ls", "--handler", "pricing", "--node", "host8", "-o", "json").json();
    assertThat(some.path("workers")).hasSize(1);
    assertThat(some.path("workers").path(0).path("id").asText()).isEqualTo("w2");
    assertThat(some.path("workers").path(0).path("heardMillisAgo").asLong()).isEqualTo(1_500);
  }

  @Test
  void workerIsDrainedAndTakenAwayByTheEpochItHas() {
    assertThat(run("worker", "drain", "w1").endedWith(Exit.DONE).out())
        .isEqualTo("w1 DRAINING, 1 tasks go on\n");
    assertThat(run("worker", "remove", "w1", "-o", "json").json().path("removed").asBoolean())
        .isTrue();
    assertThat(run("worker", "remove", "w2").endedWith(Exit.DONE).out())
        .isEqualTo("removed w2, 1 tasks are given to others\n");
    assertThat(plane.workers.rows).extracting(WorkerStatus::id).containsExactly("w3");
    run("worker", "drain", "w1").endedWith(Exit.NOT_FOUND).saidOneLine();
    run("worker", "remove", "w1").endedWith(Exit.NOT_FOUND).saidOneLine();
  }

  @Test
  void tasksOfAStateAreFoundBehindPagesThatHaveNone() {
    for (int i = 0; i < 5; i++) {
      plane.tasks.add(JobsInMemory.task("nightly/sum/" + i, TaskState.SUCCEEDED));
    }
    plane.tasks.add(JobsInMemory.task("z", TaskState.FAILED));
    JsonNode failed = run("task", "ls", "--state", "FAILED", "-o", "json").json();
    assertThat(failed.path("tasks")).hasSize(1);
    assertThat(failed.path("tasks").path(0).path("name").asText()).isEqualTo("z");
    assertThat(failed.path("more").asBoolean(true)).isFalse();
  }

  @Test
  void serverThatWasReplacedAndStillRunsIsNoMember() {
    assertThat(run("status").endedWith(Exit.DONE).out()).contains("LEADER");
    plane.members = List.of(new Admin.Member("node2", "h:1", "h:2", "h:3"));
    assertThat(run("status").endedWith(Exit.DONE).out())
        .contains("node1  127.0.0.1:7420  NO MEMBER  ", "Members: node2=h:1");
  }

  @Test
  void endedTaskHasNothingToRecover() {
    plane.tasks.add(JobsInMemory.task("nightly/sum/0", TaskState.SUCCEEDED));
    assertThat(run("task", "explain", "nightly/sum/0").endedWith(Exit.DONE).out())
        .contains("about       nothing: the task has ended")
        .doesNotContain("RESUME\npause");
    JsonNode json = run("task", "explain", "nightly/sum/0", "-o", "json").json();
    assertThat(json.path("ended").asBoolean()).isTrue();
  }

  @Test
  void tasksOfAWorkerHaveProgress() {
    assertThat(run("worker", "tasks", "w1").endedWith(Exit.DONE).out())
        .contains(TASK + "  RUNNING  2        9      3/9       3           15");
    run("worker", "tasks", "nix").endedWith(Exit.NOT_FOUND).saidOneLine();
  }

  @Test
  void faultsOfATaskHavePlaceActionAndRecoveryPoint() {
    Ran ran = run("task", "fault", TASK).endedWith(Exit.DONE);
    assertThat(ran.out().lines()).hasSize(3);
    assertThat(ran.out())
        .contains(
            "1  15000  TASK_ERROR  node=host7,worker=w1  2        3           10   RESUME  1.1s"
                + "   first\\nline",
            "x...")
        .doesNotContain("another");
    JsonNode json = run("task", "fault", TASK, "-o", "json").json().path("faults").path(0);
    assertThat(json.path("fault").path("place").path("node").asText()).isEqualTo("host7");
    assertThat(json.path("fault").path("action").asText()).isEqualTo("RESUME");
    assertThat(run("task", "fault", "billing").endedWith(Exit.USAGE).saidOneLine().err())
        .contains("JOB/STAGE/PARTITION");
    run("task", "fault", "nix/price/3").endedWith(Exit.NOT_FOUND).saidOneLine();
  }

  @Test
  void itemsInQuarantineAreListedOverPages() {
    assertThat(run("task", "quarantine", TASK).endedWith(Exit.DONE).out())
        .isEqualTo(
            """
            ITEM    FAILURES  TYPE        LAST FAULT
            line-7  3         TASK_ERROR  odd line
            \\xff    1         -           -
            """);
    JsonNode cut = run("task", "quarantine", TASK, "--limit", "1", "-o", "json").json();
    assertThat(cut.path("items")).hasSize(1);
    assertThat(cut.path("more").asBoolean()).isTrue();
  }

  @Test
  void explainSaysWhatRecoveryWillDo() {
    assertThat(run("task", "explain", TASK).endedWith(Exit.DONE).out())
        .isEqualTo(
            """
            task        nightly/price/3
            state       RUNNING
            attempt     2
            owner       w1
            checkpoint  3
            lsn         15, 10 in the checkpoint
            last fault  TASK_ERROR at node=host7,worker=w1, RESUME

            about       the loss of its worker
            action      RESUME
            pause       2.4s
            from        checkpoint 3, then records 11 to 15
            reads       2.0 KiB
            because     few faults so far
            """);
    assertThat(plane.explained).isEmpty();
  }

  @Test
  void explainAsksAboutTheFaultThatIsNamed() {
    Ran ran =
        run("task", "explain", TASK, "--type", "DISK_FULL", "--node", "host7", "--path", "/data");
    assertThat(ran.endedWith(Exit.DONE).out())
        .contains("about       DISK_FULL on node host7, at /data");
    Fault fault = plane.explained.orElseThrow();
    assertThat(fault.type()).isEqualTo("DISK_FULL");
    assertThat(fault.place().node()).isEqualTo("host7");
    assertThat(fault.place().path()).isEqualTo("/data");
    run("task", "explain", TASK, "--type", "POISON_ITEM", "--item", "i").endedWith(Exit.DONE);
    assertThat(plane.explained.orElseThrow().place().item()).isEqualTo(Bytes.utf8("i"));
    JsonNode json = run("task", "explain", TASK, "-o", "json").json();
    assertThat(json.path("firstRecord").asLong()).isEqualTo(11);
    assertThat(json.path("task").path("lastLsn").asLong()).isEqualTo(15);
  }

  @Test
  void explainOfATaskWithoutAWorkerSaysForWhatItWaits() {
    plane.tasks.add(JobsInMemory.task("nightly/price/5", TaskState.PENDING));
    assertThat(run("task", "explain", "nightly/price/5").endedWith(Exit.DONE).out())
        .endsWith("\nwaits       for a worker\n")
        .doesNotContain("loss of its worker");
    assertThat(run("task", "explain", "nightly/price/5", "--type", "NETWORK").out())
        .contains("waits       for a worker\nabout       NETWORK\n");
    JsonNode json = run("task", "explain", "nightly/price/5", "-o", "json").json();
    assertThat(json.path("waiting").asText()).isEqualTo("for a worker");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nightly/price/9 | default:nightly/price/9 was never dispatched, and has no task yet: it waits for a worker; see 'cairn job show nightly'",
        "nightly/sum/0 | was never dispatched, and has no task yet: stage 'sum' waits for those before it",
        "old/price/9 | was never dispatched, and has no task yet: job default:old is SUCCEEDED",
        "nightly/price/10 | no partition 10: stage 'price' of job default:nightly has partitions 0 to 9",
        "nightly/price/3#1 | partition nightly/price/3 has no run 1 now",
        "nightly/nix/0 | job default:nightly has no stage 'nix', only price, sum",
        "nix/price/0 | no task default:nix/price/0; see 'cairn task ls'",
      })
  void absentTaskOfAJobIsToldWhy(String task, String told) {
    for (String command : List.of("show", "explain", "history")) {
      assertThat(run("task", command, task).endedWith(Exit.NOT_FOUND).saidOneLine().err())
          .contains(told);
    }
  }

  @Test
  void faultThatTheStoreFoundIsToldWithItsPlace() {
    Fault lost =
        Fault.of("PROCESS_LOST", "", true, "its worker's lease has ended")
            .at(new FaultPlace("host7", "w1", "", "", Bytes.empty(), List.of()));
    assertThat(history(lost))
        .endsWith("PROCESS_LOST at node=host7,worker=w1: its worker's lease has ended");
    assertThat(history(Fault.of("PROCESS_LOST", "", true, "gone"))).endsWith("PROCESS_LOST: gone");
  }

  private static String history(Fault fault) {
    TaskHistoryEvent event =
        new TaskHistoryEvent(1, 5, "LOST", 1, 2, "w1", -1, 0, java.util.Optional.of(fault));
    return TaskShown.table(List.of(event)).lines().get(1);
  }

  @Test
  void diagnoseSaysCausesBestFirst() {
    assertThat(run("diagnose", "nightly").endedWith(Exit.DONE).out())
        .isEqualTo("no faults are kept\n");
    plane.causes.add(
        new Cause(
            Cause.Kind.BAD_NODE,
            "host7",
            0.873,
            9,
            List.of("a/s/0", "a/s/1", "a/s/2", "a/s/3").stream().map(TaskName::of).toList(),
            "9 of 10 faults were on host7."));
    for (String[] words :
        List.of(
            new String[] {"diagnose", "nightly"}, new String[] {"diagnose", "--node", "host7"})) {
      assertThat(run(words).endedWith(Exit.DONE).out())
          .isEqualTo(
              """
              CONFIDENCE  KIND      WHAT   FAULTS  TASKS
              0.87        BAD_NODE  host7  9       a/s/0, a/s/1, a/s/2 and 1 more

              BAD_NODE: 9 of 10 faults were on host7.
              """);
    }
    JsonNode json = run("diagnose", "nightly", "-o", "json").json().path("causes").path(0);
    assertThat(json.path("confidence").asDouble()).isEqualTo(0.873);
    assertThat(json.path("tasks")).hasSize(4);
  }

  @Test
  void topShowsRunningJobsAndWorkers() {
    assertThat(run("top", "--once", "--rows", "2").endedWith(Exit.DONE).out())
        .isEqualTo(
            """
            Cluster test, 1 of 1 nodes answer, leader node1
            1 jobs, 2+ workers (1 HEALTHY, 1 STRAINED), 4 of 8 places taken

            JOB      STATE    DONE   LEFT   RATE      SUCCEEDED  FAILED  RUNNING  PENDING  WAITING  FAULTS
            nightly  RUNNING  45.5%  12.0s  30.0/min  5/11       0       2        1        3        2

            WORKER  NODE   HEALTH    RUNNING  LOAD     SPARE  REPORTED  REASON                   HANDLERS
            w1      host7  HEALTHY   2/4      80/40/3  no     1.5s ago  -                        pricing,summing
            w2      host8  STRAINED  2/4      80/40/3  yes    1.5s ago  heap 97% of at most 95%  pricing
            ... and more workers
            """);
    assertThat(run("top", "--once", "--all").endedWith(Exit.DONE).out()).contains("old  ");
  }

  @Test
  void topWithoutATerminalPrintsFramesOneBehindTheOther() throws Exception {
    Ran text = run("top", "-n", "3", "--interval", "0").endedWith(Exit.DONE);
    assertThat(text.out().lines().filter(line -> line.startsWith("Cluster"))).hasSize(3);
    assertThat(text.out()).doesNotContain("\u001b");
    Ran json = run("top", "-n", "2", "--interval", "0", "-o", "json").endedWith(Exit.DONE);
    for (String line : json.out().lines().toList()) {
      JsonNode frame = new ObjectMapper().readTree(line);
      assertThat(frame.path("jobs").path(0).path("perSecond").asDouble()).isEqualTo(0.5);
      assertThat(frame.path("workers")).hasSize(3);
    }
  }

  @Test
  void rateOfALaterFrameIsSinceTheOneBefore() {
    TopFrame first = frame(java.util.Optional.empty());
    plane.now += 2_000;
    TopFrame second = frame(java.util.Optional.of(first));
    assertThat(first.lines()).anyMatch(line -> line.contains("30.0/min"));
    assertThat(second.lines()).anyMatch(line -> line.contains(" 0/s "));
    assertThat(second.before().orElseThrow().before()).isEmpty();
  }

  private TopFrame frame(java.util.Optional<TopFrame> before) {
    return TopFrame.of(plane.client(), "default", java.util.Set.of(JobState.RUNNING), 5, before);
  }

  @Test
  void screenOfATerminalIsCutAndGivenBack() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Output output =
        new Output(new PrintStream(out, false, UTF_8), new PrintStream(out, false, UTF_8));
    Screen screen = new Screen(output, true);
    Screen.Size size = new Screen.Size(2, 5);
    assertThat(screen.show(List.of("one", "two", "three"), size)).isTrue();
    assertThat(screen.show(List.of("fours", "and more"), size)).isTrue();
    screen.close();
    screen.close();
    assertThat(screen.show(List.of("late"), size)).isFalse();
    assertThat(out.toString(UTF_8).replace("\u001b[", "^"))
        .isEqualTo("^?1049h^?25l^2J^Hone^K\r\n...^K^J" + "^Hfours\r\nand m^J" + "^?25h^?1049l");
  }

  @Test
  void ringIsThatOfTheClustersWorkers() {
    JsonNode all = run("ring", "show", "--keys", "100", "-o", "json").endedWith(Exit.DONE).json();
    assertThat(all.path("workers")).hasSize(2);
    JsonNode some =
        run("ring", "show", "--handler", "pricing", "--keys", "100", "-o", "json").json();
    assertThat(some.path("workers")).hasSize(1);
    assertThat(some.path("workers").path(0).path("worker").asText()).isEqualTo("w1");
    assertThat(run("ring", "show", "--handler", "nix").endedWith(Exit.NOT_FOUND).err())
        .contains("for 'nix'", "--workers N");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "worker",
        "worker ls --limit 0",
        "worker tasks",
        "task fault",
        "task quarantine nightly/price/3 --limit 0",
        "task explain billing",
        "task explain nightly/price/3 --node host7",
        "diagnose",
        "diagnose nightly --node host7",
        "top --once -n 3",
        "top -n 0",
        "top --rows 0",
        "top --interval often"
      })
  void wrongUsageIsOneLine(String words) {
    run(words.split(" ", -1)).endedWith(Exit.USAGE).saidOneLine();
  }
}
