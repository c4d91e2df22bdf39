package io.cairn.client.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cairn.client.CairnException;
import io.cairn.client.LiveLease;
import io.cairn.client.TaskRun;
import io.cairn.client.codec.Codecs;
import io.cairn.client.internal.FakeNode.Fate;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Command;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Leases stay alive while their client does, whatever else it holds or its callbacks do. */
class HeartbeatTest {
  private FakeCluster cluster;

  @BeforeEach
  void start() throws Exception {
    cluster = new FakeCluster(1);
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void shortLeaseBesideALongOneIsRenewedInTime() {
    ConnectedCairn client = cluster.client();
    AtomicBoolean lost = new AtomicBoolean();
    try (LiveLease longer = client.leases().open(Duration.ofSeconds(60), () -> {});
        LiveLease shorter = client.leases().open(Duration.ofSeconds(1), () -> lost.set(true))) {
      await().atMost(10, SECONDS).until(() -> lost.get() || renewals(shorter.id()) >= 5);
      assertThat(lost).isFalse();
      assertThat(longer.isAlive()).isTrue();
    }
  }

  @Test
  void intervalLongerThanALeaseDoesNotLoseIt() {
    ConnectedCairn client =
        cluster.client(
            settings ->
                settings
                    .leaseTtl(Duration.ofSeconds(60))
                    .heartbeatInterval(Duration.ofSeconds(30)));
    AtomicBoolean lost = new AtomicBoolean();
    try (LiveLease lease = client.leases().open(Duration.ofSeconds(1), () -> lost.set(true))) {
      await().atMost(10, SECONDS).until(() -> lost.get() || renewals(lease.id()) >= 5);
      assertThat(lost).isFalse();
    }
  }

  @Test
  void appendFromACallbackWhileTheBufferIsFullDoesNotStopTheHeartbeat() {
    ConnectedCairn client = cluster.client(settings -> settings.committerBufferBytes(2_000));
    try (TaskRun<String> run =
        client.task("t", Codecs.string()).leaseTtl(Duration.ofSeconds(1)).acquire()) {
      run.stateOr(() -> "0");
      cluster
          .leader()
          .script(
              request ->
                  FakeCluster.command(request).hasTaskSave() ? Fate.APPLY_SILENTLY : Fate.ANSWER);
      AtomicInteger failed = new AtomicInteger();
      CompletableFuture<Void> chained =
          run.appendAsync("first".getBytes(UTF_8))
              .thenAccept(
                  lsn -> {
                    for (int i = 0; i < 10; i++) {
                      try {
                        CompletableFuture<Long> unused = run.appendAsync(new byte[500]);
                      } catch (CairnException e) {
                        assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED);
                        failed.incrementAndGet();
                      }
                    }
                  });
      cluster.leader().script(request -> Fate.ANSWER);
      cluster.leader().drop();
      await().atMost(10, SECONDS).until(chained::isDone);
      assertThat(chained).isCompleted();
      assertThat(failed).hasPositiveValue();
      assertThat(run.append(new byte[1])).isPositive();
      assertThat(run.isOwned()).isTrue();
    }
  }

  @Test
  void renewalThatFindsTheTaskEndedBeforeTheAnswerToItsEndIsNoLoss() {
    ConnectedCairn client = cluster.client();
    AtomicBoolean lost = new AtomicBoolean();
    try (TaskRun<String> run =
        client
            .task("t", Codecs.string())
            .leaseTtl(Duration.ofSeconds(1))
            .onLost(why -> lost.set(true))
            .acquire()) {
      run.stateOr(() -> "0");
      cluster
          .leader()
          .script(
              request ->
                  FakeCluster.command(request).hasTaskComplete()
                      ? Fate.APPLY_SILENTLY
                      : Fate.ANSWER);
      CompletableFuture<Void> completed = CompletableFuture.runAsync(() -> run.complete("done"));
      await().atMost(10, SECONDS).until(() -> cluster.store.task().getHasResult());
      cluster.store.loseTasks();
      long before = renewals(cluster.store.task().getLease());
      await()
          .atMost(10, SECONDS)
          .until(() -> renewals(cluster.store.task().getLease()) >= before + 3);
      cluster.leader().script(request -> Fate.ANSWER);
      cluster.leader().drop();
      await().atMost(10, SECONDS).until(completed::isDone);
      assertThat(completed).isCompleted();
      assertThat(lost).isFalse();
    }
  }

  @Test
  void stateOrDoesNotPutTheFirstStateOverASavedOne() {
    ConnectedCairn client = cluster.client();
    try (TaskRun<String> run = client.task("t", Codecs.string()).acquire()) {
      run.stateOr(() -> "0");
      run.checkpoint("7");
      assertThatThrownBy(() -> run.stateOr(() -> "0"))
          .isInstanceOfSatisfying(
              CairnException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.WRONG_STATE));
      assertThat(run.checkpointSeq()).isEqualTo(1);
    }
  }

  private long renewals(long lease) {
    return cluster.leader().requests.stream()
        .map(FakeCluster::command)
        .filter(Command::hasRenew)
        .filter(command -> command.getRenew().getLeasesList().contains(lease))
        .count();
  }
}
