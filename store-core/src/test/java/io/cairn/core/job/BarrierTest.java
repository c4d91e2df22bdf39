package io.cairn.core.job;

import static io.cairn.core.job.BarrierStore.section;
import static io.cairn.core.job.BarrierStore.spec;
import static io.cairn.core.job.JobStore.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.KeyLayout;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Barrier;
import io.cairn.protocol.v1.Barrier.Phase;
import io.cairn.protocol.v1.BarrierPrepareRequest;
import io.cairn.protocol.v1.Checkpoint;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.StageSpec;
import org.junit.jupiter.api.Test;

/** A barrier's way from its start to its commit, and what keeps it from getting there. */
class BarrierTest extends OnBarrierStore {
  @Test
  void aBarrierCommitsTheStatesOfAllTasksWithTheLastOne() {
    barriers.running(3);
    Barrier begun = barriers.begin();
    assertThat(begun.getNumber()).isEqualTo(1);
    assertThat(begun.getPhase()).isEqualTo(Phase.PAUSING);
    assertThat(begun.getTasks()).isEqualTo(3);
    assertThat(store.eventKinds())
        .containsExactly("BARRIER_PAUSE j/s/0", "BARRIER_PAUSE j/s/1", "BARRIER_PAUSE j/s/2");
    assertThat(store.events()).allMatch(event -> event.getEvent().getBarrier() == 1);

    barriers.pause("j/s/0", 1);
    assertThat(barriers.pause("j/s/2", 1).getArrived()).isEqualTo(2);
    assertThat(store.eventKinds()).isEmpty();
    assertThat(barriers.pause("j/s/1", 1).getPhase()).isEqualTo(Phase.PREPARING);
    assertThat(store.eventKinds()).hasSize(3).contains("BARRIER_PREPARE j/s/1");

    barriers.prepare("j/s/0", 1, "zero");
    barriers.prepare("j/s/1", 1, "one");
    assertThat(barriers.checkpoints("j/s/0")).isEmpty();
    store.pass(5);
    Barrier committed = barriers.prepare("j/s/2", 1, "two");
    assertThat(committed.getPhase()).isEqualTo(Phase.COMMITTED);
    assertThat(committed.getCommitTimeMillis()).isEqualTo(store.now());
    assertThat(store.eventKinds()).hasSize(3).contains("BARRIER_DONE j/s/0");
    assertThat(store.job("j").getCommittedBarrier()).isEqualTo(1);
    for (String task : store.live("j")) {
      Checkpoint checkpoint = barriers.checkpoints(task).get(0);
      assertThat(checkpoint.getSeq()).isZero();
      assertThat(checkpoint.getBarrier()).isEqualTo(1);
      assertThat(checkpoint.getSections(0).getDigest())
          .isEqualTo(
              section(task.endsWith("0") ? "zero" : task.endsWith("1") ? "one" : "two")
                  .getDigest());
    }
    assertThat(store.keys(ColumnFamily.SECTION)).hasSize(3);
  }

  @Test
  void whatIsSentAgainIsAnsweredAgainAndChangesNothing() {
    barriers.running(2);
    barriers.begin();
    barriers.pause("j/s/0", 1);
    long writes = store.rows().writes();
    assertThat(barriers.pause("j/s/0", 1).getArrived()).isEqualTo(1);
    assertThat(store.rows().writes()).isEqualTo(writes);
    barriers.pause("j/s/1", 1);
    BarrierPrepareRequest.Builder request =
        barriers
            .preparation("j/s/0", 1, "zero")
            .setFirstLsn(1)
            .addRecords(BarrierStore.record("r"));
    request.getCheckpointBuilder().setCoveredLsn(1);
    barriers.prepare(request);
    writes = store.rows().writes();
    assertThat(barriers.prepare(request).getArrived()).isEqualTo(1);
    assertThat(store.rows().writes()).isEqualTo(writes);
    refused(ErrorCode.WRONG_STATE, () -> barriers.prepare("j/s/0", 1, "other"));
    barriers.prepare("j/s/1", 1, "one");
    writes = store.rows().writes();
    assertThat(barriers.prepare(request).getPhase()).isEqualTo(Phase.COMMITTED);
    assertThat(barriers.pause("j/s/1", 1).getPhase()).isEqualTo(Phase.COMMITTED);
    assertThat(store.rows().writes()).isEqualTo(writes);
  }

  @Test
  void aPreparationTellsWhatTheTaskHasCostOnceThoughItIsSentAgain() {
    barriers.running(2);
    barriers.begin();
    barriers.pause("j/s/0", 1);
    barriers.pause("j/s/1", 1);
    BarrierPrepareRequest.Builder request = barriers.preparation("j/s/0", 1, "zero");
    request.getStatsBuilder().setCheckpointMicros(-1);
    refused(ErrorCode.INVALID_ARGUMENT, () -> barriers.prepare(request));
    request.getStatsBuilder().setCheckpointMicros(70).setRecoveredBytes(5);
    barriers.prepare(request);
    barriers.prepare(request);
    barriers.prepare("j/s/1", 1, "one");
    assertThat(store.task("j/s/0").getStats().getCheckpointMicros()).isEqualTo(70);
    assertThat(store.task("j/s/0").getStats().getRecoveredBytes()).isEqualTo(5);
    assertThat(store.task("j/s/0").getStats().getCheckpoints()).isEqualTo(1);
    assertThat(store.task("j/s/1").getStats().getCheckpointMicros()).isZero();
  }

  @Test
  void aBarrierNeedsAllTasksToRun() {
    store.register("w", 2, "h");
    store.submit("j", spec(3).build());
    assertThat(refused(ErrorCode.WRONG_STATE, barriers::begin)).hasMessageContaining("j/s/0");
    barriers.startAll();
    assertThat(refused(ErrorCode.WRONG_STATE, barriers::begin))
        .hasMessageContaining("a task that does not run yet");
    store.register("w2", 1, "h");
    assertThat(refused(ErrorCode.WRONG_STATE, barriers::begin))
        .hasMessageContaining("j/s/2 is CLAIMED");
    store.start("j/s/2");
    barriers.begin();
    assertThat(refused(ErrorCode.WRONG_STATE, barriers::begin))
        .hasMessageContaining("barrier 1 is under way");
    store.complete("j/s/1");
    assertThat(refused(ErrorCode.WRONG_STATE, barriers::begin))
        .hasMessageContaining("a barrier on a job with a finished task: j/s/1 is SUCCEEDED");
    store.complete("j/s/0");
    store.complete("j/s/2");
    assertThat(refused(ErrorCode.WRONG_STATE, barriers::begin))
        .hasMessageContaining("it is SUCCEEDED");
  }

  @Test
  void aJobWhoseTasksAreSavedAloneHasNoBarriers() {
    store.register("w", 2, "h");
    store.submit("j", JobRequests.job(1).build());
    barriers.startAll();
    refused(ErrorCode.WRONG_STATE, barriers::begin);
    refused(ErrorCode.WRONG_STATE, () -> barriers.pause("j/s/0", 1));
    barriers.save("j/s/0", 0, "a");
    barriers.save("j/s/0", 1, "b");
  }

  @Test
  void whatCannotBeAtABarrierTogetherIsNotSavedTogether() {
    JobSpec.Builder two = spec(1);
    two.addStages(StageSpec.newBuilder(two.getStages(0)).setName("t").addAfter("s"));
    refused(ErrorCode.INVALID_ARGUMENT, () -> store.submit("j", two.build()));
    refused(
        ErrorCode.INVALID_ARGUMENT,
        () -> store.submit("j", spec(1).setContinueOnFailure(true).build()));
    refused(ErrorCode.TOO_LARGE, () -> store.submit("j", spec(1_025).build()));
  }

  @Test
  void aTaskIsSavedAloneOnlyAtItsBeginning() {
    barriers.running(1);
    barriers.save("j/s/0", 0, "a");
    barriers.save("j/s/0", 0, "a");
    assertThat(refused(ErrorCode.WRONG_STATE, () -> barriers.save("j/s/0", 1, "b")))
        .hasMessageContaining("at a barrier");
    barriers.append("j/s/0", "r");
    barriers.take("");
    assertThat(barriers.checkpoints("j/s/0").get(0).getCoveredLsn()).isEqualTo(1);
  }

  @Test
  void whoHasSavedWritesNothingBeforeTheBarrierIsDecided() {
    barriers.running(2);
    barriers.begin();
    barriers.pause("j/s/0", 1);
    barriers.append("j/s/0", "before it has saved");
    barriers.pause("j/s/1", 1);
    barriers.prepare("j/s/0", 1, "a");
    refused(ErrorCode.WRONG_STATE, () -> barriers.append("j/s/0", "r"));
    refused(ErrorCode.WRONG_STATE, () -> barriers.stage("j/s/0", "state", "b"));
    barriers.append("j/s/1", "r");
    barriers.abort(1, "enough");
    assertThat(store.eventKinds())
        .containsExactly("BARRIER_ABORTED j/s/0", "BARRIER_ABORTED j/s/1");
    barriers.append("j/s/0", "r");
    assertThat(barriers.prepare("j/s/1", 1, "b").getReason()).isEqualTo("enough");
    assertThat(barriers.take("").getNumber()).isEqualTo(2);
    assertThat(store.keys(ColumnFamily.SECTION)).hasSize(2);
    refused(ErrorCode.WRONG_STATE, () -> barriers.abort(2, ""));
    refused(ErrorCode.WRONG_STATE, () -> barriers.pause("j/s/0", 1));
    refused(ErrorCode.WRONG_STATE, () -> barriers.pause("j/s/0", 3));
  }

  @Test
  void aCheckpointAtABarrierCoversAllRecordsAndMayBeStagedOrTheSame() {
    barriers.running(1);
    barriers.take("");
    barriers.append("j/s/0", "r");
    barriers.begin();
    refused(ErrorCode.WRONG_STATE, () -> barriers.prepare("j/s/0", 2, "a"));
    barriers.pause("j/s/0", 2);
    barriers.stage("j/s/0", "state", "large");
    barriers.stage("j/s/0", "other", "not needed");
    BarrierPrepareRequest.Builder request = barriers.preparation("j/s/0", 2, "");
    request.getCheckpointBuilder().setCoveredLsn(0);
    refused(ErrorCode.INVALID_ARGUMENT, () -> barriers.prepare(request));
    request.setCheckpoint(barriers.checkpoint("j/s/0", section("large").setStaged(true)));
    assertThat(barriers.prepare(request).getPhase()).isEqualTo(Phase.COMMITTED);
    assertThat(store.keys(ColumnFamily.SECTION)).hasSize(2);

    barriers.begin();
    barriers.pause("j/s/0", 3);
    assertThat(barriers.checkpoints("j/s/0")).hasSize(2);
    barriers.prepare(
        barriers
            .preparation("j/s/0", 3, "")
            .setCheckpoint(barriers.checkpoint("j/s/0", section("large").setSameAsSeq(1))));
    assertThat(barriers.checkpoints("j/s/0").get(0).getSections(0).getStoredSeq()).isEqualTo(1);
    // One too many until the next barrier: the command that commits lets go of nothing.
    assertThat(barriers.checkpoints("j/s/0")).hasSize(3);
    barriers.take("");
    barriers.begin();
    barriers.pause("j/s/0", 5);
    assertThat(barriers.checkpoints("j/s/0")).hasSize(2);
  }

  @Test
  void aStaleOwnerIsFencedAtABarrier() {
    barriers.running(2);
    long old = store.task("j/s/0").getEpoch();
    store.fail("j/s/0", true);
    store.advance(1_000);
    barriers.startAll();
    barriers.begin();
    refused(
        ErrorCode.FENCED,
        () -> barriers.prepare(barriers.preparation("j/s/0", 1, "a").setEpoch(old)));
    refused(
        ErrorCode.EPOCH_UNKNOWN,
        () -> barriers.prepare(barriers.preparation("j/s/0", 1, "a").setEpoch(1_000)));
  }

  @Test
  void aBarrierThatTakesTooLongIsAborted() {
    JobSpec.Builder spec = spec(2);
    spec.getCheckpointsBuilder().setBarrierTimeoutMillis(500);
    store.register("w", 60_000, 2, "h");
    store.submit("j", spec.build());
    barriers.startAll();
    barriers.begin();
    barriers.pause("j/s/0", 1);
    store.advance(499);
    assertThat(store.job("j").getBarrier().getPhase()).isEqualTo(Phase.PAUSING);
    store.advance(1);
    assertThat(store.job("j").getBarrier().getPhase()).isEqualTo(Phase.ABORTED);
    assertThat(store.job("j").getBarrier().getReason()).startsWith("1 of 2 tasks");
    assertThat(store.eventKinds()).contains("BARRIER_ABORTED j/s/1");
    assertThat(store.job("j").getGeneration()).isZero();
    assertThat(barriers.take("").getPhase()).isEqualTo(Phase.COMMITTED);
  }

  @Test
  void theStoreStartsBarriersByItself() {
    JobSpec.Builder spec = spec(2);
    spec.getCheckpointsBuilder().setBarrierMillis(1_000);
    store.register("w", 60_000, 2, "h");
    store.submit("j", spec.build());
    store.advance(1_000);
    assertThat(store.job("j").getBarrier().getNumber()).isZero();
    barriers.startAll();
    store.advance(1_000);
    assertThat(store.job("j").getBarrier().getNumber()).isEqualTo(1);
    store.advance(1_000);
    assertThat(store.job("j").getBarrier().getNumber()).isEqualTo(1);
    barriers.abort(1, "");
    store.advance(1_000);
    assertThat(store.job("j").getBarrier().getPhase()).isEqualTo(Phase.PAUSING);
    store.cancelTask("j/s/0");
    assertThat(store.job("j").getBarrier().getReason()).isEqualTo("task j/s/0: CANCEL");
    store.complete("j/s/1");
    assertThat(store.keys(ColumnFamily.DEADLINE))
        .noneMatch(key -> key[Long.BYTES] == KeyLayout.DEADLINE_JOB_TICK);
  }

  @Test
  void aTaskThatADeletedJobHasLeftMeetsNoBarrier() {
    store.close();
    store = new JobStore(folder.resolve("small"), 1, 100);
    barriers = new BarrierStore(store);
    barriers.running(4);
    for (int i = 0; i < 4; i++) {
      store.finish("j/s/" + i);
    }
    store.run(JobRequests.delete("j"));
    assertThat(store.keys(ColumnFamily.TASK)).as("housekeeping has not been there").isNotEmpty();
    refused(ErrorCode.FENCED, () -> barriers.pause("j/s/3", 1));
    refused(ErrorCode.FENCED, () -> barriers.prepare(barriers.preparation("j/s/3", 1, "state")));
  }
}
