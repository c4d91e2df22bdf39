package io.cairn.client.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.client.Bytes;
import io.cairn.client.Fault;
import io.cairn.client.FaultPlace;
import io.cairn.client.TaskName;
import io.cairn.protocol.FaultTypes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Each pattern of faults points to its cause. */
class DiagnosisTest {
  private final List<FaultRecord> faults = new ArrayList<>();

  @Test
  void sixTasksOfSeveralWorkersOfOneNodeAreOneLostNode() {
    for (int i = 0; i < 6; i++) {
      fault(FaultTypes.PROCESS_LOST, "n1", "w" + i % 3, i, 1_000 + i * 300);
    }
    Cause cause = best();
    assertThat(cause.kind()).isEqualTo(Cause.Kind.NODE_LOST);
    assertThat(cause.what()).isEqualTo("n1");
    assertThat(cause.faults()).isEqualTo(6);
    assertThat(cause.tasks()).hasSize(6);
    assertThat(Diagnosis.of(faults)).hasSize(1);
  }

  @Test
  void tasksOfOneWorkerAreOneLostWorker() {
    fault(FaultTypes.PROCESS_LOST, "n1", "w1", 0, 1_000);
    fault(FaultTypes.PROCESS_LOST, "n1", "w1", 1, 1_000);
    assertThat(best().kind()).isEqualTo(Cause.Kind.WORKER_LOST);
    assertThat(best().what()).isEqualTo("w1");
  }

  @Test
  void workersOfOneNodeLostOnDifferentDaysAreNoLostNode() {
    fault(FaultTypes.PROCESS_LOST, "n1", "w1", 0, 1_000);
    fault(FaultTypes.PROCESS_LOST, "n1", "w2", 1, 90_000_000);
    assertThat(Diagnosis.of(faults)).extracting(Cause::kind).containsOnly(Cause.Kind.WORKER_LOST);
  }

  @Test
  void workersOfManyNodesAtOnceAreTheNetworkOrTheCluster() {
    for (int i = 0; i < 8; i++) {
      fault(FaultTypes.PROCESS_LOST, "n" + i, "w" + i, i, 5_000 + i);
    }
    assertThat(best().kind()).isEqualTo(Cause.Kind.NETWORK_OR_CLUSTER);
    assertThat(best().faults()).isEqualTo(8);
  }

  @Test
  void filesOfOneFolderThatFindNoRoomAreOneFullDisk() {
    for (int i = 0; i < 4; i++) {
      Fault full = of(FaultTypes.DISK_FULL, "n1", "w1", i * 60_000L);
      add(full.at(full.place().withPath("/data/out/part-" + i)), i);
    }
    assertThat(best().kind()).isEqualTo(Cause.Kind.DISK_FULL);
    assertThat(best().what()).isEqualTo("n1:/data/out");
    assertThat(best().faults()).isEqualTo(4);
  }

  @Test
  void fullDiskWithoutAPathIsThatOfTheNode() {
    for (int i = 0; i < 4; i++) {
      add(of(FaultTypes.DISK_FULL, "n1", "w1", i * 60_000L), i);
    }
    assertThat(best().kind()).isEqualTo(Cause.Kind.DISK_FULL);
    assertThat(best().what()).isEqualTo("n1");
  }

  @Test
  void sameStackOnManyNodesIsABugOfTheHandler() {
    for (int i = 0; i < 5; i++) {
      add(withStack(of(FaultTypes.TASK_ERROR, "n" + i, "w" + i, i * 1_000L), "same"), i);
    }
    add(withStack(of(FaultTypes.TASK_ERROR, "n0", "w0", 9_000), "other"), 9);
    assertThat(best().kind()).isEqualTo(Cause.Kind.HANDLER_BUG);
    assertThat(best().faults()).isEqualTo(5);
    assertThat(Diagnosis.of(faults)).extracting(Cause::kind).contains(Cause.Kind.UNEXPLAINED);
  }

  @Test
  void differentStacksOfManyTasksOnOneNodeAreABadNode() {
    for (int i = 0; i < 6; i++) {
      add(withStack(of(FaultTypes.TASK_ERROR, "bad", "w" + i, i * 1_000L), "stack " + i), i);
    }
    add(withStack(of(FaultTypes.TASK_ERROR, "good", "w9", 9_000), "stack 9"), 9);
    assertThat(best().kind()).isEqualTo(Cause.Kind.BAD_NODE);
    assertThat(best().what()).isEqualTo("bad");
  }

  @Test
  void resultsOfOneWorkerThatOthersContradictAreThatWorkers() {
    fault(FaultTypes.RESULT_MISMATCH, "n3", "w3", 0, 1_000);
    fault(FaultTypes.RESULT_MISMATCH, "n3", "w3", 1, 2_000);
    assertThat(best().kind()).isEqualTo(Cause.Kind.WRONG_RESULTS);
    assertThat(best().what()).isEqualTo("w3");
    assertThat(best().explanation()).contains("2 results of worker 'w3' on node 'n3'");
    double alone = best().confidence();
    fault(FaultTypes.RESULT_MISMATCH, "n1", "w1", 2, 3_000);
    assertThat(best().confidence()).isLessThan(alone);
  }

  @Test
  void itemThatFailsOnTwoNodesIsPoison() {
    for (int i = 0; i < 3; i++) {
      Fault poison = of(FaultTypes.POISON_ITEM, "n" + i % 2, "w" + i % 2, i * 1_000L);
      add(poison.at(poison.place().withItem(Bytes.utf8("line 7"))), 4);
    }
    assertThat(best().kind()).isEqualTo(Cause.Kind.POISON_ITEM);
    assertThat(best().what()).isEqualTo("'line 7'");
    assertThat(best().tasks()).hasSize(1);
  }

  @Test
  void orderOfTheFaultsDoesNotMatter() {
    sixTasksOfSeveralWorkersOfOneNodeAreOneLostNode();
    fault(FaultTypes.OUT_OF_MEMORY, "n2", "w8", 3, 1_500);
    fault(FaultTypes.TIMEOUT, "n3", "w9", 3, 2_500);
    List<Cause> causes = Diagnosis.of(faults);
    Collections.shuffle(faults, new Random(3));
    assertThat(Diagnosis.of(faults)).isEqualTo(causes);
    assertThat(causes).allMatch(cause -> cause.confidence() > 0 && cause.confidence() < 1);
  }

  @Test
  void noFaultsHaveNoCause() {
    assertThat(Diagnosis.of(List.of())).isEmpty();
  }

  private Cause best() {
    return Diagnosis.of(faults).get(0);
  }

  private void fault(String type, String node, String worker, int partition, long timeMillis) {
    add(of(type, node, worker, timeMillis), partition);
  }

  private void add(Fault fault, int partition) {
    faults.add(
        new FaultRecord(
            faults.size() + 1, TaskName.of("j/s/" + partition), "s", partition, 0, fault));
  }

  private static Fault of(String type, String node, String worker, long timeMillis) {
    FaultPlace place = new FaultPlace(node, worker, "s/0", "", Bytes.empty(), List.of());
    return new Fault(
        type, "X.java:1", 1, 1, true, type, Bytes.empty(), -1, 0, timeMillis, place, "RESUME", 0);
  }

  private static Fault withStack(Fault fault, String stack) {
    return new Fault(
        fault.type(),
        fault.location(),
        1,
        1,
        true,
        fault.message(),
        Bytes.utf8(stack),
        -1,
        0,
        fault.timeMillis(),
        fault.place(),
        "RESUME",
        0);
  }
}
