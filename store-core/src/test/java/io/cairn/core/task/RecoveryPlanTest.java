package io.cairn.core.task;

import static io.cairn.core.task.TaskStore.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.core.apply.Refusal;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.LogRecord;
import io.cairn.protocol.v1.RecoveryAction;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskLogRequest;
import io.cairn.protocol.v1.TaskLogResponse;
import io.cairn.protocol.v1.TaskRecoverResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** I5: a plan says where a recovery begins, and takes nothing away. */
class RecoveryPlanTest {
  @TempDir Path folder;
  private TaskStore store;
  private long epoch;

  @BeforeEach
  void open() {
    store = new TaskStore(folder);
    store.lease(1, 10_000);
    store.create("t", Requests.keeping(3));
    epoch = store.acquire("t", 1);
    // Checkpoint 0 covers nothing, 1 covers lsn 2, 2 covers lsn 4; 5 is behind all of them.
    store.save(save().checkpoint(0, 0).section("s", "0"));
    store.save(save().records(1, "a", "b").checkpoint(1, 2).section("s", "1"));
    store.save(save().records(3, "c", "d").checkpoint(2, 4).section("s", "2"));
    store.save(save().records(5, "e"));
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void withoutAPlanRecoveryIsTheNewestCheckpointAndWhatIsBehindIt() {
    fault(RecoveryAction.RESUME, 0);
    assertThat(store.task("t").hasPlan()).isFalse();
    assertRecovery(2, 5, "e");
  }

  @Test
  void rollbackLeavesTheRecordsBehindItsCheckpointOut() {
    fault(RecoveryAction.ROLLBACK, 1);
    assertRecovery(1, 6);
    assertThat(store.task("t").getPlan().getSkipFromLsn()).isEqualTo(3);
    assertThat(store.task("t").getPlan().getSkipToLsn()).isEqualTo(5);
  }

  @Test
  void recordsOfLaterAttemptsBelongToTheRecoveryByPlan() {
    fault(RecoveryAction.ROLLBACK, 1);
    store.save(save().records(6, "f", "g"));
    assertRecovery(1, 6, "f", "g");
    fault(RecoveryAction.RESUME, 0);
    store.save(save().records(8, "h"));
    fault(RecoveryAction.MOVE_NODE, 0);
    assertRecovery(1, 6, "f", "g", "h");
  }

  @Test
  void firstCheckpointCoversWhatWasLeftOutAndEndsThePlan() {
    fault(RecoveryAction.ROLLBACK, 1);
    store.save(save().records(6, "f", "g"));
    Refusal refusal =
        refused(ErrorCode.INVALID_ARGUMENT, () -> store.save(save().checkpoint(3, 4)));
    assertThat(refusal.expected()).isEqualTo(5);
    assertThat(refusal.actual()).isEqualTo(4);
    store.save(save().checkpoint(3, 6));
    assertThat(store.task("t").hasPlan()).isFalse();
    assertRecovery(3, 7, "g");
    assertThat(store.recover("t").getCheckpoint().getPlan().getCheckpointSeq()).isEqualTo(1);
    store.save(save().checkpoint(4, 7));
    assertThat(store.recover("t").getCheckpoint().hasPlan()).isFalse();
  }

  @Test
  void rollbackGoesNoFurtherThanTheOldestKept() {
    fault(RecoveryAction.ROLLBACK, 99);
    assertRecovery(0, 6);
  }

  @Test
  void rollbackAfterRollbackGoesFurtherBack() {
    fault(RecoveryAction.ROLLBACK, 1);
    store.save(save().records(6, "f"));
    fault(RecoveryAction.ROLLBACK, 1);
    assertRecovery(0, 7);
  }

  @Test
  void rollbackByNothingLeavesTheRecordsOutAlone() {
    fault(RecoveryAction.ROLLBACK, 0);
    assertRecovery(2, 6);
  }

  @Test
  void whatWasRolledBackIsNotComeBackTo() {
    fault(RecoveryAction.ROLLBACK, 1);
    store.save(save().records(6, "f").checkpoint(3, 6));
    fault(RecoveryAction.ROLLBACK, 1);
    assertRecovery(1, 7);
  }

  @Test
  void replayBeginsAtTheOldestKeptCheckpoint() {
    fault(RecoveryAction.REPLAY_LOG, 0);
    assertRecovery(0, 1, "a", "b", "c", "d", "e");
    store.save(save().records(6, "f"));
    assertRecovery(0, 1, "a", "b", "c", "d", "e", "f");
    store.save(save().checkpoint(3, 6));
    assertRecovery(3, 7);
    fault(RecoveryAction.REPLAY_LOG, 0);
    assertRecovery(1, 3, "c", "d", "e", "f");
  }

  @Test
  void replayNeverGivesWhatWasRolledBack() {
    fault(RecoveryAction.ROLLBACK, 1);
    store.save(save().records(6, "c'"));
    fault(RecoveryAction.REPLAY_LOG, 0);
    assertRecovery(1, 6, "c'");
    store.save(save().records(7, "d'").checkpoint(3, 6));
    fault(RecoveryAction.REPLAY_LOG, 0);
    assertRecovery(3, 7, "d'");
  }

  @Test
  void restartBeginsFromNothing() {
    fault(RecoveryAction.RESTART, 0);
    assertRecovery(-1, 6);
    store.save(save().records(6, "f"));
    fault(RecoveryAction.ROLLBACK, 1);
    assertRecovery(-1, 7);
    refused(ErrorCode.INVALID_ARGUMENT, () -> store.save(save().checkpoint(3, 5)));
    store.save(save().checkpoint(3, 6));
    fault(RecoveryAction.ROLLBACK, 1);
    assertRecovery(3, 7);
  }

  @Test
  void planTakesNothingAwayAndNumbersGoOn() {
    long checkpoints = store.count(ColumnFamily.CHECKPOINT);
    List<LogRecord> log = store.log("t");
    fault(RecoveryAction.RESTART, 0);
    assertThat(store.log("t")).isEqualTo(log);
    assertThat(store.count(ColumnFamily.CHECKPOINT)).isEqualTo(checkpoints);
    Task task = store.task("t");
    assertThat(task.getCheckpointSeq()).isEqualTo(2);
    assertThat(task.getLastLsn()).isEqualTo(5);
    refused(ErrorCode.SEQ_CONFLICT, () -> store.save(save().checkpoint(0, 5)));
    refused(ErrorCode.LSN_CONFLICT, () -> store.save(save().records(1, "a")));
  }

  @Test
  void whatAPlanRefersToStaysWhileRecordsCome() {
    fault(RecoveryAction.REPLAY_LOG, 0);
    for (int i = 0; i < 300; i++) {
      store.save(save().records(6 + i, "x"));
    }
    assertThat(store.recover("t").getRecordsCount()).isEqualTo(305);
    assertThat(store.recover("t").getRecords(0).getPayload().toStringUtf8()).isEqualTo("a");
  }

  @Test
  void pagesOfTheLogGoOnWhereTheFirstOneEnds() {
    fault(RecoveryAction.ROLLBACK, 1);
    int count = Limits.PAGE_ROWS_MAX + 100;
    String[] payloads = new String[count];
    Arrays.fill(payloads, "p");
    store.save(save().records(6, payloads));
    TaskRecoverResponse first = store.recover("t");
    assertThat(first.getMore()).isTrue();
    List<LogRecord> all = new ArrayList<>(first.getRecordsList());
    TaskLogResponse rest =
        TaskReads.log(
            store.rows(),
            TaskLogRequest.newBuilder()
                .setName(Requests.name("t"))
                .setFromLsn(first.getFromLsn() + all.size())
                .build());
    assertThat(rest.getMore()).isFalse();
    all.addAll(rest.getRecordsList());
    assertThat(all).hasSize(count);
  }

  @Test
  void resultWithoutACheckpointLeavesThePlan() {
    fault(RecoveryAction.ROLLBACK, 1);
    store.complete("t", epoch, "done");
    assertThat(store.task("t").getPlan().getCheckpointSeq()).isEqualTo(1);
  }

  @Test
  void costIsSectionsAndRecords() {
    fault(RecoveryAction.REPLAY_LOG, 0);
    Task task = store.task("t");
    assertThat(RecoveryPlans.cost(store.rows(), task, task.getPlan()))
        .isEqualTo(new RecoveryPlans.Cost(5, 6));
    assertThat(
            RecoveryPlans.cost(store.rows(), task, RecoveryPlans.of(task.toBuilder().clearPlan())))
        .isEqualTo(new RecoveryPlans.Cost(1, 2));
  }

  private void fault(RecoveryAction action, int by) {
    store.fault("t", epoch, action, by);
    epoch = store.acquire("t", 1);
  }

  private void assertRecovery(long seq, long fromLsn, String... records) {
    TaskRecoverResponse found = store.recover("t");
    assertThat(found.hasCheckpoint() ? found.getCheckpoint().getSeq() : -1).isEqualTo(seq);
    assertThat(found.getFromLsn()).isEqualTo(fromLsn);
    assertThat(found.getRecordsList())
        .extracting(record -> record.getPayload().toStringUtf8())
        .containsExactly(records);
    assertThat(found.getMore()).isFalse();
  }

  private Requests.Save save() {
    return Requests.save("t", epoch);
  }
}
