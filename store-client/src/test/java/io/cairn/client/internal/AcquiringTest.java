package io.cairn.client.internal;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cairn.client.TaskRun;
import io.cairn.client.codec.Codecs;
import io.cairn.protocol.v1.Request;
import io.cairn.protocol.v1.ServerFrame;
import io.cairn.protocol.v1.TaskEvent;
import io.cairn.protocol.v1.TaskHistoryEvent;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How a task that another holds is waited for. */
class AcquiringTest {
  private FakeCluster cluster;
  private ConnectedCairn client;

  @BeforeEach
  void start() throws Exception {
    cluster = new FakeCluster(1);
    client = cluster.client();
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void heldTaskIsAskedForAgainWhenAnEventSaysThatItsHolderHasLostIt() throws Exception {
    cluster.store.holdBy(77);
    CompletableFuture<TaskRun<String>> waiting =
        CompletableFuture.supplyAsync(() -> client.task("t", Codecs.string()).acquire());
    await().atMost(10, SECONDS).until(() -> acquisitions() >= 2 && isWatched(77));
    long asked = acquisitions();
    cluster.store.holdBy(0);
    cluster
        .leader()
        .push(
            ServerFrame.newBuilder()
                .addTaskEvents(
                    TaskEvent.newBuilder()
                        .setLease(77)
                        .setEvent(TaskHistoryEvent.newBuilder().setKind("LOST")))
                .build());
    try (TaskRun<String> run = waiting.get(10, SECONDS)) {
      assertThat(run.isOwned()).isTrue();
      assertThat(acquisitions()).isBetween(asked + 1, asked + 2);
      await().atMost(10, SECONDS).until(() -> !isWatched(77));
    }
  }

  private long acquisitions() {
    return cluster.leader().requests.stream()
        .filter(request -> FakeCluster.command(request).hasTaskAcquire())
        .count();
  }

  /** As the client stated last. */
  private boolean isWatched(long lease) {
    return cluster.leader().requests.stream()
        .filter(Request::hasTaskWatch)
        .reduce((before, last) -> last)
        .filter(request -> request.getTaskWatch().getLeasesList().contains(lease))
        .isPresent();
  }
}
