package io.cairn.core.task;

import static io.cairn.protocol.v1.TaskState.CANCELLED;
import static io.cairn.protocol.v1.TaskState.CLAIMED;
import static io.cairn.protocol.v1.TaskState.FAILED;
import static io.cairn.protocol.v1.TaskState.PENDING;
import static io.cairn.protocol.v1.TaskState.RUNNING;
import static io.cairn.protocol.v1.TaskState.SUCCEEDED;
import static io.cairn.protocol.v1.TaskState.SUSPECT;

import io.cairn.protocol.v1.TaskState;
import java.util.List;
import java.util.Optional;

/**
 * The one table of allowed changes of a task's state. Creation puts a task into PENDING, deletion
 * takes it away from any state that is not live; between them there is only:
 *
 * <pre>
 * PENDING   ACQUIRE    RUNNING     a lease owns it from here, under a new epoch
 * PENDING   DISPATCH   CLAIMED     a worker is told to run it, under a new epoch
 * PENDING   CANCEL     CANCELLED   nobody will run it
 * CLAIMED   START      RUNNING     the worker has it
 * CLAIMED   TAKE_BACK  PENDING     the worker did not say so in time
 * CLAIMED   RELEASE    PENDING     the owner gave it back before it ran
 * CLAIMED   LOSE       PENDING     the owner's lease ended before it ran
 * CLAIMED   RETRY      PENDING     the owner could not start it, another may
 * CLAIMED   FAIL       FAILED      the owner could not start it, nobody can
 * CLAIMED   COMPLETE   SUCCEEDED   the owner found nothing left to do
 * CLAIMED   CANCEL     CANCELLED   the owner is fenced
 * RUNNING   SUSPECT    SUSPECT     progress stands still
 * RUNNING   RELEASE    PENDING     the owner gave it back
 * RUNNING   LOSE       PENDING     the owner's lease ended
 * RUNNING   RETRY      PENDING     a fault ended the attempt, not the task
 * RUNNING   FAIL       FAILED      a fault ended the task
 * RUNNING   COMPLETE   SUCCEEDED   the result is stored
 * RUNNING   CANCEL     CANCELLED   the owner is fenced
 * SUSPECT   RELIEVE    RUNNING     progress goes on
 * SUSPECT   RELEASE    PENDING     the owner, late, gave it back
 * SUSPECT   LOSE       PENDING     the owner's lease ended
 * SUSPECT   RETRY      PENDING     a fault ended the attempt, or patience did
 * SUSPECT   FAIL       FAILED      the same, and ended the task
 * SUSPECT   COMPLETE   SUCCEEDED   the owner, late, finished
 * SUSPECT   CANCEL     CANCELLED   the owner is fenced
 * SUCCEEDED REJECT     FAILED      its result agrees with no others of its partition
 * SUCCEEDED RERUN      PENDING     results that it compared are joined by another
 * FAILED    RERUN      PENDING     its job runs again
 * CANCELLED RERUN      PENDING     its job runs again
 * </pre>
 *
 * Who acquires a task acknowledges by asking, so ACQUIRE leads to RUNNING. CLAIMED and SUSPECT are
 * for tasks of jobs.
 */
final class TaskTransitions {
  /** One allowed change. */
  record Edge(TaskState from, TaskCause cause, TaskState to) {}

  private static final List<Edge> EDGES =
      List.of(
          new Edge(PENDING, TaskCause.ACQUIRE, RUNNING),
          new Edge(PENDING, TaskCause.DISPATCH, CLAIMED),
          new Edge(PENDING, TaskCause.CANCEL, CANCELLED),
          new Edge(CLAIMED, TaskCause.START, RUNNING),
          new Edge(CLAIMED, TaskCause.TAKE_BACK, PENDING),
          new Edge(CLAIMED, TaskCause.RELEASE, PENDING),
          new Edge(CLAIMED, TaskCause.LOSE, PENDING),
          new Edge(CLAIMED, TaskCause.RETRY, PENDING),
          new Edge(CLAIMED, TaskCause.FAIL, FAILED),
          new Edge(CLAIMED, TaskCause.COMPLETE, SUCCEEDED),
          new Edge(CLAIMED, TaskCause.CANCEL, CANCELLED),
          new Edge(RUNNING, TaskCause.SUSPECT, SUSPECT),
          new Edge(RUNNING, TaskCause.RELEASE, PENDING),
          new Edge(RUNNING, TaskCause.LOSE, PENDING),
          new Edge(RUNNING, TaskCause.RETRY, PENDING),
          new Edge(RUNNING, TaskCause.FAIL, FAILED),
          new Edge(RUNNING, TaskCause.COMPLETE, SUCCEEDED),
          new Edge(RUNNING, TaskCause.CANCEL, CANCELLED),
          new Edge(SUSPECT, TaskCause.RELIEVE, RUNNING),
          new Edge(SUSPECT, TaskCause.RELEASE, PENDING),
          new Edge(SUSPECT, TaskCause.LOSE, PENDING),
          new Edge(SUSPECT, TaskCause.RETRY, PENDING),
          new Edge(SUSPECT, TaskCause.FAIL, FAILED),
          new Edge(SUSPECT, TaskCause.COMPLETE, SUCCEEDED),
          new Edge(SUSPECT, TaskCause.CANCEL, CANCELLED),
          new Edge(SUCCEEDED, TaskCause.REJECT, FAILED),
          new Edge(SUCCEEDED, TaskCause.RERUN, PENDING),
          new Edge(FAILED, TaskCause.RERUN, PENDING),
          new Edge(CANCELLED, TaskCause.RERUN, PENDING));

  private TaskTransitions() {}

  /** Where a cause leads; empty: it is not allowed in this state. */
  static Optional<TaskState> next(TaskState from, TaskCause cause) {
    return EDGES.stream()
        .filter(edge -> edge.from() == from && edge.cause() == cause)
        .map(Edge::to)
        .findFirst();
  }

  /** True if a task in this state has an owner, and its epoch is live (I4). */
  static boolean live(TaskState state) {
    return state == CLAIMED || state == RUNNING || state == SUSPECT;
  }
}
