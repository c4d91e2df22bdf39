package io.cairn.server.raft;

import static io.cairn.server.raft.LeaderDuties.HOUSEKEEPING_MILLIS;
import static io.cairn.server.raft.LeaderDuties.TICK_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cairn.core.engine.Engine;
import io.cairn.core.engine.EntryFormat;
import io.cairn.core.storage.RocksSettings;
import io.cairn.core.storage.RocksStorage;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Entry;
import io.cairn.protocol.v1.LeaderHint;
import io.cairn.protocol.v1.LeaseGrantRequest;
import io.cairn.protocol.v1.Member;
import io.cairn.server.ops.ServerMetrics;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A leader without work rests. Nothing here has started the duties: a look is asked for. */
class LeaderRestTest {
  private static final long TTL_MILLIS = 700;
  private static final long LOG_TIME_MILLIS = 5_000;

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger looks = new AtomicInteger();
  private final AtomicLong appliedSince = new AtomicLong();
  private final Leadership leadership = new Leadership(nanos::get);
  private final ServerMetrics metrics = new ServerMetrics();
  private RocksStorage storage;
  private Engine engine;
  private Proposer proposer;
  private LeaderDuties duties;

  @BeforeEach
  void start(@TempDir Path folder) {
    storage =
        RocksStorage.open(
            folder,
            RocksSettings.small(),
            (what, cause) -> {
              throw new IllegalStateException(what, cause);
            });
    engine = new Engine(storage);
    proposer =
        new Proposer(
            "n1", leadership, LeaderHint::getDefaultInstance, (bytes, term, done) -> {}, metrics);
    duties =
        new LeaderDuties(
            new RaftStoreGroup.Settings(1, "c1", Member.getDefaultInstance(), List.of(), 1),
            leadership,
            proposer,
            () -> {
              looks.incrementAndGet();
              return storage.view();
            },
            () -> storage.appliedIndex() + appliedSince.get(),
            member -> false,
            () -> {});
  }

  @AfterEach
  void stop() {
    duties.close();
    proposer.close();
    storage.close();
    metrics.close();
  }

  @Test
  void serverThatDoesNotLeadTakesNoView() {
    assertThat(duties.tick()).isEqualTo(HOUSEKEEPING_MILLIS);
    duties.applied();
    assertThat(looks).hasValue(0);
    assertThat(proposer.queued()).isZero();
  }

  @Test
  void leaderThatHasNotBegunLooksWithEachTick() {
    leadership.start(3, LOG_TIME_MILLIS);
    assertThat(duties.tick()).isEqualTo(TICK_MILLIS);
    assertThat(duties.tick()).isEqualTo(TICK_MILLIS);
    assertThat(proposer.queued()).as("LeaderStart, once").isEqualTo(1);
  }

  @Test
  void leaderWithoutDeadlinesRestsUntilHousekeeping() {
    lead();
    assertThat(duties.tick()).isEqualTo(HOUSEKEEPING_MILLIS);
    pass(300);
    assertThat(duties.tick()).isEqualTo(HOUSEKEEPING_MILLIS - 300);
    pass(HOUSEKEEPING_MILLIS);
    assertThat(duties.tick()).isEqualTo(HOUSEKEEPING_MILLIS);
    assertThat(proposer.queued()).isZero();
  }

  @Test
  void leaderRestsUntilTheNearestDeadlineAndProposesWhatIsDue() {
    lead();
    grantLease();
    assertThat(duties.tick()).isEqualTo(TTL_MILLIS);
    pass(TTL_MILLIS - 1);
    assertThat(duties.tick()).as("within a tick").isEqualTo(TICK_MILLIS);
    assertThat(proposer.queued()).isZero();
    pass(1);
    assertThat(duties.tick()).isEqualTo(TICK_MILLIS);
    assertThat(proposer.queued()).as("Expire").isEqualTo(1);
  }

  @Test
  void nobodyRestsWhoHasNotSeenAllThatWasApplied() {
    lead();
    appliedSince.set(1);
    assertThat(duties.tick()).isEqualTo(TICK_MILLIS);
    duties.applied();
    assertThat(looks).as("it was about to look anyway").hasValue(1);
  }

  @Test
  void whatIsAppliedDuringARestHasItLook() {
    lead();
    assertThat(duties.tick()).isEqualTo(HOUSEKEEPING_MILLIS);
    assertThat(looks).hasValue(1);
    grantLease();
    duties.applied();
    duties.applied();
    await().atMost(RaftCluster.PATIENCE).until(() -> looks.get() >= 2);
  }

  @Test
  void newTermWakes() {
    assertThat(duties.tick()).isEqualTo(HOUSEKEEPING_MILLIS);
    leadership.start(3, LOG_TIME_MILLIS);
    duties.wake();
    await().atMost(RaftCluster.PATIENCE).until(() -> proposer.queued() == 1);
  }

  @Test
  void housekeepingOfANewReignCountsFromItsBeginning() {
    lead();
    pass(HOUSEKEEPING_MILLIS * 10);
    assertThat(duties.tick()).isEqualTo(HOUSEKEEPING_MILLIS);
    leadership.stop();
    leadership.start(4, LOG_TIME_MILLIS);
    leadership.current().orElseThrow().confirm();
    pass(100);
    assertThat(duties.tick()).isEqualTo(HOUSEKEEPING_MILLIS - 100);
  }

  private void lead() {
    leadership.start(3, LOG_TIME_MILLIS);
    leadership.current().orElseThrow().confirm();
  }

  private void pass(long millis) {
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private void grantLease() {
    Command grant =
        Command.newBuilder()
            .setGroup(1)
            .setLeaseGrant(LeaseGrantRequest.newBuilder().setTtlMillis(TTL_MILLIS))
            .build();
    Entry entry =
        Entry.newBuilder()
            .setLeaderTimeMillis(LOG_TIME_MILLIS)
            .addCommands(grant.toByteString())
            .build();
    var unused = engine.apply(storage.appliedIndex() + 1, 3, EntryFormat.encode(entry));
    engine.commit();
  }
}
