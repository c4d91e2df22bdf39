package io.cairn.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cairn.client.Acquisition;
import io.cairn.client.Bytes;
import io.cairn.client.Cairn;
import io.cairn.client.FencedException;
import io.cairn.client.HeldLock;
import io.cairn.client.Lease;
import io.cairn.client.PutOp;
import io.cairn.client.TaskName;
import io.cairn.client.TaskRun;
import io.cairn.client.TaskSpec;
import io.cairn.client.TaskState;
import io.cairn.client.TaskWrites.CheckpointDraft;
import io.cairn.client.TaskWrites.Claim;
import io.cairn.client.codec.Codecs;
import io.cairn.protocol.Certainty;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class OwnershipTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Test
  @WithCairn(nodes = 3)
  void aLockOutlivesTheLeaderAndItsTokenGrows(CairnCluster cluster, Cairn cairn) {
    HeldLock first = cairn.locks().lock("l", PATIENCE).orElseThrow();
    CairnNode old = cluster.leader();
    cluster.kill(old);
    first.put(PutOp.of("guarded", "1"));
    assertThat(first.isHeld()).isTrue();
    try (Cairn other = cluster.clientBuilder().build()) {
      assertThat(other.locks().tryLock("l")).isEmpty();
      first.close();
      HeldLock second = other.locks().lock("l", PATIENCE).orElseThrow();
      assertThat(second.token()).isGreaterThan(first.token());
      assertThatThrownBy(() -> first.put(PutOp.of("guarded", "2")))
          .isInstanceOf(FencedException.class);
      second.put(PutOp.of("guarded", "3"));
    }
    assertThat(cairn.kv().get("guarded").orElseThrow().value()).isEqualTo(Bytes.utf8("3"));
    assertThat(cairn.kv().get("guarded").orElseThrow().version()).isEqualTo(2);
  }

  @Test
  @WithCairn(nodes = 3)
  void aSilentOwnerLosesItsTaskAfterItsTimeToLiveAndItsWritesAreFenced(
      CairnCluster cluster, Cairn cairn) {
    TaskName name = TaskName.of("job");
    Lease lease = cairn.leases().grant(Duration.ofSeconds(2)); // never renewed: a paused client
    Claim claim =
        cairn
            .tasks()
            .raw()
            .acquire(name, lease.id(), "silent", Optional.of(TaskSpec.defaults()))
            .join();
    long oldEpoch = claim.task().epoch();
    assertThat(cairn.tasks().raw().save(name, oldEpoch, 1, records("a"), draft(0)).join().lastLsn())
        .isEqualTo(1);

    cluster.kill(cluster.leader());
    Acquisition<String> acquired = cairn.task("job", Codecs.string()).acquire(PATIENCE);
    assertThat(acquired).isInstanceOf(Acquisition.Acquired.class);
    try (TaskRun<String> run = ((Acquisition.Acquired<String>) acquired).run()) {
      assertThat(run.epoch()).isGreaterThan(oldEpoch);
      assertThat(run.attempt()).isEqualTo(2);
      assertThat(run.append(new byte[] {2})).isEqualTo(2);
      assertFenced(
          () -> cairn.tasks().raw().save(name, oldEpoch, 3, List.of(), draft(1)).join(), oldEpoch);
      assertFenced(
          () -> cairn.tasks().raw().append(name, oldEpoch, 3, records("x")).join(), oldEpoch);
      assertFenced(
          () -> cairn.tasks().raw().complete(name, oldEpoch, Bytes.utf8("x")).join(), oldEpoch);
      assertFenced(() -> cairn.tasks().raw().release(name, oldEpoch).join(), oldEpoch);
      assertThat(cairn.tasks().raw().holds(name, oldEpoch).join()).isFalse();
      assertThat(run.isOwned()).isTrue();
      assertThat(run.append(new byte[] {3})).isEqualTo(3);
    }
    assertThat(cairn.tasks().get(name).orElseThrow().lastLsn()).isEqualTo(3);
    assertThat(cairn.tasks().get(name).orElseThrow().checkpointSeq()).isEqualTo(0);
    assertThat(cairn.tasks().verify(name).damages()).isEmpty();
  }

  @Test
  @WithCairn(nodes = 3)
  void anOwnerThatRenewsKeepsItsTaskThroughLeaderChanges(CairnCluster cluster, Cairn cairn) {
    try (TaskRun<String> run =
        cairn.task("job", Codecs.string()).leaseTtl(Duration.ofSeconds(3)).acquire()) {
      assertThat(run.stateOr(() -> "begun")).isEqualTo("begun");
      long epoch = run.epoch();
      for (int round = 0; round < 2; round++) {
        CairnNode old = cluster.leader();
        cluster.kill(old);
        run.append(new byte[] {(byte) round});
        cluster.restart(old);
        cluster.awaitApplied();
      }
      assertThat(run.isOwned()).isTrue();
      assertThat(run.epoch()).isEqualTo(epoch);
      run.complete(new byte[] {7});
    }
    assertThat(cairn.tasks().get(TaskName.of("job")).orElseThrow().state())
        .isEqualTo(TaskState.SUCCEEDED);
  }

  @Test
  @WithCairn(nodes = 3)
  void aLeaseThatNobodyRenewsEndsOnceAfterALeaderChangeAndItsKeysGo(
      CairnCluster cluster, Cairn cairn) {
    Lease lease = cairn.leases().grant(Duration.ofSeconds(1));
    cairn.kv().put(PutOp.of("leased", "1").withLease(lease.id()));
    cluster.kill(cluster.leader());
    await().atMost(PATIENCE).until(() -> cairn.kv().get("leased").isEmpty());
    assertThat(cairn.leases().timeToLive(lease.id())).isEmpty();
    assertThat(cairn.leases().list()).doesNotContain(lease.id());
    assertThat(cluster.digests()).hasSize(2);
  }

  private static void assertFenced(Runnable write, long epoch) {
    assertThatThrownBy(write::run)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            FencedException.class,
            fenced -> {
              assertThat(fenced.certainty()).isEqualTo(Certainty.NOT_APPLIED);
              assertThat(fenced.epoch()).isEqualTo(epoch);
            });
  }

  private static List<Bytes> records(String text) {
    return List.of(Bytes.utf8(text));
  }

  private static Optional<CheckpointDraft> draft(long seq) {
    return Optional.of(
        new CheckpointDraft(seq, "test", Map.of(), Map.of("state", Bytes.utf8("s")), 0));
  }
}
