package io.cairn.core.job;

import static io.cairn.core.job.RedundancyRequests.standby;
import static io.cairn.core.job.RedundancyRequests.workers;
import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.JobState;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskState;
import io.cairn.protocol.v1.Worker;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Places that are kept free for tasks that run on other nodes. */
class StandbyTest {
  @TempDir Path folder;
  private JobStore store;

  @BeforeEach
  void open() {
    store = new JobStore(folder.resolve("db"));
  }

  @AfterEach
  void close() {
    store.checkBoard();
    store.close();
  }

  @Test
  void aDispatchedTaskHasAPlaceOnAnotherNodeThatNoOtherTaskGets() {
    workers(store, 2, 2);
    store.submit("j", standby(10).build());
    // Four places: two tasks, and a place for each on the other worker.
    assertThat(store.live("j")).hasSize(2);
    for (Task task : store.tasksOf("j/")) {
      assertThat(task.getJob().getStandby()).isNotEmpty().isNotEqualTo(task.getOwner());
    }
    store.finish("j/s/0");
    assertThat(store.live("j")).hasSize(2);
  }

  @Test
  void aTaskOfALostWorkerIsWithItsStandbyInTheSameCommandAheadOfTheQueue() {
    workers(store, 3, 2);
    store.submit("j", standby(9).build());
    Task before = store.tasksOf("j/").get(0);
    store.start(before.getName().getName());
    Worker owner =
        store
            .ask(
                io.cairn.protocol.v1.Query.newBuilder()
                    .setWorkerList(io.cairn.protocol.v1.WorkerListRequest.getDefaultInstance()))
            .getWorkerList()
            .getWorkersList()
            .stream()
            .filter(worker -> worker.getId().equals(before.getOwner()))
            .findFirst()
            .orElseThrow();
    store.endLease(owner.getLease());
    Task after = store.task(before.getName().getName());
    assertThat(after.getState()).isEqualTo(TaskState.CLAIMED);
    assertThat(after.getOwner()).isEqualTo(before.getJob().getStandby());
    assertThat(after.getEpoch()).isGreaterThan(before.getEpoch());
    assertThat(after.getFault().getType()).isEqualTo("PROCESS_LOST");
    JobStore.refused(
        ErrorCode.FENCED, () -> store.complete(before.getName().getName(), before.getEpoch()));
  }

  @Test
  void aTaskThatNobodyHasRoomToStandByForRunsAndGetsAPlaceWhenThereIsOne() {
    store.register("w1", 2, "h");
    store.submit("j", standby(2).build());
    assertThat(store.live("j")).hasSize(2);
    assertThat(standbys()).containsExactly("", "");
    store.checkBoard();
    store.register("w2", 1, "h");
    assertThat(standbys()).containsExactlyInAnyOrder("w2", "");
    store.register("w3", 1, "h");
    assertThat(standbys()).containsExactlyInAnyOrder("w2", "w3");
  }

  @Test
  void aStandbyThatIsLostOrDrainedIsReplacedWhenThereIsRoom() {
    Worker first = store.register("w1", 1, "h");
    store.submit("j", standby(1).build());
    Worker second = store.register("w2", 1, "h");
    assertThat(standbys()).containsExactly("w2");
    store.endLease(second.getLease());
    assertThat(standbys()).containsExactly("");
    Worker third = store.register("w3", 1, "h");
    assertThat(standbys()).containsExactly("w3");
    store.register("w4", 1, "h");
    store.run(JobRequests.drain(third));
    assertThat(standbys()).containsExactly("w4");
    store.endLease(first.getLease());
    assertThat(store.task("j/s/0").getOwner()).isEqualTo("w4");
    store.finish("j/s/0");
    assertThat(store.job("j").getState()).isEqualTo(JobState.JOB_SUCCEEDED);
  }

  @Test
  void ofTwoWorkersLostInOneCommandTheTaskWaitsLikeAnyOther() {
    List<Worker> workers = workers(store, 2, 1);
    store.submit("j", standby(1).build());
    store.pass(20_000);
    store.expire();
    assertThat(workers).hasSize(2);
    store.advance(5_000);
    assertThat(store.task("j/s/0").getState()).isEqualTo(TaskState.PENDING);
    store.checkBoard();
    store.register("w3", 1, "h");
    assertThat(store.task("j/s/0").getOwner()).isEqualTo("w3");
  }

  @Test
  void aFaultOfTheTaskItselfFreesTheKeptPlace() {
    workers(store, 2, 1);
    store.submit("j", standby(2).build());
    assertThat(store.live("j")).containsExactly("j/s/0");
    store.start("j/s/0");
    store.fail("j/s/0", false);
    assertThat(standbys()).containsExactly("");
    store.checkBoard();
  }

  @Test
  void aSpareWorkerKeepsPlacesBeforeTheOthers() {
    store.register("w1", 2, "h");
    store.run(spare("w9", 2));
    store.register("w2", 2, "h");
    store.submit("j", standby(2).build());
    assertThat(standbys()).containsExactly("w9", "w9");
  }

  @Test
  void spareWorkersGetTasksOnlyWhenTheOthersHaveNoRoom() {
    for (int spares = 1; spares <= 2; spares++) {
      store.run(spare("m" + spares, 1));
    }
    Worker lost = store.register("w1", 2, "h");
    store.register("w2", 2, "h");
    store.submit("j", JobRequests.retrying(4, 10).build());
    assertThat(owners()).containsExactlyInAnyOrder("w1", "w2");
    store.pass(lostAfter());
    store.endLease(lost.getLease());
    store.advance(1_000);
    assertThat(owners()).containsExactlyInAnyOrder("w2", "m1", "m2");
  }

  private static long lostAfter() {
    return 10;
  }

  private io.cairn.protocol.v1.Command.Builder spare(String id, int capacity) {
    io.cairn.protocol.v1.Command.Builder command =
        JobRequests.register(id, store.lease(10_000), capacity, "h");
    command.getWorkerRegisterBuilder().setSpare(true);
    return command;
  }

  private Set<String> owners() {
    Set<String> owners = new HashSet<>();
    store.tasksOf("j/").forEach(task -> owners.add(task.getOwner()));
    return owners;
  }

  private List<String> standbys() {
    return store.tasksOf("j/").stream().map(task -> task.getJob().getStandby()).toList();
  }
}
