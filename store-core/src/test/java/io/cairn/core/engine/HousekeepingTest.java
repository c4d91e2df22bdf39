package io.cairn.core.engine;

import static io.cairn.core.engine.EngineHarness.command;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.View;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.CompactRequest;
import io.cairn.protocol.v1.Housekeep;
import io.cairn.protocol.v1.HousekeepResponse;
import io.cairn.protocol.v1.PutRequest;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left to remove goes in bounded steps, and nothing waits for the end of another. */
class HousekeepingTest {
  private static final int ENTRY = 500;
  private static final int LEFT = 300;

  @TempDir Path folder;
  private EngineHarness engine;

  @BeforeEach
  void open() {
    engine = new EngineHarness(folder.resolve("db"));
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private HousekeepResponse step(int rows) {
    return engine
        .one(command().setHousekeep(Housekeep.newBuilder().setRowsMax(rows)).build())
        .getHousekeep();
  }

  private long counter(Counter counter) {
    try (View view = engine.view()) {
      return view.counter(counter);
    }
  }

  private void endASessionWithOutcomes(int count) {
    long session = engine.session();
    for (int i = 1; i <= count; i++) {
      engine.one(
          EngineHarness.put("k", "v")
              .setSession(session)
              .setSequence(i)
              .setFirstUnanswered(1)
              .build());
    }
  }

  private void compactAll() {
    CompactRequest all = CompactRequest.newBuilder().setRevision(counter(Counter.REVISION)).build();
    engine.one(command().setCompact(all).build());
  }

  @Test
  void historyAndOutcomesOfAnEndedSessionAreRemovedSideBySide() {
    endASessionWithOutcomes(40);
    compactAll();
    engine.pass(Limits.SESSION_TTL_MILLIS_MAX);
    engine.expireDue();
    for (int steps = 1; steps <= 4; steps++) {
      HousekeepResponse done = step(20);
      assertThat(done.getRows()).isBetween(20, 22);
      assertThat(done.getMore()).isTrue();
      assertThat(engine.rows(ColumnFamily.SESSION_OUTCOME)).isEqualTo(40 - 10 * steps);
    }
    // From here on there is nothing but history, and it has whole steps.
    int history = engine.rows(ColumnFamily.KV_VERSION);
    assertThat(step(20).getRows()).isBetween(20, 22);
    assertThat(engine.rows(ColumnFamily.KV_VERSION)).isLessThanOrEqualTo(history - 9);
    while (step(20).getMore()) {
      assertThat(counter(Counter.COMPACTION_DONE)).isLessThan(counter(Counter.COMPACTED));
    }
    assertThat(engine.rows(ColumnFamily.KV_VERSION)).isEqualTo(1);
    assertThat(engine.rows(ColumnFamily.GARBAGE)).isZero();
  }

  @Test
  void whatIsLeftOfAnEndedLeaseGoesBeforeWhatNobodyCanRead() {
    long lease = engine.lease(1_000);
    int keys = Limits.DELETE_KEYS_MAX + LEFT;
    for (int stored = 0; stored < keys; stored += ENTRY) {
      Command[] entry = new Command[Math.min(ENTRY, keys - stored)];
      for (int i = 0; i < entry.length; i++) {
        ByteString key = ByteString.copyFromUtf8("leased" + (stored + i));
        entry[i] = command().setPut(PutRequest.newBuilder().setKey(key).setLease(lease)).build();
      }
      engine.apply(entry);
    }
    endASessionWithOutcomes(20);
    compactAll();
    engine.pass(Limits.SESSION_TTL_MILLIS_MAX);
    engine.expireDue();
    assertThat(engine.rows(ColumnFamily.KV_LATEST)).isEqualTo(LEFT + 1);
    assertThat(engine.rows(ColumnFamily.SESSION_OUTCOME)).isEqualTo(20);
    int before = LEFT + 1;
    while (engine.rows(ColumnFamily.KV_LATEST) > 1) {
      assertThat(engine.rows(ColumnFamily.SESSION_OUTCOME)).isEqualTo(20);
      step(200);
      int now = engine.rows(ColumnFamily.KV_LATEST);
      assertThat(now).isLessThan(before);
      before = now;
    }
    while (step(1_000).getMore()) {
      assertThat(engine.rows(ColumnFamily.KV_LATEST)).isEqualTo(1);
    }
    assertThat(engine.rows(ColumnFamily.SESSION_OUTCOME)).isZero();
  }
}
