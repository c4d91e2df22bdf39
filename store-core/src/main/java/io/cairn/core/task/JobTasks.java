package io.cairn.core.task;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.storage.ReadView;
import io.cairn.protocol.v1.ResultValue;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskName;

/** The jobs, asked and told about the tasks that belong to them. Applying thread only. */
public interface JobTasks {
  /** There are no jobs. */
  JobTasks NONE =
      new JobTasks() {
        @Override
        public void checkFree(ReadView view, TaskName name) {}

        @Override
        public void checkMade(ReadView view, TaskName name) {}

        @Override
        public void checkWrite(ApplyContext context, TaskEdit edit, long checkpointSeq) {
          throw new IllegalStateException("there are no jobs, and a task of one is written");
        }

        @Override
        public void checkResult(ReadView view, Task task, ResultValue value) {
          throw new IllegalStateException("there are no jobs, and a task of one has a result");
        }

        @Override
        public TaskCause ends(ApplyContext context, TaskEdit edit, TaskCause cause) {
          throw new IllegalStateException(
              "there are no jobs, and " + cause + " ended a task of one");
        }
      };

  /** Refuses WRONG_STATE if a job's tasks have such names, so that no other may. */
  void checkFree(ReadView view, TaskName name);

  /**
   * Refuses WRONG_STATE for a name that a job's partition has which was never dispatched: it has no
   * row that could be changed.
   */
  void checkMade(ReadView view, TaskName name);

  /** Refuses a result of a job's task that could not be compared as the job says. */
  void checkResult(ReadView view, Task task, ResultValue value);

  /**
   * Refuses WRONG_STATE if the owner of a job's task may not save this alone.
   *
   * @param checkpointSeq of the checkpoint to be saved; -1: records only, or bytes for a checkpoint
   */
  void checkWrite(ApplyContext context, TaskEdit edit, long checkpointSeq);

  /**
   * An attempt of a job's task, or its waiting for one, is about to end. Called behind the last
   * check of the command and before the task is moved, so that it shows who had it; what is changed
   * in {@code edit} is stored by the caller. If a fault ended the attempt, it is the task's newest.
   *
   * @param cause why; of a fault RETRY or FAIL, as its finder sees it
   * @return why in the end: what the job makes of it, RETRY, FAIL or CANCEL, if the task was not to
   *     end by itself
   */
  TaskCause ends(ApplyContext context, TaskEdit edit, TaskCause cause);
}
