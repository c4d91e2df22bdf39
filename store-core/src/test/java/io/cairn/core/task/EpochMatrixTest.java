package io.cairn.core.task;

import static io.cairn.core.task.TaskStore.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.core.apply.Refusal;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskRecoverRequest;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** I4: every call of an owner, with every epoch it could come under. */
class EpochMatrixTest {
  /** What an owner can ask for. */
  enum Call {
    SAVE_RECORDS {
      @Override
      Object with(TaskStore store, long epoch) {
        return store.save(
            Requests.save(NAME, epoch).records(store.task(NAME).getLastLsn() + 1, "r"));
      }
    },
    SAVE_CHECKPOINT {
      @Override
      Object with(TaskStore store, long epoch) {
        return store.save(
            Requests.save(NAME, epoch)
                .checkpoint(
                    store.task(NAME).getCheckpointSeq() + 1, store.task(NAME).getCoveredLsn())
                .section("a", "state"));
      }
    },
    STAGE {
      @Override
      Object with(TaskStore store, long epoch) {
        store.stage(NAME, epoch, store.task(NAME).getCheckpointSeq() + 1, "a", "state");
        return true;
      }
    },
    COMPLETE {
      @Override
      Object with(TaskStore store, long epoch) {
        return store.complete(NAME, epoch, "42");
      }
    },
    FAIL_FOR_GOOD {
      @Override
      Object with(TaskStore store, long epoch) {
        return store.fail(NAME, epoch, false);
      }
    },
    FAIL_AND_RETRY {
      @Override
      Object with(TaskStore store, long epoch) {
        return store.fail(NAME, epoch, true);
      }
    },
    RELEASE {
      @Override
      Object with(TaskStore store, long epoch) {
        return store.release(NAME, epoch);
      }
    },
    RECOVER {
      @Override
      Object with(TaskStore store, long epoch) {
        return TaskReads.recover(
            store.rows(),
            TaskRecoverRequest.newBuilder().setName(Requests.name(NAME)).setEpoch(epoch).build());
      }
    };

    abstract Object with(TaskStore store, long epoch);
  }

  private static final String NAME = "job/1";

  @TempDir Path folder;
  private TaskStore store;
  private long first;

  @BeforeEach
  void acquiredOnce() {
    store = new TaskStore(folder);
    store.lease(1, 10_000);
    store.lease(2, 10_000);
    first = store.acquire(NAME, 1);
    store.save(Requests.save(NAME, first).records(1, "a").checkpoint(0, 1).section("a", "0"));
  }

  @AfterEach
  void close() {
    store.close();
  }

  @ParameterizedTest
  @EnumSource
  void currentEpochMayDoEverything(Call call) {
    assertThat(call.with(store, first)).isNotNull();
  }

  @ParameterizedTest
  @EnumSource
  void oldEpochIsFencedByThePresentOwner(Call call) {
    store.endLease(1);
    long second = store.acquire(NAME, 2);
    Refusal refusal = changingNothing(ErrorCode.FENCED, call, first);
    assertThat(refusal.expected()).isEqualTo(second);
    assertThat(refusal.actual()).isEqualTo(first);
    assertThat(refusal).hasMessageContaining("worker-2").hasMessageContaining("epoch " + second);
  }

  @ParameterizedTest
  @EnumSource
  void epochOfALostLeaseIsFencedThoughNobodyFollowed(Call call) {
    store.endLease(1);
    assertThat(changingNothing(ErrorCode.FENCED, call, first).expected()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void futureEpochIsUnknown(Call call) {
    Refusal refusal = changingNothing(ErrorCode.EPOCH_UNKNOWN, call, first + 1);
    assertThat(refusal.expected()).isEqualTo(first);
    assertThat(refusal.actual()).isEqualTo(first + 1);
    changingNothing(ErrorCode.EPOCH_UNKNOWN, call, Long.MAX_VALUE);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RECOVER")
  void noEpochIsUnknown(Call call) {
    changingNothing(ErrorCode.EPOCH_UNKNOWN, call, 0);
    changingNothing(ErrorCode.EPOCH_UNKNOWN, call, -1);
  }

  @ParameterizedTest
  @EnumSource
  void epochGivenToAnotherTaskIsUnknown(Call call) {
    long other = store.acquire("job/2", 2);
    changingNothing(ErrorCode.EPOCH_UNKNOWN, call, other);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RELEASE")
  void releasedEpochIsFenced(Call call) {
    store.release(NAME, first);
    changingNothing(ErrorCode.FENCED, call, first);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "COMPLETE")
  void completedEpochIsFenced(Call call) {
    store.complete(NAME, first, "42");
    changingNothing(ErrorCode.FENCED, call, first);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "FAIL_FOR_GOOD")
  void failedEpochIsFenced(Call call) {
    store.fail(NAME, first, false);
    changingNothing(ErrorCode.FENCED, call, first);
  }

  @ParameterizedTest
  @EnumSource
  void cancelledEpochIsFenced(Call call) {
    store.cancel(NAME);
    changingNothing(ErrorCode.FENCED, call, first);
  }

  @ParameterizedTest
  @EnumSource
  void epochOfADeletedTaskFindsNone(Call call) {
    store.release(NAME, first);
    store.delete(NAME);
    refused(ErrorCode.TASK_NOT_FOUND, () -> call.with(store, first));
  }

  @ParameterizedTest
  @EnumSource
  void epochOfADeletedTaskIsNotOneOfItsSuccessor(Call call) {
    store.release(NAME, first);
    store.delete(NAME);
    store.create(NAME, Requests.keeping(1));
    changingNothing(ErrorCode.EPOCH_UNKNOWN, call, first);
    long second = store.acquire(NAME, 2);
    assertThat(second).isGreaterThan(first);
    assertThat(changingNothing(ErrorCode.FENCED, call, first).expected()).isEqualTo(second);
    assertThat(call.with(store, second)).isNotNull();
  }

  private Refusal changingNothing(ErrorCode code, Call call, long epoch) {
    Task before = store.task(NAME);
    Refusal refusal = refused(code, () -> call.with(store, epoch));
    assertThat(store.task(NAME)).isEqualTo(before);
    return refusal;
  }
}
