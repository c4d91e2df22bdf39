package io.cairn.core.task;

import static io.cairn.core.task.TaskStore.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.KeyLayout;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Label;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskAcquireResponse;
import io.cairn.protocol.v1.TaskAcquireResponse.Result;
import io.cairn.protocol.v1.TaskCreateRequest;
import io.cairn.protocol.v1.TaskName;
import io.cairn.protocol.v1.TaskSpec;
import io.cairn.protocol.v1.TaskState;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who owns a task, from its creation to its deletion. */
class TaskOwnershipTest {
  @TempDir Path folder;
  private TaskStore store;

  @BeforeEach
  void open() {
    store = new TaskStore(folder);
    store.advance(1_000);
    store.lease(1, 10_000);
    store.lease(2, 10_000);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void createdTaskWaits() {
    Task task = store.create("t", TaskSpec.getDefaultInstance());
    assertThat(store.eventKinds()).containsExactly("CREATED");
    assertThat(task.getState()).isEqualTo(TaskState.PENDING);
    assertThat(task.getCheckpointSeq()).isEqualTo(-1);
    assertThat(task.getFirstLsn()).isEqualTo(1);
    assertThat(task.getEpoch()).isZero();
    assertThat(task.getSpec().getCheckpointsKept()).isEqualTo(Limits.CHECKPOINTS_KEPT_DEFAULT);
    assertThat(store.rows().counter(Counter.TASKS)).isEqualTo(1);
  }

  @Test
  void creatingAgainIsNotedUnlessTheSpecificationDiffers() {
    Task task = store.create("t", TaskSpec.getDefaultInstance());
    TaskCreateRequest same =
        TaskCreateRequest.newBuilder()
            .setName(Requests.name("t"))
            .setSpec(Requests.keeping(Limits.CHECKPOINTS_KEPT_DEFAULT))
            .build();
    var response = store.applyAgain(context -> store.table().create(context, same));
    assertThat(response.getCreated()).isFalse();
    assertThat(response.getTask()).isEqualTo(task);
    refused(ErrorCode.TASK_EXISTS, () -> store.create("t", Requests.keeping(7)));
  }

  @Test
  void badNamesAndSpecificationsAreRefused() {
    refused(ErrorCode.INVALID_ARGUMENT, () -> store.create("", Requests.keeping(1)));
    refused(ErrorCode.INVALID_ARGUMENT, () -> store.create("a\u0000b", Requests.keeping(1)));
    refused(ErrorCode.INVALID_ARGUMENT, () -> store.create("a\nb", Requests.keeping(1)));
    refused(ErrorCode.TOO_LARGE, () -> store.create("é".repeat(129), Requests.keeping(1)));
    assertThat(store.create("é".repeat(128), Requests.keeping(1)).getId()).isPositive();
    refused(ErrorCode.INVALID_ARGUMENT, () -> store.create("t", Requests.keeping(-1)));
    refused(ErrorCode.INVALID_ARGUMENT, () -> store.create("t", Requests.keeping(101)));
    TaskSpec twice =
        TaskSpec.newBuilder()
            .addLabels(Label.newBuilder().setKey("k"))
            .addLabels(Label.newBuilder().setKey("k"))
            .build();
    refused(ErrorCode.INVALID_ARGUMENT, () -> store.create("t", twice));
    TaskCreateRequest noNamespace =
        TaskCreateRequest.newBuilder().setName(TaskName.newBuilder().setName("t")).build();
    refused(
        ErrorCode.INVALID_ARGUMENT,
        () -> store.apply(context -> store.table().create(context, noNamespace)));
  }

  @Test
  void acquireCreatesOnlyWhenToldTo() {
    refused(
        ErrorCode.TASK_NOT_FOUND,
        () -> store.tryAcquire(Requests.acquire("t", 1).toBuilder().setCreate(false).build()));
    long epoch = store.acquire("t", 1);
    assertThat(store.eventKinds()).containsExactly("CREATED", "ACQUIRED");
    Task task = store.task("t");
    assertThat(task.getState()).isEqualTo(TaskState.RUNNING);
    assertThat(task.getEpoch()).isEqualTo(epoch).isEqualTo(1);
    assertThat(task.getAttempt()).isEqualTo(1);
    assertThat(task.getOwner()).isEqualTo("worker-1");
    assertThat(task.getLease()).isEqualTo(1);
    assertThat(item(1, "t")).isTrue();
  }

  @Test
  void acquireNeedsALeaseAndAnOwner() {
    refused(ErrorCode.LEASE_NOT_FOUND, () -> store.acquire("t", 9));
    refused(ErrorCode.LEASE_NOT_FOUND, () -> store.acquire("t", 0));
    refused(
        ErrorCode.INVALID_ARGUMENT,
        () -> store.tryAcquire(Requests.acquire("t", 1).toBuilder().clearOwner().build()));
  }

  @Test
  void ownedTaskIsHeldForOthersAndForItsOwnLease() {
    store.acquire("t", 1);
    store.advance(4_000);
    for (long lease : new long[] {1, 2}) {
      TaskAcquireResponse held =
          store.applyAgain(context -> store.table().acquire(context, Requests.acquire("t", lease)));
      assertThat(held.getResult()).isEqualTo(Result.HELD);
      assertThat(held.getTtlLeftMillis()).isEqualTo(6_000);
      assertThat(held.getTask().getOwner()).isEqualTo("worker-1");
    }
    assertThat(store.rows().counter(Counter.EPOCH)).isEqualTo(1);
  }

  @Test
  void endOfTheLeaseGivesTheTaskBack() {
    long epoch = store.acquire("t", 1);
    store.endLease(1);
    assertThat(store.eventKinds()).containsExactly("LOST");
    assertThat(store.events().get(0).getLease()).isEqualTo(1);
    assertThat(store.events().get(0).getEvent().getOwner()).isEqualTo("worker-1");
    Task task = store.task("t");
    assertThat(task.getState()).isEqualTo(TaskState.PENDING);
    assertThat(task.getOwner()).isEmpty();
    assertThat(task.getLease()).isZero();
    assertThat(task.getEpoch()).isEqualTo(epoch);
    assertThat(store.acquire("t", 2)).isEqualTo(epoch + 1);
    assertThat(store.task("t").getAttempt()).isEqualTo(2);
  }

  @Test
  void lateEndOfAFormerLeaseDoesNotTouchTheNextOwner() {
    long first = store.acquire("t", 1);
    store.release("t", first);
    store.acquire("t", 2);
    byte[] key = KeyLayout.task("default", "t");
    store.applyAgain(
        context -> {
          store.table().leaseEnded(context, 1, key);
          return true;
        });
    assertThat(store.task("t").getOwner()).isEqualTo("worker-2");
  }

  @Test
  void taskWhoseLeaseIsGoneButNotYetItsTurnIsTakenOver() {
    long first = store.acquire("t", 1);
    store.apply(
        context -> {
          context.batch().delete(ColumnFamily.LEASE, KeyLayout.id(1));
          return true;
        });
    long second = store.acquire("t", 2);
    assertThat(store.eventKinds()).containsExactly("LOST", "ACQUIRED");
    assertThat(store.events().get(0).getLease()).isEqualTo(1);
    assertThat(store.events().get(0).getEvent().getEpoch()).isEqualTo(first);
    assertThat(store.events().get(1).getEvent().getEpoch()).isEqualTo(second);
    assertThat(item(1, "t")).isFalse();
    assertThat(item(2, "t")).isTrue();
  }

  @Test
  void largeRowsCountAsSeveralForHousekeeping() {
    long epoch = store.acquire("t", 1);
    for (int i = 0; i < 3; i++) {
      store.stage("t", epoch, 0, "s" + i, "x".repeat(Limits.VALUE_BYTES_MAX));
    }
    store.release("t", epoch);
    epoch = store.acquire("t", 1);
    for (int i = 0; i < 3; i++) {
      store.stage("t", epoch, 0, "s" + i, "x".repeat(Limits.VALUE_BYTES_MAX));
    }
    store.endLease(1);
    Task gone = store.delete("t");
    assertThat(store.count(ColumnFamily.SECTION)).isEqualTo(3);
    store.apply(context -> TaskGarbage.collect(context, gone.getId(), 100));
    assertThat(store.count(ColumnFamily.SECTION)).as("two of 65 rows each").isEqualTo(1);
  }

  @Test
  void heartbeatHoldsOnlyTheLiveEpoch() {
    long epoch = store.acquire("t", 1);
    assertThat(store.table().hold(store.rows(), Requests.name("t"), epoch)).isPresent();
    assertThat(store.table().holds(store.rows(), Requests.name("t"), epoch + 1)).isFalse();
    assertThat(store.table().holds(store.rows(), Requests.name("u"), epoch)).isFalse();
    store.endLease(1);
    assertThat(store.table().holds(store.rows(), Requests.name("t"), epoch)).isFalse();
  }

  @Test
  void completedTaskTellsItsResultToWhoAsksForIt() {
    long epoch = store.acquire("t", 1);
    Task answer = store.complete("t", epoch, "42");
    assertThat(store.eventKinds()).containsExactly("SUCCEEDED");
    assertThat(answer.getResult().isEmpty()).isTrue();
    assertThat(answer.getHasResult()).isTrue();
    assertThat(item(1, "t")).isFalse();
    TaskAcquireResponse response = store.tryAcquire(Requests.acquire("t", 2));
    assertThat(response.getResult()).isEqualTo(Result.COMPLETED);
    assertThat(response.getTask().getResult().toStringUtf8()).isEqualTo("42");
  }

  @Test
  void resultIsCheckedBeforeAnythingIsWritten() {
    long epoch = store.acquire("t", 1);
    var wrong =
        Requests.save("t", epoch).records(1, "a").completing("42").toBuilder()
            .setResult(Requests.bytes("43"))
            .build();
    refused(
        ErrorCode.DIGEST_MISMATCH,
        () -> store.apply(context -> store.table().complete(context, wrong)));
    refused(
        ErrorCode.TOO_LARGE,
        () -> store.complete("t", epoch, "x".repeat(Limits.RESULT_BYTES_MAX + 1)));
    assertThat(store.task("t").getLastLsn()).isZero();
  }

  @Test
  void completeTakesTheLastRecordsAndCheckpointWithIt() {
    long epoch = store.acquire("t", 1);
    var request =
        Requests.save("t", epoch)
            .records(1, "a", "b")
            .checkpoint(0, 2)
            .section("s", "end")
            .completing("42");
    store.apply(context -> store.table().complete(context, request));
    Task task = store.task("t");
    assertThat(task.getState()).isEqualTo(TaskState.SUCCEEDED);
    assertThat(task.getLastLsn()).isEqualTo(2);
    assertThat(task.getCheckpointSeq()).isZero();
  }

  @Test
  void faultIsKeptWithItsRecoveryPoint() {
    long epoch = store.acquire("t", 1);
    store.save(Requests.save("t", epoch).records(1, "a", "b").checkpoint(0, 1));
    store.advance(5);
    Task task = store.fail("t", epoch, true);
    assertThat(task.getState()).isEqualTo(TaskState.PENDING);
    assertThat(task.getFault().getEpoch()).isEqualTo(epoch);
    assertThat(task.getFault().getAttempt()).isEqualTo(1);
    assertThat(task.getFault().getCheckpointSeq()).isZero();
    assertThat(task.getFault().getLsn()).isEqualTo(2);
    assertThat(task.getFault().getTimeMillis()).isEqualTo(1_005);
    assertThat(store.events().get(0).getEvent().getFault()).isEqualTo(task.getFault());
    long second = store.acquire("t", 2);
    assertThat(store.fail("t", second, false).getState()).isEqualTo(TaskState.FAILED);
    assertThat(store.tryAcquire(Requests.acquire("t", 1)).getResult()).isEqualTo(Result.ENDED);
  }

  @Test
  void ownersLastWordIsToldAgainAsLongAsNothingElseHappened() {
    long first = store.acquire("t", 1);
    Task released = store.release("t", first);
    assertThat(again(() -> store.release("t", first))).isEqualTo(released);
    long second = store.acquire("t", 1);
    refused(ErrorCode.FENCED, () -> store.release("t", first));
    Task failed = store.fail("t", second, true);
    assertThat(again(() -> store.fail("t", second, true))).isEqualTo(failed);
    refused(ErrorCode.FENCED, () -> store.fail("t", second, false));
    refused(ErrorCode.FENCED, () -> store.release("t", second));
    long third = store.acquire("t", 1);
    refused(ErrorCode.FENCED, () -> store.fail("t", second, true));
    Task completed = store.complete("t", third, "42");
    assertThat(again(() -> store.complete("t", third, "42"))).isEqualTo(completed);
    refused(ErrorCode.FENCED, () -> store.complete("t", third, "43"));
    var more = Requests.save("t", third).records(1, "late").completing("42");
    refused(ErrorCode.FENCED, () -> store.apply(context -> store.table().complete(context, more)));
  }

  @Test
  void releaseBeforeACancellationIsNotToldAfterIt() {
    long epoch = store.acquire("t", 1);
    store.release("t", epoch);
    store.cancel("t");
    refused(ErrorCode.FENCED, () -> store.release("t", epoch));
  }

  @Test
  void lostEpochIsNotTakenForAReleasedOne() {
    long epoch = store.acquire("t", 1);
    store.endLease(1);
    refused(ErrorCode.FENCED, () -> store.release("t", epoch));
  }

  @Test
  void cancelFencesTheOwnerAndIsRefusedAtTheEnd() {
    long epoch = store.acquire("t", 1);
    store.stage("t", epoch, 0, "s", "left behind");
    assertThat(store.cancel("t").getState()).isEqualTo(TaskState.CANCELLED);
    assertThat(store.eventKinds()).containsExactly("CANCELLED");
    assertThat(store.events().get(0).getLease()).isEqualTo(1);
    assertThat(item(1, "t")).isFalse();
    assertThat(store.count(ColumnFamily.SECTION)).isZero();
    refused(ErrorCode.WRONG_STATE, () -> store.cancel("t"));
    assertThat(store.tryAcquire(Requests.acquire("t", 2)).getResult()).isEqualTo(Result.ENDED);
  }

  @Test
  void deletedTaskLeavesItsRowsToHousekeeping() {
    long epoch = store.acquire("t", 1);
    store.save(
        Requests.save("t", epoch).records(1, "a", "b", "c").checkpoint(0, 0).section("s", "0"));
    store.stage("t", epoch, 1, "s", "1");
    refused(ErrorCode.WRONG_STATE, () -> store.delete("t"));
    store.endLease(1);
    Task gone = store.delete("t");
    assertThat(store.eventKinds()).containsExactly("DELETED");
    refused(ErrorCode.TASK_NOT_FOUND, () -> store.task("t"));
    assertThat(store.rows().counter(Counter.TASKS)).isZero();
    assertThat(store.rows().get(ColumnFamily.GARBAGE, garbage(gone))).isNotNull();
    Task next = store.create("t", Requests.keeping(1));
    assertThat(next.getId()).isNotEqualTo(gone.getId());
    long rows = 0;
    int step;
    do {
      step = store.apply(context -> TaskGarbage.collect(context, gone.getId(), 2));
      assertThat(step).isLessThanOrEqualTo(2);
      rows += step;
    } while (step == 2);
    assertThat(rows).isEqualTo(1 + 2 + 3 + 3);
    for (ColumnFamily family :
        List.of(ColumnFamily.CHECKPOINT, ColumnFamily.SECTION, ColumnFamily.LOG)) {
      assertThat(store.count(family)).as(family.name()).isZero();
    }
    assertThat(store.count(ColumnFamily.TASK_HISTORY)).as("the next one's").isEqualTo(1);
  }

  private Task again(Supplier<Task> call) {
    byte[] before = store.task("t").toByteArray();
    Task answer = call.get();
    assertThat(store.events()).isEmpty();
    assertThat(store.task("t").toByteArray()).isEqualTo(before);
    return answer;
  }

  private boolean item(long lease, String name) {
    byte[] key = KeyLayout.leaseItem(lease, KeyLayout.ITEM_TASK, KeyLayout.task("default", name));
    return store.rows().get(ColumnFamily.LEASE_ITEM, key) != null;
  }

  private static byte[] garbage(Task task) {
    return KeyLayout.garbage(KeyLayout.GARBAGE_TASK, task.getId());
  }
}
