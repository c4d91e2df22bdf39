package io.cairn.core.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.protocol.v1.TaskState;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TaskTransitionsTest {
  private static final Set<TaskState> LIVE =
      EnumSet.of(TaskState.CLAIMED, TaskState.RUNNING, TaskState.SUSPECT);

  @Test
  void everyStateAndCauseLeadsWhereTheMatrixSays() {
    Map<TaskCause, TaskState> ofLive =
        Map.of(
            TaskCause.RELEASE, TaskState.PENDING,
            TaskCause.LOSE, TaskState.PENDING,
            TaskCause.RETRY, TaskState.PENDING,
            TaskCause.FAIL, TaskState.FAILED,
            TaskCause.COMPLETE, TaskState.SUCCEEDED,
            TaskCause.CANCEL, TaskState.CANCELLED);
    Map<TaskCause, TaskState> ofPending =
        Map.of(TaskCause.ACQUIRE, TaskState.RUNNING, TaskCause.CANCEL, TaskState.CANCELLED);
    for (TaskState from : TaskState.values()) {
      for (TaskCause cause : TaskCause.values()) {
        Map<TaskCause, TaskState> row =
            LIVE.contains(from) ? ofLive : from == TaskState.PENDING ? ofPending : Map.of();
        assertThat(TaskTransitions.next(from, cause))
            .as(from + " " + cause)
            .isEqualTo(Optional.ofNullable(row.get(cause)));
      }
    }
  }

  @Test
  void onlyStatesWithAnOwnerAreLive() {
    for (TaskState state : TaskState.values()) {
      assertThat(TaskTransitions.live(state)).as(state.name()).isEqualTo(LIVE.contains(state));
    }
  }
}
