package io.cairn.core.job.recovery;

import io.cairn.protocol.v1.FaultPlace;
import io.cairn.protocol.v1.TaskOfJob;

/**
 * Places of faults, as exactly as is known. Rules look at the kind of the most exact place, so what
 * the store adds is always less exact than what was told.
 */
public final class FaultPlaces {
  private FaultPlaces() {}

  /** The kind of the most exact place that is named. */
  public static FaultPlace.Kind kind(FaultPlace place) {
    if (!place.getItem().isEmpty()) {
      return FaultPlace.Kind.ITEM;
    } else if (!place.getPath().isEmpty()) {
      return FaultPlace.Kind.PATH;
    } else if (!place.getPartition().isEmpty()) {
      return FaultPlace.Kind.PARTITION;
    } else if (!place.getWorker().isEmpty()) {
      return FaultPlace.Kind.WORKER;
    }
    return place.getNode().isEmpty() ? FaultPlace.Kind.NOWHERE : FaultPlace.Kind.NODE;
  }

  /** The worker that has the task, and its node. */
  public static FaultPlace ofWorker(TaskOfJob task) {
    return FaultPlace.newBuilder().setNode(task.getNode()).setWorker(task.getWorker()).build();
  }

  /** The task's partition, and where it runs. */
  public static FaultPlace ofPartition(TaskOfJob task) {
    return ofWorker(task).toBuilder()
        .setPartition(task.getStage() + "/" + task.getPartition())
        .build();
  }

  /** What was told, with what is around it. If nothing was told, it was the partition. */
  public static FaultPlace completed(TaskOfJob task, FaultPlace told) {
    FaultPlace known = ofPartition(task);
    FaultPlace.Kind kind = kind(told);
    if (kind == FaultPlace.Kind.NOWHERE) {
      return known.toBuilder().mergeFrom(told).build();
    }
    FaultPlace.Builder place = FaultPlace.newBuilder().setNode(known.getNode());
    if (kind.compareTo(FaultPlace.Kind.WORKER) > 0) {
      place.setWorker(known.getWorker());
    }
    if (kind.compareTo(FaultPlace.Kind.PARTITION) > 0) {
      place.setPartition(known.getPartition());
    }
    return place.mergeFrom(told).build();
  }
}
