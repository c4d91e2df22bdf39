package io.cairn.core.task;

import static io.cairn.core.task.TaskStore.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.core.apply.Refusal;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.LogChain;
import io.cairn.protocol.v1.LogRecord;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskLogRequest;
import io.cairn.protocol.v1.TaskLogResponse;
import io.cairn.protocol.v1.TaskRecoverRequest;
import io.cairn.protocol.v1.TaskRecoverResponse;
import io.cairn.protocol.v1.TaskSaveResponse;
import io.cairn.protocol.v1.TaskSpec;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * I5: records are contiguous, chained, each there once, and stay until a checkpoint covers them.
 */
class RecoveryLogTest {
  @TempDir Path folder;
  private TaskStore store;
  private long epoch;

  @BeforeEach
  void open() {
    store = new TaskStore(folder);
    store.advance(1_000);
    store.lease(1, 10_000);
    store.lease(2, 10_000);
    store.create("t", Requests.keeping(2));
    epoch = store.acquire("t", 1);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void recordsAreChainedFromLsnOne() {
    store.save(save().records(1, "a", "b"));
    store.advance(5);
    store.save(save().records(3, "c"));
    List<LogRecord> log = store.log("t");
    assertThat(log).extracting(LogRecord::getLsn).containsExactly(1L, 2L, 3L);
    LogChain chain = new LogChain();
    log.forEach(record -> assertThat(chain.check(record)).isEmpty());
    assertThat(chain.checkEnd(3, store.task("t").getLastDigest())).isEmpty();
    assertThat(store.task("t").getLogBytes()).isEqualTo(3);
  }

  @Test
  void gapIsRefusedWithTheLsnThatIsExpected() {
    store.save(save().records(1, "a"));
    Refusal gap = refused(ErrorCode.LSN_GAP, () -> store.save(save().records(3, "c")));
    assertThat(gap.expected()).isEqualTo(2);
    assertThat(gap.actual()).isEqualTo(3);
    refused(ErrorCode.INVALID_ARGUMENT, () -> store.save(save().records(0, "c")));
    refused(ErrorCode.LSN_GAP, () -> store.save(save().records(Long.MAX_VALUE, "c")));
  }

  @Test
  void resendIsAnsweredAsTheFirstWas() {
    store.save(save().records(1, "a").checkpoint(0, 1));
    TaskSaveResponse first = store.save(save().records(2, "b", "c"));
    store.advance(7);
    store.save(save().records(4, "d").checkpoint(1, 1));
    assertThat(store.saveAgain(save().records(2, "b", "c"))).isEqualTo(first);
    assertThat(first.getCheckpointSeq()).isZero();
    assertThat(first.getTimeMillis()).isEqualTo(1_000);
  }

  @Test
  void partialOverlapAppendsTheRest() {
    store.save(save().records(1, "a", "b"));
    store.advance(7);
    TaskSaveResponse response = store.save(save().records(2, "b", "c", "d"));
    assertThat(response.getLastLsn()).isEqualTo(4);
    assertThat(response.getTimeMillis()).isEqualTo(1_007);
    assertThat(store.log("t"))
        .extracting(record -> record.getPayload().toStringUtf8())
        .containsExactly("a", "b", "c", "d");
    assertThat(LogChain.verify(store.log("t"))).isEmpty();
  }

  @Test
  void overlapWithOtherContentConflictsAndAppendsNothing() {
    store.save(save().records(1, "a", "b"));
    Refusal refusal =
        refused(ErrorCode.LSN_CONFLICT, () -> store.save(save().records(1, "a", "x", "c")));
    assertThat(refusal.actual()).isEqualTo(2);
    assertThat(refusal.expected()).isEqualTo(3);
    store.endLease(1);
    long second = store.acquire("t", 2);
    refused(
        ErrorCode.LSN_CONFLICT, () -> store.save(Requests.save("t", second).records(2, "b", "c")));
    assertThat(store.task("t").getLastLsn()).isEqualTo(2);
  }

  @Test
  void recordAndCommandAreBounded() {
    refused(
        ErrorCode.TOO_LARGE,
        () -> store.save(save().records(1, "x".repeat(Limits.VALUE_BYTES_MAX + 1))));
    String[] many = new String[Limits.RECORDS_MAX + 1];
    Arrays.fill(many, "x");
    refused(ErrorCode.TOO_LARGE, () -> store.save(save().records(1, many)));
  }

  @Test
  void recordsGoOnceTheOldestKeptCheckpointCoversThem() {
    store.save(save().records(1, "a", "bb").checkpoint(0, 1));
    assertThat(store.task("t").getFirstLsn()).isEqualTo(2);
    assertThat(store.task("t").getLogBytes()).isEqualTo(2);
    store.save(save().records(3, "ccc").checkpoint(1, 3));
    assertThat(store.task("t").getFirstLsn()).as("0 still needs lsn 2").isEqualTo(2);
    store.save(save().checkpoint(2, 3));
    Task task = store.task("t");
    assertThat(task.getFirstLsn()).isEqualTo(4);
    assertThat(task.getLastLsn()).isEqualTo(3);
    assertThat(task.getLogBytes()).isZero();
    assertThat(store.count(ColumnFamily.LOG)).isZero();
    refused(ErrorCode.LSN_CONFLICT, () -> store.save(save().records(3, "ccc")));
    store.save(save().records(4, "d"));
    assertThat(store.log("t").get(0).getPreviousDigest()).isEqualTo(task.getLastDigest());
  }

  @Test
  void trimmingIsBoundedAndCatchesUp() {
    store.save(save().checkpoint(0, 0));
    store.save(save().records(1, payloads(4_000)));
    store.save(save().records(4_001, payloads(1_000)));
    store.save(save().checkpoint(1, 5_000));
    store.save(save().checkpoint(2, 5_000));
    assertThat(store.task("t").getFirstLsn()).isEqualTo(1 + RecoveryLog.TRIM_ROWS);
    long lsn = 5_001;
    int commands = 0;
    while (store.task("t").getFirstLsn() <= 5_000) {
      long first = store.task("t").getFirstLsn();
      store.save(save().records(lsn, payloads(100)));
      lsn += 100;
      commands++;
      assertThat(store.task("t").getFirstLsn())
          .isEqualTo(Math.min(5_001, first + 2 * 100 + RecoveryLog.TRIM_ROWS));
    }
    assertThat(commands).isEqualTo(11);
    assertThat(store.count(ColumnFamily.LOG)).isEqualTo(lsn - 5_001);
  }

  @Test
  void logThatIsToBeKeptStaysWhole() {
    store.create("k", TaskSpec.newBuilder().setCheckpointsKept(1).setKeepLog(true).build());
    long e = store.acquire("k", 1);
    store.save(Requests.save("k", e).records(1, "a", "b").checkpoint(0, 2));
    store.save(Requests.save("k", e).records(3, "c").checkpoint(1, 3));
    assertThat(store.log("k")).hasSize(3);
    assertThat(store.task("k").getFirstLsn()).isEqualTo(1);
  }

  @Test
  void logIsReadInPages() {
    store.save(save().records(1, payloads(25)));
    TaskLogRequest ten =
        TaskLogRequest.newBuilder().setName(Requests.name("t")).setLimit(10).build();
    TaskLogResponse page = TaskReads.log(store.rows(), ten);
    assertThat(page.getRecordsCount()).isEqualTo(10);
    assertThat(page.getMore()).isTrue();
    page = TaskReads.log(store.rows(), ten.toBuilder().setFromLsn(16).build());
    assertThat(page.getRecordsCount()).isEqualTo(10);
    assertThat(page.getMore()).isFalse();
    page = TaskReads.log(store.rows(), ten.toBuilder().setBytesMax(1).build());
    assertThat(page.getRecordsCount()).isEqualTo(1);
    assertThat(page.getMore()).isTrue();
    page = TaskReads.log(store.rows(), ten.toBuilder().setFromLsn(26).build());
    assertThat(page.getRecordsCount()).isZero();
    assertThat(page.getMore()).isFalse();
  }

  @Test
  void readOfATrimmedLsnIsRefused() {
    store.save(save().records(1, "a", "b").checkpoint(0, 1));
    TaskLogRequest request =
        TaskLogRequest.newBuilder().setName(Requests.name("t")).setFromLsn(1).build();
    assertThat(refused(ErrorCode.LSN_CONFLICT, () -> TaskReads.log(store.rows(), request)))
        .extracting(Refusal::expected)
        .isEqualTo(2L);
  }

  @Test
  void recoveryIsTheNewestCheckpointAndTheRecordsAfterIt() {
    store.save(save().records(1, "a", "b").checkpoint(0, 1));
    store.save(save().records(3, "c", "d").checkpoint(1, 3).section("s", "1"));
    store.save(save().records(5, "e"));
    TaskRecoverResponse recovered =
        TaskReads.recover(
            store.rows(), TaskRecoverRequest.newBuilder().setName(Requests.name("t")).build());
    assertThat(recovered.getCheckpoint().getSeq()).isEqualTo(1);
    assertThat(recovered.getRecordsList())
        .extracting(record -> record.getPayload().toStringUtf8())
        .containsExactly("d", "e");
    assertThat(recovered.getMore()).isFalse();
  }

  @Test
  void recoveryOfALongTailComesInPages() {
    store.save(save().records(1, payloads(Limits.PAGE_ROWS_MAX + 1)));
    TaskRecoverResponse recovered =
        TaskReads.recover(
            store.rows(),
            TaskRecoverRequest.newBuilder().setName(Requests.name("t")).setEpoch(epoch).build());
    assertThat(recovered.hasCheckpoint()).isFalse();
    assertThat(recovered.getRecordsCount()).isEqualTo(Limits.PAGE_ROWS_MAX);
    assertThat(recovered.getMore()).isTrue();
  }

  private Requests.Save save() {
    return Requests.save("t", epoch);
  }

  private static String[] payloads(int count) {
    String[] payloads = new String[count];
    Arrays.setAll(payloads, i -> "payload " + i);
    return payloads;
  }
}
