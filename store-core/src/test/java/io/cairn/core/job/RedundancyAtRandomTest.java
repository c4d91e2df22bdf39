package io.cairn.core.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.core.job.PartitionState.Run;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Job;
import io.cairn.protocol.v1.JobState;
import io.cairn.protocol.v1.StageStatus;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskOfJob.Decision;
import io.cairn.protocol.v1.TaskState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold of jobs with redundancy whatever happens. */
class RedundancyAtRandomTest {
  private static final int STEPS = 200;
  private static final long SEED = Long.getLong("seed", 0);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void invariantsHoldAndARestartChangesNothing(long number) {
    long seed = SEED + number;
    try (JobStore one = new JobStore(folder.resolve("one"));
        JobStore other = new JobStore(folder.resolve("other"))) {
      RandomRedundancy going = new RandomRedundancy(seed, one);
      RandomRedundancy restarted = new RandomRedundancy(seed, other);
      one.lease(1_000);
      other.lease(1_000);
      for (int i = 0; i < STEPS; i++) {
        going.step();
        restarted.step();
        check(one, going.jobs());
        check(other, restarted.jobs());
        if (i % 7 == 0) {
          other.restart();
          one.apply(context -> true); // as a restart does
        }
      }
      one.commit();
      other.commit();
      assertThat(other.digest()).as("I2, I7: seed " + seed).isEqualTo(one.digest());
    }
  }

  private static void check(JobStore store, List<Job> jobs) {
    int waiting = 0;
    for (Job job : jobs) {
      Map<String, Map<Integer, List<Task>>> stages = new TreeMap<>();
      for (Task task : store.tasksOf(job.getName().getName() + "/")) {
        stages
            .computeIfAbsent(task.getJob().getStage(), unused -> new TreeMap<>())
            .computeIfAbsent(task.getJob().getPartition(), unused -> new ArrayList<>())
            .add(task);
        boolean waits =
            task.getState() == TaskState.PENDING && task.getJob().getRetryTimeMillis() == 0;
        waiting += waits ? 1 : 0;
        checkStandby(task);
      }
      for (StageStatus stage : job.getStagesList()) {
        checkStage(job, stage, stages.getOrDefault(stage.getName(), Map.of()));
      }
      stages
          .values()
          .forEach(byPartition -> byPartition.values().forEach(RedundancyAtRandomTest::checkRuns));
      stages
          .values()
          .forEach(byPartition -> byPartition.values().forEach(runs -> checkFenced(store, runs)));
    }
    assertThat(store.keys(ColumnFamily.READY)).hasSize(waiting);
    store.checkBoard();
  }

  /** Each partition counts once. */
  private static void checkStage(Job job, StageStatus stage, Map<Integer, List<Task>> made) {
    Map<PartitionState, Integer> counts = new EnumMap<>(PartitionState.class);
    made.values()
        .forEach(
            runs ->
                counts.merge(
                    PartitionState.of(runs.stream().map(Run::of).toList()), 1, Integer::sum));
    String of = job.getName().getName() + " " + stage + " of " + made.values();
    assertThat(stage.getPending()).as(of).isEqualTo(counts.getOrDefault(PartitionState.PENDING, 0));
    assertThat(stage.getRunning()).as(of).isEqualTo(counts.getOrDefault(PartitionState.RUNNING, 0));
    assertThat(stage.getSucceeded())
        .as(of)
        .isEqualTo(counts.getOrDefault(PartitionState.SUCCEEDED, 0));
    assertThat(stage.getFailed()).as(of).isEqualTo(counts.getOrDefault(PartitionState.FAILED, 0));
    assertThat(stage.getPartitions())
        .as(of)
        .isEqualTo(
            stage.getWaiting()
                + stage.getPending()
                + stage.getRunning()
                + stage.getSucceeded()
                + stage.getFailed()
                + stage.getCancelled());
    if (job.getState() != JobState.JOB_RUNNING) {
      assertThat(stage.getPending() + stage.getRunning()).as(of).isZero();
    }
    if (job.getState() == JobState.JOB_SUCCEEDED) {
      assertThat(stage.getSucceeded()).as(of).isEqualTo(stage.getPartitions());
    }
  }

  private static void checkRuns(List<Task> runs) {
    Set<String> workers = new HashSet<>();
    int accepted = 0;
    int open = 0;
    for (Task run : runs) {
      boolean live = run.getLease() != 0;
      open += live || run.getState() == TaskState.PENDING ? 1 : 0;
      accepted += run.getJob().getDecision() == Decision.ACCEPTED ? 1 : 0;
      if (live && run.getJob().getReplica() != Runs.COMPARISON) {
        assertThat(workers.add(run.getOwner())).as("one worker, two runs: " + runs).isTrue();
      }
    }
    assertThat(accepted).as(runs.toString()).isLessThanOrEqualTo(1);
    if (accepted == 1) {
      assertThat(open).as("open beside an accepted one: " + runs).isZero();
    }
  }

  private static void checkFenced(JobStore store, List<Task> runs) {
    for (Task run : runs) {
      if (run.getJob().getDecision() == Decision.NOT_NEEDED
          && run.getState() == TaskState.CANCELLED
          && run.getEpoch() > 0) {
        JobStore.refused(
            ErrorCode.FENCED, () -> store.complete(run.getName().getName(), run.getEpoch()));
      }
    }
  }

  private static void checkStandby(Task task) {
    if (!task.getJob().getStandby().isEmpty()) {
      assertThat(task.getLease()).as(task.toString()).isNotZero();
      assertThat(task.getJob().getStandby()).isNotEqualTo(task.getOwner());
    }
  }
}
