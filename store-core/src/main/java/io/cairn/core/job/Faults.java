package io.cairn.core.job;

import io.cairn.core.task.TaskEdit;
import io.cairn.protocol.FaultTypes;
import io.cairn.protocol.v1.Fault;
import io.cairn.protocol.v1.FaultPlace;
import io.cairn.protocol.v1.TaskOfJob;

/** Faults that nobody reports: they are found. */
final class Faults {
  private Faults() {}

  static Fault processLost(TaskEdit edit, String message) {
    return found(FaultTypes.PROCESS_LOST, edit, message);
  }

  static Fault timeout(TaskEdit edit, String message) {
    return found(FaultTypes.TIMEOUT, edit, message);
  }

  /** Where the present attempt of a task is, as far as the store knows. */
  static FaultPlace place(TaskOfJob of) {
    return FaultPlace.newBuilder()
        .setNode(of.getNode())
        .setWorker(of.getWorker())
        .setPartition(of.getStage() + "/" + of.getPartition())
        .build();
  }

  private static Fault found(String type, TaskEdit edit, String message) {
    return Fault.newBuilder()
        .setType(type)
        .setRetryable(true)
        .setMessage(message)
        .setPlace(place(edit.task().getJob()))
        .build();
  }
}
