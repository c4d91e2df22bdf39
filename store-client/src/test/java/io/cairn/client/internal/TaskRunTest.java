package io.cairn.client.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cairn.client.CairnException;
import io.cairn.client.FencedException;
import io.cairn.client.Lost;
import io.cairn.client.TaskRun;
import io.cairn.client.codec.Codec;
import io.cairn.client.codec.Codecs;
import io.cairn.client.codec.StoredState;
import io.cairn.client.internal.FakeNode.Fate;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.SectionWrite;
import io.cairn.protocol.v1.TaskSaveRequest;
import io.cairn.protocol.v1.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One owner's run against a scripted store. */
class TaskRunTest {
  private static final Codec<StringBuilder> BUILDERS =
      new Codec<>() {
        @Override
        public String id() {
          return "builders";
        }

        @Override
        public int schemaVersion() {
          return 1;
        }

        @Override
        public byte[] encode(StringBuilder value) {
          return value.toString().getBytes(UTF_8);
        }

        @Override
        public StringBuilder decode(byte[] bytes, int schemaVersion) {
          return new StringBuilder(new String(bytes, UTF_8));
        }
      };

  private FakeCluster cluster;
  private ConnectedCairn client;
  private final List<Lost> lost = new CopyOnWriteArrayList<>();

  @BeforeEach
  void start() throws Exception {
    cluster = new FakeCluster(2);
    client = cluster.client();
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void firstRunWritesCheckpointZeroBeforeUserCode() {
    try (TaskRun<String> run = acquire(0)) {
      assertThat(run.stateOr(() -> "start")).isEqualTo("start");
      assertThat(cluster.store.task().getCheckpointSeq()).isZero();
      assertThat(run.checkpointSeq()).isZero();
      assertThat(run.isResumed()).isFalse();
    }
  }

  @Test
  void resumedRunStartsFromTheNewestCheckpoint() {
    try (TaskRun<String> run = acquire(0)) {
      run.stateOr(() -> "start");
      run.checkpoint("later");
    }
    try (TaskRun<String> run = acquire(0)) {
      assertThat(run.stateOr(() -> "start")).isEqualTo("later");
      assertThat(run.recoveredSeq()).isEqualTo(1);
      assertThat(run.attempt()).isEqualTo(2);
    }
  }

  @Test
  void eachTriggerSavesOnce() {
    try (TaskRun<String> run = acquire(10)) {
      run.stateOr(() -> "0");
      for (int i = 1; i <= 105; i++) {
        run.update(String.valueOf(i));
      }
      run.flush();
      assertThat(checkpoints()).hasSize(11);
      assertThat(run.checkpointSeq()).isEqualTo(10);
      run.complete(105L);
    }
    assertThat(state(String.class, Codecs.string())).isEqualTo("105");
    assertThat(checkpoints()).hasSize(12);
    assertThat(cluster.store.task().getState()).isEqualTo(TaskState.SUCCEEDED);
  }

  @Test
  void mutableStateIsSavedAsItWasAtTheUpdate() {
    StringBuilder state = new StringBuilder();
    try (TaskRun<StringBuilder> run = client.task("t", BUILDERS).checkpointEvery(1).acquire()) {
      run.stateOr(() -> state);
      for (int i = 0; i < 200; i++) {
        state.append("x");
        run.update(state);
        state.append("y");
      }
      run.flush();
    }
    List<TaskSaveRequest> saved = checkpoints();
    for (int i = 1; i < saved.size(); i++) {
      byte[] bytes = saved.get(i).getCheckpoint().getSections(0).getInline().toByteArray();
      assertThat(StoredState.decode(BUILDERS, bytes).toString())
          .isEqualTo("xy".repeat(i - 1) + "x");
    }
  }

  @Test
  void appendsAreBatchedInOrderAndCoveredByTheNextCheckpoint() {
    try (TaskRun<String> run = acquire(0)) {
      run.stateOr(() -> "0");
      List<CompletableFuture<Long>> appended = new ArrayList<>();
      for (int i = 0; i < 2_000; i++) {
        appended.add(run.appendAsync(("r" + i).getBytes(UTF_8)));
      }
      run.checkpoint("1");
      for (int i = 0; i < 2_000; i++) {
        assertThat(appended.get(i)).isCompletedWithValue(i + 1L);
      }
    }
    assertThat(recordsInOrder()).hasSize(2_000).startsWith("r0", "r1").endsWith("r1999");
    List<TaskSaveRequest> saves = cluster.store.saves();
    assertThat(saves.size()).isLessThan(1_000);
    assertThat(saves.get(saves.size() - 1).getCheckpoint().getCoveredLsn()).isEqualTo(2_000);
  }

  @Test
  void appendsSurviveDropsAndOverload() {
    AtomicInteger saves = new AtomicInteger();
    cluster
        .leader()
        .script(
            request -> {
              if (!FakeCluster.command(request).hasTaskSave()) {
                return Fate.ANSWER;
              }
              int number = saves.incrementAndGet();
              if (number % 7 == 3) {
                return Fate.OVERLOADED;
              }
              return number % 11 == 5 ? Fate.APPLY_AND_DROP : Fate.ANSWER;
            });
    try (TaskRun<String> run = acquire(0)) {
      run.stateOr(() -> "0");
      for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 10; i++) {
          CompletableFuture<Long> unused =
              run.appendAsync(("r" + (round * 10 + i)).getBytes(UTF_8));
        }
        run.checkpointAsync(String.valueOf(round)).join();
      }
    }
    List<String> records = recordsInOrder();
    assertThat(records).hasSize(200).doesNotHaveDuplicates().endsWith("r199");
  }

  @Test
  void checkpointIsKnownWhenItIsSentAgainAfterALongSilence() {
    AtomicInteger silent = new AtomicInteger();
    cluster
        .leader()
        .script(
            request -> {
              TaskSaveRequest save = FakeCluster.command(request).getTaskSave();
              return save.getCheckpoint().getSeq() == 1 && silent.getAndIncrement() == 0
                  ? Fate.APPLY_SILENTLY
                  : Fate.ANSWER;
            });
    ConnectedCairn hasty =
        cluster.client(settings -> settings.requestTimeout(Duration.ofMillis(500)));
    try (TaskRun<String> run =
        hasty.task("t", Codecs.string()).leaseTtl(Duration.ofSeconds(30)).acquire()) {
      run.stateOr(() -> "0");
      for (int i = 1; i <= 10; i++) {
        CompletableFuture<Long> unused = run.checkpointAsync(String.valueOf(i));
      }
      run.flush();
      assertThat(run.checkpointSeq()).isEqualTo(10);
    }
    assertThat(cluster.store.resends()).isPositive();
    assertThat(checkpoints()).hasSize(11);
  }

  @Test
  void recordsAndCheckpointGivenTogetherAreOneCommand() {
    try (TaskRun<String> run = acquire(0)) {
      run.stateOr(() -> "0");
      run.saveWith(List.of("a".getBytes(UTF_8), "b".getBytes(UTF_8)), "1").join();
    }
    TaskSaveRequest save = cluster.store.saves().get(1);
    assertThat(save.getRecordsCount()).isEqualTo(2);
    assertThat(save.getCheckpoint().getCoveredLsn()).isEqualTo(2);
  }

  @Test
  void unchangedSectionsAreNotSentAgain() {
    try (TaskRun<String> run = acquire(0)) {
      run.checkpointSections(Map.of("a", new byte[] {1}, "b", new byte[] {2}));
      run.checkpointSections(Map.of("a", new byte[] {1}, "b", new byte[] {3}));
    }
    Map<String, SectionWrite> second = new java.util.HashMap<>();
    checkpoints()
        .get(1)
        .getCheckpoint()
        .getSectionsList()
        .forEach(section -> second.put(section.getName(), section));
    assertThat(second.get("a").hasSameAsSeq()).isTrue();
    assertThat(second.get("b").hasInline()).isTrue();
  }

  @Test
  void fencedWriteEndsTheRunAndTellsOnce() {
    try (TaskRun<String> run = acquire(0)) {
      run.stateOr(() -> "0");
      cluster.store.giveTaskToAnother();
      assertThatThrownBy(() -> run.checkpoint("1"))
          .isInstanceOfSatisfying(
              FencedException.class, e -> assertThat(e.epoch()).isEqualTo(run.epoch()));
      assertThat(run.isOwned()).isFalse();
      assertThatThrownBy(() -> run.update("2")).isInstanceOf(FencedException.class);
      assertThatThrownBy(() -> run.append(new byte[1])).isInstanceOf(FencedException.class);
      await().atMost(10, SECONDS).until(() -> lost.size() == 1);
      assertThat(lost.get(0).reason()).isEqualTo(Lost.Reason.FENCED);
    }
    assertThat(lost).hasSize(1);
  }

  @Test
  void leaseThatTheStoreCallsLostEndsTheRun() {
    try (TaskRun<String> run = acquire(0)) {
      run.stateOr(() -> "0");
      cluster.store.loseLeases();
      await().atMost(10, SECONDS).until(() -> !lost.isEmpty());
      assertThat(lost.get(0).reason()).isEqualTo(Lost.Reason.TOLD);
      assertThatThrownBy(() -> run.update("1")).isInstanceOf(FencedException.class);
    }
  }

  @Test
  void silentClusterEndsTheRunWhenTheLeaseRunsOut() {
    try (TaskRun<String> run = acquire(0)) {
      run.stateOr(() -> "0");
      cluster.nodes.forEach(node -> node.script(request -> Fate.IGNORE));
      CompletableFuture<Long> pending = run.checkpointAsync("1");
      await().atMost(10, SECONDS).until(() -> !run.isOwned());
      assertThatThrownBy(pending::join).hasCauseInstanceOf(FencedException.class);
      await().atMost(10, SECONDS).until(() -> lost.size() == 1);
      assertThat(lost.get(0).reason()).isEqualTo(Lost.Reason.LEASE_RAN_OUT);
    }
  }

  @Test
  void writesWaitWhileTheBufferIsFull() throws Exception {
    ConnectedCairn small =
        cluster.client(settings -> settings.committerBufferBytes(10_000).clientName("s"));
    try (TaskRun<String> run =
        small.task("t", Codecs.string()).leaseTtl(Duration.ofSeconds(30)).acquire()) {
      run.stateOr(() -> "0");
      cluster
          .leader()
          .script(
              request -> FakeCluster.command(request).hasTaskSave() ? Fate.IGNORE : Fate.ANSWER);
      AtomicInteger appended = new AtomicInteger();
      Thread writer =
          new Thread(
              () -> {
                for (int i = 0; i < 100; i++) {
                  CompletableFuture<Long> unused = run.appendAsync(new byte[1_000]);
                  appended.incrementAndGet();
                }
              });
      writer.start();
      await().atMost(10, SECONDS).until(() -> writer.getState() == Thread.State.WAITING);
      assertThat(appended.get()).isBetween(5, 10);
      cluster.leader().script(request -> Fate.ANSWER);
      cluster.leader().drop();
      writer.join(20_000);
      run.flush();
      assertThat(cluster.store.task().getLastLsn()).isEqualTo(100);
    }
  }

  @Test
  void oversizedStateIsRefusedAndTheRunGoesOn() {
    try (TaskRun<String> run = acquire(0)) {
      run.stateOr(() -> "0");
      assertThatThrownBy(() -> run.checkpoint("x".repeat(Limits.VALUE_BYTES_MAX)))
          .isInstanceOfSatisfying(
              CairnException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_LARGE));
      assertThat(run.checkpoint("1")).isEqualTo(1);
    }
  }

  @Test
  void closeReleasesTheTaskAndRevokesTheLease() {
    long lease;
    try (TaskRun<String> run = acquire(0)) {
      run.stateOr(() -> "0");
      lease = cluster.store.task().getLease();
    }
    assertThat(cluster.store.task().getState()).isEqualTo(TaskState.PENDING);
    await().atMost(10, SECONDS).until(() -> cluster.store.revoked.contains(lease));
    assertThat(lost).isEmpty();
  }

  @Test
  void oneHeartbeatRenewsAllTasks() {
    try (TaskRun<String> first = acquire(0);
        TaskRun<String> second = acquire(0)) {
      assertThat(first.epoch()).isLessThan(second.epoch());
      await()
          .atMost(10, SECONDS)
          .until(
              () ->
                  cluster.leader().requests.stream()
                      .map(FakeCluster::command)
                      .filter(Command::hasRenew)
                      .anyMatch(command -> command.getRenew().getLeasesCount() == 2));
    }
  }

  private TaskRun<String> acquire(int items) {
    var builder =
        client.task("t", Codecs.string()).leaseTtl(Duration.ofSeconds(3)).onLost(lost::add);
    return items > 0 ? builder.checkpointEvery(items).acquire() : builder.acquire();
  }

  private List<TaskSaveRequest> checkpoints() {
    return cluster.store.saves().stream().filter(TaskSaveRequest::hasCheckpoint).toList();
  }

  private List<String> recordsInOrder() {
    List<String> records = new ArrayList<>();
    for (TaskSaveRequest save : cluster.store.saves()) {
      for (int i = 0; i < save.getRecordsCount(); i++) {
        if (save.getFirstLsn() + i == records.size() + 1) {
          records.add(save.getRecords(i).getPayload().toStringUtf8());
        }
      }
    }
    return records;
  }

  private <V> V state(Class<V> type, Codec<V> codec) {
    return type.cast(
        StoredState.decode(codec, cluster.store.section(OwnedTask.STATE).toByteArray()));
  }
}
