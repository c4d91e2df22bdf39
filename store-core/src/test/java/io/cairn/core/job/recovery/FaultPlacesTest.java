package io.cairn.core.job.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.protocol.v1.FaultPlace;
import io.cairn.protocol.v1.TaskOfJob;
import org.junit.jupiter.api.Test;

class FaultPlacesTest {
  private static final TaskOfJob TASK =
      TaskOfJob.newBuilder()
          .setStage("stage")
          .setPartition(3)
          .setNode("node-1")
          .setWorker("worker-1")
          .build();

  @Test
  void whatIsAddedIsLessExactThanWhatWasTold() {
    for (FaultPlace.Kind kind : FaultPlace.Kind.values()) {
      if (kind != FaultPlace.Kind.UNRECOGNIZED && kind != FaultPlace.Kind.NOWHERE) {
        FaultPlace told = JobStore.fault("X", kind).getPlace();
        FaultPlace bare = told.toBuilder().clearNode().clearWorker().clearPartition().build();
        FaultPlace least = FaultPlaces.kind(bare) == kind ? bare : told;
        assertThat(FaultPlaces.kind(FaultPlaces.completed(TASK, least))).isEqualTo(kind);
      }
    }
  }

  @Test
  void faultWithoutAPlaceIsThePartitions() {
    assertThat(FaultPlaces.completed(TASK, FaultPlace.getDefaultInstance()))
        .isEqualTo(
            FaultPlace.newBuilder()
                .setNode("node-1")
                .setWorker("worker-1")
                .setPartition("stage/3")
                .build());
  }

  @Test
  void lossOfAWorkerIsAtTheWorker() {
    assertThat(FaultPlaces.kind(FaultPlaces.ofWorker(TASK))).isEqualTo(FaultPlace.Kind.WORKER);
  }
}
