package io.cairn.core.job;

import io.cairn.protocol.v1.TaskOfJob.Decision;
import io.cairn.protocol.v1.TaskOrBuilder;
import io.cairn.protocol.v1.TaskState;
import java.util.Collection;

/** What a partition counts as in its stage, whatever the number of its runs. */
enum PartitionState {
  /** None of its runs has a worker, and one will. */
  PENDING,
  /** One of its runs has a worker. */
  RUNNING,
  /** The result of one of its runs was accepted. */
  SUCCEEDED,
  /** One has failed for good, or results disagree, and nothing goes on. */
  FAILED,
  /** What was called off. */
  CANCELLED;

  /** A task of the partition, as far as it matters here. */
  record Run(TaskState state, Decision decision) {
    static Run of(TaskOrBuilder task) {
      return new Run(task.getState(), task.getJob().getDecision());
    }
  }

  /** What the partition of these tasks is: its runs, and what compares their results. */
  static PartitionState of(Collection<Run> runs) {
    boolean failed = false;
    boolean pending = false;
    boolean running = false;
    for (Run run : runs) {
      if (run.decision() == Decision.ACCEPTED) {
        return SUCCEEDED;
      }
      switch (run.state()) {
        case FAILED -> failed = true;
        case PENDING -> pending = true;
        case CLAIMED, RUNNING, SUSPECT -> running = true;
        default -> {} // nothing goes on, and nothing was decided
      }
    }
    if (running) {
      return RUNNING;
    }
    if (pending) {
      return PENDING;
    }
    return failed ? FAILED : CANCELLED;
  }
}
