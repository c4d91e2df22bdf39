package io.cairn.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.JobStateRow;
import io.cairn.core.storage.v1.JobWalk;
import io.cairn.core.task.TaskReads;
import io.cairn.protocol.Sha256;
import io.cairn.protocol.v1.Checkpoint;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Job;
import io.cairn.protocol.v1.LogRecord;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskName;
import io.cairn.protocol.v1.TaskRecoverRequest;
import io.cairn.protocol.v1.TaskRecoverResponse;
import io.cairn.protocol.v1.TaskState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What holds of a job's barriers after each command. */
final class BarrierInvariants {
  private final Map<Long, Long> generations = new HashMap<>();
  private Map<TaskName, TaskState> states = new HashMap<>();
  private long job;
  private long barrier;
  private long generation;
  private int committed;
  private int rollbacks;
  private int reopened;

  void check(ReadView view, Command command) {
    Optional<Job> found = BarrierLoad.job(view);
    if (found.isEmpty()) {
      return;
    }
    Job now = found.get();
    List<Task> tasks = BarrierLoad.tasks(view);
    count(now, tasks);
    JobStateRow state = BarrierLoad.state(view, now);
    boolean still = state.getWalk() == JobWalk.NO_WALK;
    for (Task task : tasks) {
      TaskRecoverResponse recovery =
          TaskReads.recover(view, TaskRecoverRequest.newBuilder().setName(task.getName()).build());
      checkStart(now, task, recovery);
      if (still && task.getState() == TaskState.RUNNING) {
        assertThat(generations.computeIfAbsent(task.getEpoch(), epoch -> now.getGeneration()))
            .as("generation under which %s runs, after %s", task.getName(), command)
            .isEqualTo(now.getGeneration());
      }
    }
  }

  /** The next attempt of each task begins at the newest set, and knows nothing of after it. */
  private static void checkStart(Job job, Task task, TaskRecoverResponse recovery) {
    if (!recovery.hasCheckpoint()) {
      assertThat(job.getCommittedBarrier()).as("%s has a checkpoint", task.getName()).isZero();
    } else {
      Checkpoint start = recovery.getCheckpoint();
      assertThat(start.getBarrier())
          .as("barrier of the newest checkpoint of %s", task.getName())
          .isEqualTo(job.getCommittedBarrier());
      assertThat(start.getSeq()).isEqualTo(task.getCheckpointSeq());
      assertThat(start.getSections(0).getDigest())
          .isEqualTo(Sha256.of(BarrierLoad.stateAt(start.getBarrier())));
    }
    assertThat(task.getCheckpointSeq() - task.getOldestCheckpointSeq())
        .as("checkpoints kept")
        .isLessThanOrEqualTo(task.getSpec().getCheckpointsKept());
    if (task.getState() == TaskState.RUNNING || task.getState() == TaskState.PENDING) {
      for (LogRecord record : recovery.getRecordsList()) {
        assertThat(record.getEpoch())
            .as("epoch of record %d of %s", record.getLsn(), task.getName())
            .isEqualTo(task.getState() == TaskState.RUNNING ? task.getEpoch() : -1);
      }
    }
  }

  private void count(Job now, List<Task> tasks) {
    if (now.getId() != job) {
      job = now.getId();
      barrier = 0;
      generation = 0;
      states = new HashMap<>();
    }
    assertThat(now.getCommittedBarrier()).isGreaterThanOrEqualTo(barrier);
    assertThat(now.getGeneration()).isGreaterThanOrEqualTo(generation);
    committed += now.getCommittedBarrier() > barrier ? 1 : 0;
    rollbacks += now.getGeneration() > generation ? 1 : 0;
    barrier = now.getCommittedBarrier();
    generation = now.getGeneration();
    for (Task task : tasks) {
      TaskState before = states.put(task.getName(), task.getState());
      if (before == TaskState.SUCCEEDED && task.getState() != TaskState.SUCCEEDED) {
        reopened++;
      }
    }
  }

  int committed() {
    return committed;
  }

  int rollbacks() {
    return rollbacks;
  }

  int reopened() {
    return reopened;
  }

  @Override
  public String toString() {
    return "%d committed barriers, %d generations, %d tasks opened again"
        .formatted(committed, rollbacks, reopened);
  }
}
