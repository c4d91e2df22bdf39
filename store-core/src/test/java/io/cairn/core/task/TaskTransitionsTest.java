package io.cairn.core.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.protocol.v1.TaskState;
import java.util.EnumSet;
import java.util.HashMap;
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
    Map<TaskState, Map<TaskCause, TaskState>> ofOne =
        Map.of(
            TaskState.PENDING,
            Map.of(
                TaskCause.ACQUIRE, TaskState.RUNNING,
                TaskCause.DISPATCH, TaskState.CLAIMED,
                TaskCause.CANCEL, TaskState.CANCELLED),
            TaskState.CLAIMED,
            Map.of(TaskCause.START, TaskState.RUNNING, TaskCause.TAKE_BACK, TaskState.PENDING),
            TaskState.RUNNING,
            Map.of(TaskCause.SUSPECT, TaskState.SUSPECT),
            TaskState.SUSPECT,
            Map.of(TaskCause.RELIEVE, TaskState.RUNNING),
            TaskState.SUCCEEDED,
            Map.of(TaskCause.REJECT, TaskState.FAILED, TaskCause.RERUN, TaskState.PENDING),
            TaskState.FAILED,
            Map.of(TaskCause.RERUN, TaskState.PENDING),
            TaskState.CANCELLED,
            Map.of(TaskCause.RERUN, TaskState.PENDING));
    for (TaskState from : TaskState.values()) {
      for (TaskCause cause : TaskCause.values()) {
        Map<TaskCause, TaskState> row = new HashMap<>(ofOne.getOrDefault(from, Map.of()));
        if (LIVE.contains(from)) {
          row.putAll(ofLive);
        }
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
