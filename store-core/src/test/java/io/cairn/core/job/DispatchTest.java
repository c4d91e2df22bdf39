package io.cairn.core.job;

import static io.cairn.core.job.JobRequests.job;
import static io.cairn.core.job.JobRequests.retrying;
import static io.cairn.core.job.JobRequests.stage;
import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.KeyLayout;
import io.cairn.protocol.Limits;
import io.cairn.protocol.placement.HashRing;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.RetryPolicy;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskState;
import io.cairn.protocol.v1.Worker;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which task goes to which worker, and when. */
class DispatchTest {
  @TempDir Path folder;
  private final JobInvariants invariants = new JobInvariants();
  private JobStore store;

  @BeforeEach
  void open() {
    store = new JobStore(folder.resolve("db"));
  }

  @AfterEach
  void close() {
    invariants.check(store);
    store.close();
  }

  @Test
  void aTaskGoesToTheFirstWorkerClockwiseThatHasItsHandlerAndRoom() {
    HashRing ring = HashRing.of(64);
    for (String id : List.of("w1", "w2", "w3")) {
      store.register(id, 40, "h");
      ring.add(id);
    }
    store.register("other", 40, "g");
    store.submit("j", job(20).build());
    for (int i = 0; i < 20; i++) {
      String name = "j/s/" + i;
      assertThat(store.task(name).getOwner()).isEqualTo(ring.owner(name).orElseThrow());
    }
  }

  @Test
  void theOldestJobComesFirst() {
    store.submit("b", job(2).build());
    store.submit("a", job(2).build());
    store.register("w1", 3, "h");
    assertThat(store.eventKinds())
        .containsExactly("CLAIMED b/s/0", "CLAIMED b/s/1", "CLAIMED a/s/0");
  }

  @Test
  void aJobWithoutWorkersBlocksNoOther() {
    store.submit("waits", JobSpec.newBuilder().addStages(stage("s", "nobody", 5)).build());
    store.submit("j", job(1).build());
    store.register("w1", 1, "h");
    assertThat(store.live("j")).hasSize(1);
    assertThat(store.live("waits")).isEmpty();
    store.register("w2", 9, "nobody", "h");
    assertThat(store.live("waits")).hasSize(5);
  }

  @Test
  void aTaskThatRanBeforeComesBeforeThoseThatNeverDid() {
    store.register("w1", 1, "h");
    store.submit("j", retrying(3, 9).build());
    store.fail("j/s/0", true);
    assertThat(store.eventKinds()).containsExactly("FAILED j/s/0", "CLAIMED j/s/0");
  }

  @Test
  void spareWorkersComeLast() {
    Command.Builder spare = JobRequests.register("spare", store.lease(10_000), 4, "h");
    spare.getWorkerRegisterBuilder().setSpare(true);
    store.run(spare);
    store.register("w1", 2, "h");
    store.submit("j", job(3).build());
    assertThat(store.tasksOf("j/")).extracting(Task::getOwner).containsExactly("w1", "w1", "spare");
  }

  @Test
  void aTaskWaitsForItsPauseBeforeItIsDispatchedAgain() {
    store.register("w1", 60_000, 1, "h");
    RetryPolicy retry =
        RetryPolicy.newBuilder().setAttemptsMax(9).setBackoffFirstMillis(500).build();
    store.submit("j", job(1).setRetry(retry).build());
    store.fail("j/s/0", true);
    Task waiting = store.task("j/s/0");
    assertThat(waiting.getState()).isEqualTo(TaskState.PENDING);
    assertThat(waiting.getJob().getRetryTimeMillis()).isEqualTo(store.now() + 500);
    assertThat(waiting.getFault().getPauseMillis()).isEqualTo(500);
    store.advance(499);
    assertThat(store.live("j")).isEmpty();
    store.advance(1);
    assertThat(store.live("j")).hasSize(1);
    assertThat(store.task("j/s/0").getJob().getRetryTimeMillis()).isZero();
  }

  @Test
  void aNodeThatDidNotAcknowledgeIsAvoidedIfAnotherHasRoom() {
    store.register("w1", 60_000, 1, "h");
    store.submit("j", job(1).build());
    assertThat(store.task("j/s/0").getOwner()).isEqualTo("w1");
    store.register("w2", 60_000, 1, "h");
    store.advance(5_000);
    assertThat(store.eventKinds()).containsExactly("UNACKNOWLEDGED j/s/0", "CLAIMED j/s/0");
    assertThat(store.task("j/s/0").getOwner()).isEqualTo("w2");
    store.run(JobRequests.leave(worker("w2")));
    assertThat(store.task("j/s/0").getOwner()).as("nobody else has room").isEqualTo("w1");
  }

  @Test
  void oneCommandDispatchesNoMoreThanItMayAndTheRestFollows() {
    store.submit("j", job(2 * Limits.DISPATCHES_MAX + 10).build());
    store.register("w1", 1_000, "h");
    assertThat(store.live("j")).hasSize(Limits.DISPATCHES_MAX);
    assertThat(store.rows().get(ColumnFamily.DEADLINE, KeyLayout.leftOverDispatch())).isNotNull();
    invariants.check(store);
    store.restart();
    assertThat(store.expire()).isEqualTo(2);
    assertThat(store.live("j")).hasSize(2 * Limits.DISPATCHES_MAX + 10);
    assertThat(store.rows().get(ColumnFamily.DEADLINE, KeyLayout.leftOverDispatch())).isNull();
  }

  @Test
  void aRestartForgetsNothing() {
    store.register("w1", 2, "h");
    store.register("w2", 1, "h", "g");
    store.submit("j", retrying(6, 9).build());
    store.fail("j/s/1", true);
    store.commit();
    store.restart();
    while (!store.live("j").isEmpty()) {
      store.finish(store.live("j").get(0));
      invariants.check(store);
    }
    assertThat(store.job("j").getStages(0).getSucceeded()).isEqualTo(6);
  }

  private Worker worker(String id) {
    return WorkerRows.find(store.rows(), id).orElseThrow().getWorker();
  }
}
