package io.cairn.client;

import io.cairn.client.job.Listing;
import java.util.List;
import java.util.Optional;

/**
 * Tasks as an operator sees them: what is there, its history, its checkpoints and records. Reads
 * are linearizable. To work on a task, see {@link Cairn#task}.
 */
public interface Tasks {
  /** Creates a task, or finds it; TASK_EXISTS if it has another specification. */
  Task create(TaskName name, TaskSpec spec);

  /** The task, or empty. */
  Optional<Task> get(TaskName name);

  /** One page of tasks in name order. */
  Listing<Task, TaskQuery> list(TaskQuery query);

  /** The task's kept history, oldest first. */
  List<TaskHistoryEvent> history(TaskName name);

  /** The kept checkpoints, newest first. */
  List<Checkpoint> checkpoints(TaskName name);

  /** The bytes of one section of a kept checkpoint. */
  Bytes section(TaskName name, long seq, String section);

  /** One page of the recovery log from {@code fromLsn} on, at most {@code limit} records. */
  Page<LogEntry> log(TaskName name, long fromLsn, int limit);

  /** Walks the digest chain of the log and the sections of the kept checkpoints. */
  TaskVerification verify(TaskName name);

  /** Ends a task that has not ended; its owner is fenced. */
  Task cancel(TaskName name);

  /** Removes a task and all that is kept of it. */
  Task delete(TaskName name);

  /** The owner's calls, unguarded. */
  TaskWrites raw();
}
