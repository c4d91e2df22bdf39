package io.cairn.core.job;

import io.cairn.core.job.recovery.FaultPlaces;
import io.cairn.core.task.TaskEdit;
import io.cairn.protocol.FaultTypes;
import io.cairn.protocol.v1.Fault;
import io.cairn.protocol.v1.FaultPlace;

/** Faults that nobody reports: they are found. */
final class Faults {
  private Faults() {}

  static Fault processLost(TaskEdit edit, String message) {
    return found(FaultTypes.PROCESS_LOST, FaultPlaces.ofWorker(edit.task().getJob()), message);
  }

  static Fault timeout(TaskEdit edit, String message) {
    return found(FaultTypes.TIMEOUT, FaultPlaces.ofPartition(edit.task().getJob()), message);
  }

  static Fault mismatch(TaskEdit edit, String message) {
    FaultPlace place = FaultPlaces.ofWorker(edit.task().getJob());
    return found(FaultTypes.RESULT_MISMATCH, place, message).toBuilder()
        .setRetryable(false)
        .build();
  }

  private static Fault found(String type, FaultPlace place, String message) {
    return Fault.newBuilder()
        .setType(type)
        .setRetryable(true)
        .setMessage(message)
        .setPlace(place)
        .build();
  }
}
