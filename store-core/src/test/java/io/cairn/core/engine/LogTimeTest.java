package io.cairn.core.engine;

import static io.cairn.core.engine.EngineHarness.command;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.cairn.core.storage.View;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Expire;
import io.cairn.protocol.v1.LeaderStart;
import io.cairn.protocol.v1.LeaseRevokeRequest;
import io.cairn.protocol.v1.PutRequest;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.RenewRequest;
import io.cairn.protocol.v1.TaskAcquireRequest;
import io.cairn.protocol.v1.TaskAcquireResponse;
import io.cairn.protocol.v1.TaskGetRequest;
import io.cairn.protocol.v1.TaskHold;
import io.cairn.protocol.v1.TaskName;
import io.cairn.protocol.v1.TaskState;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** I10: log time only, and nothing ends but by an Expire that was applied. */
class LogTimeTest {
  private static final long TTL_MILLIS = 10_000;
  private static final TaskName TASK =
      TaskName.newBuilder().setNamespace("default").setName("t").build();

  @TempDir Path folder;
  private EngineHarness engine;
  private long lease;

  @BeforeEach
  void open() {
    engine = new EngineHarness(folder.resolve("db"));
    lease = engine.lease(TTL_MILLIS);
    engine.one(putOn("k", lease));
  }

  @AfterEach
  void close() {
    engine.close();
  }

  @Test
  void nothingEndsByItselfHoweverMuchTimePasses() {
    engine.pass(100 * TTL_MILLIS);
    engine.one(EngineHarness.put("other", "v").build());
    assertThat(engine.get("k")).isEqualTo("v");
  }

  @Test
  void expireEndsWhatIsDueWithItsKeysAndTasks() {
    engine.one(acquire(lease));
    engine.pass(TTL_MILLIS);
    engine.expireDue();
    assertThat(engine.get("k")).isEmpty();
    var task =
        engine
            .query(Query.newBuilder().setTaskGet(TaskGetRequest.newBuilder().setName(TASK)).build())
            .getTaskGet();
    assertThat(task.getState()).isEqualTo(TaskState.PENDING);
    assertThat(engine.one(putOn("k2", lease)).getError().getCode())
        .isEqualTo(ErrorCode.LEASE_NOT_FOUND.number());
  }

  @Test
  void expireOneMillisecondTooEarlyEndsNothing() {
    engine.pass(TTL_MILLIS - 1);
    engine.expireDue();
    assertThat(engine.get("k")).isEqualTo("v");
    engine.pass(1);
    engine.expireDue();
    assertThat(engine.get("k")).isEmpty();
  }

  @Test
  void aRenewalThatComesEarlierInTheLogWins() {
    engine.pass(TTL_MILLIS);
    Expire proposed;
    try (View view = engine.storage().view()) {
      proposed = new Deadlines().due(view, 1_000 + TTL_MILLIS);
    }
    assertThat(proposed.getDueList()).anyMatch(due -> due.getId() == lease);
    engine.apply(renew(lease), command().setExpire(proposed).build());
    assertThat(engine.get("k")).isEqualTo("v");
    engine.pass(TTL_MILLIS);
    engine.expireDue();
    assertThat(engine.get("k")).isEmpty();
  }

  @Test
  void aNewLeaderLetsNothingEndBeforeNowPlusItsTimeToLive() {
    engine.pass(TTL_MILLIS - 1);
    engine.one(command().setLeaderStart(LeaderStart.newBuilder().setLeader("n2")).build());
    engine.pass(TTL_MILLIS - 1);
    engine.expireDue();
    assertThat(engine.get("k")).isEqualTo("v");
    engine.pass(1);
    engine.expireDue();
    assertThat(engine.get("k")).isEmpty();
  }

  @Test
  void logTimeNeverGoesBackWhateverALeaderStamps() {
    engine.pass(5_000);
    engine.one(EngineHarness.put("a", "1").build());
    engine.pass(-4_000);
    engine.one(renew(lease)); // stamped in the past: counts from the log's time
    engine.pass(4_000 + TTL_MILLIS - 1);
    engine.expireDue();
    assertThat(engine.get("k")).isEqualTo("v");
  }

  @Test
  void aRenewalTellsWhatIsLost() {
    long epoch = engine.one(acquire(lease)).getTaskAcquire().getTask().getEpoch();
    var answer =
        engine
            .one(
                command()
                    .setRenew(
                        RenewRequest.newBuilder()
                            .addLeases(lease)
                            .addLeases(999)
                            .addTasks(TaskHold.newBuilder().setName(TASK).setEpoch(epoch))
                            .addTasks(TaskHold.newBuilder().setName(TASK).setEpoch(epoch - 1)))
                    .build())
            .getRenew();
    assertThat(answer.getLeasesLostList()).containsExactly(999L);
    assertThat(answer.getTasksLostList()).extracting(TaskHold::getEpoch).containsExactly(epoch - 1);
  }

  @Test
  void revokeEndsTheLeaseAndAllItsKeysInOneRevision() {
    engine.one(putOn("k2", lease));
    var outcome =
        engine.one(command().setLeaseRevoke(LeaseRevokeRequest.newBuilder().setId(lease)).build());
    assertThat(outcome.getRevision()).isEqualTo(4);
    assertThat(engine.get("k") + engine.get("k2")).isEmpty();
  }

  @Test
  void aTaskOfAnEndedLeaseCanBeClaimedWithALargerEpoch() {
    long first = engine.one(acquire(lease)).getTaskAcquire().getTask().getEpoch();
    long other = engine.lease(TTL_MILLIS);
    assertThat(engine.one(acquire(other)).getTaskAcquire().getResult())
        .isEqualTo(TaskAcquireResponse.Result.HELD);
    engine.pass(TTL_MILLIS - 1);
    engine.one(renew(other));
    engine.pass(1);
    engine.expireDue();
    var second = engine.one(acquire(other)).getTaskAcquire();
    assertThat(second.getResult()).isEqualTo(TaskAcquireResponse.Result.ACQUIRED);
    assertThat(second.getTask().getEpoch()).isGreaterThan(first);
  }

  private static Command renew(long lease) {
    return command().setRenew(RenewRequest.newBuilder().addLeases(lease)).build();
  }

  private static Command acquire(long lease) {
    return command()
        .setTaskAcquire(
            TaskAcquireRequest.newBuilder()
                .setName(TASK)
                .setLease(lease)
                .setOwner("w")
                .setCreate(true))
        .build();
  }

  private static Command putOn(String key, long lease) {
    return command()
        .setPut(
            PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFromUtf8("v"))
                .setLease(lease))
        .build();
  }
}
