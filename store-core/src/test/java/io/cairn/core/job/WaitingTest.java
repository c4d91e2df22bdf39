package io.cairn.core.job;

import static io.cairn.core.job.RedundancyRequests.finish;
import static io.cairn.core.job.RedundancyRequests.replicas;
import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.RetryPolicy;
import io.cairn.protocol.v1.TaskExplainRequest;
import io.cairn.protocol.v1.Worker;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** For what a task waits, as it is told to people. */
class WaitingTest {
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

  private String waiting(String task) {
    return store
        .ask(
            Query.newBuilder()
                .setTaskExplain(
                    TaskExplainRequest.newBuilder().setTask(JobRequests.taskName(task))))
        .getTaskExplain()
        .getWaiting();
  }

  @Test
  void aTaskThatHasAWorkerWaitsForNothing() {
    store.register("w1", 1, "h");
    store.submit("j", JobRequests.job(1).build());
    assertThat(waiting("j/s/0")).isEmpty();
  }

  @Test
  void aReplicaNeedsAWorkerOfItsOwn() {
    store.register("w1", 4, "h");
    store.register("x", 4, "other");
    store.submit("j", replicas(1, 2).build());
    assertThat(waiting("j/s/0#1"))
        .isEqualTo(
            "for a worker: 1 worker has handler 'h', 1 of which had or have other runs of this"
                + " partition; each run needs a worker of its own");
    finish(store, "j/s/0", "a");
    assertThat(waiting("j/s/0#1")).contains("each run needs a worker of its own");
  }

  @Test
  void placesOfTheWorkersThatMayHaveItAreCounted() {
    store.register("w1", 2, "h");
    store.submit("j", replicas(2, 2).build());
    store.register("w2", 1, "h");
    assertThat(store.live("j")).containsExactly("j/s/0", "j/s/0#1", "j/s/1");
    assertThat(waiting("j/s/1#1"))
        .isEqualTo(
            "for a worker: 2 workers have handler 'h', 1 of which had or have other runs of this"
                + " partition; 0 of 1 places are free on the other 1");
  }

  @Test
  void thePauseBehindAFaultIsToldFirst() {
    store.register("w1", 1, "h");
    RetryPolicy.Builder pausing = RetryPolicy.newBuilder().setBackoffFirstMillis(1_000);
    store.submit("j", JobRequests.job(1).setRetry(pausing.setAttemptsMax(9)).build());
    store.start("j/s/0");
    store.fail("j/s/0", true);
    long retry = store.task("j/s/0").getJob().getRetryTimeMillis();
    assertThat(retry).isPositive();
    assertThat(waiting("j/s/0"))
        .isEqualTo((retry - store.now()) + " ms more: the pause behind its last fault");
  }

  @Test
  void aHandlerThatNobodyHasIsNamed() {
    Worker only = store.register("w1", 1, "h");
    store.submit("j", JobRequests.retrying(1, 9).build());
    store.start("j/s/0");
    store.run(JobRequests.drain(only));
    store.release("j/s/0");
    assertThat(waiting("j/s/0"))
        .isEqualTo(
            "for a worker: 1 worker has handler 'h'; 0 of 1 places are free; w1 is DRAINING and"
                + " gets nothing new");
    store.run(JobRequests.leave(only));
    assertThat(waiting("j/s/0")).isEqualTo("for a worker: none has handler 'h'");
  }
}
