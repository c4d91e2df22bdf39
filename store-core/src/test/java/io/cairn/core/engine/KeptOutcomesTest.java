package io.cairn.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.core.storage.ColumnFamily;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.CloseSessionRequest;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Expire;
import io.cairn.protocol.v1.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** I3 over entries of many commands: their outcomes are kept together, and found one by one. */
class KeptOutcomesTest {
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

  private static Command put(long session, long sequence, long first, String value) {
    return EngineHarness.put("k" + sequence, value)
        .setSession(session)
        .setSequence(sequence)
        .setFirstUnanswered(first)
        .build();
  }

  private static Command[] puts(long session, int from, int to, String value) {
    Command[] puts = new Command[to - from];
    for (int i = from; i < to; i++) {
      puts[i - from] = put(session, i, 1, value);
    }
    return puts;
  }

  @Test
  void outcomesOfOneEntryAreOneRowAndEachIsFound() {
    long session = engine.session();
    List<Outcome> first = engine.apply(puts(session, 1, 101, "a"));
    assertThat(rows()).isEqualTo(1);
    engine.restart();
    assertThat(engine.apply(puts(session, 1, 101, "b"))).isEqualTo(first);
    assertThat(engine.get("k50")).isEqualTo("a");
    assertThat(rows()).as("a resend leaves nothing").isEqualTo(1);
  }

  @Test
  void rowGoesWhenAllOfItIsAnsweredAndNotBefore() {
    long session = engine.session();
    engine.apply(puts(session, 1, 11, "a"));
    engine.one(put(session, 11, 10, "a"));
    assertThat(rows()).isEqualTo(2);
    assertThat(engine.one(put(session, 10, 10, "b")).hasError()).isFalse();
    assertThat(engine.get("k10")).isEqualTo("a");
    engine.one(put(session, 12, 11, "a"));
    assertThat(rows()).isEqualTo(2);
    engine.one(put(session, 13, 13, "a"));
    assertThat(rows()).as("only that of 13").isEqualTo(1);
  }

  @Test
  void whatIsAnsweredBeforeItsEntryEndsIsNotKept() {
    long session = engine.session();
    engine.apply(put(session, 1, 1, "a"), put(session, 2, 2, "a"), put(session, 3, 3, "a"));
    assertThat(rows()).isEqualTo(1);
    Outcome late = engine.one(put(session, 2, 3, "b"));
    assertThat(late.getError().getCode()).isEqualTo(ErrorCode.SEQUENCE_TOO_OLD.number());
    assertThat(engine.one(put(session, 3, 3, "b")).hasError()).isFalse();
    assertThat(engine.get("k3")).isEqualTo("a");
  }

  @Test
  void largeOutcomesOfOneEntryAreSeveralRows() {
    long session = engine.session();
    int count = 100;
    List<Command> reads = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      String large = "x".repeat(Limits.OUTCOME_KEPT_BYTES_MAX / 2);
      engine.one(EngineHarness.put("k" + i, large).build());
      Command.Builder again = put(session, i, 1, "small").toBuilder();
      again.getPutBuilder().setPrevKv(true);
      reads.add(again.build());
    }
    List<Outcome> first = engine.apply(reads.toArray(new Command[0]));
    assertThat(rows()).isBetween(3, 8);
    assertThat(engine.apply(reads.toArray(new Command[0]))).isEqualTo(first);
  }

  @Test
  void sessionThatEndsWithinAnEntryRunsNothingAfterIt() {
    long session = engine.session();
    List<Outcome> outcomes =
        engine.apply(
            put(session, 1, 1, "a"),
            EngineHarness.command()
                .setSession(session)
                .setSequence(2)
                .setFirstUnanswered(1)
                .setCloseSession(CloseSessionRequest.getDefaultInstance())
                .build(),
            put(session, 3, 1, "a"),
            put(session, 1, 1, "b"));
    assertThat(outcomes.get(1).hasError()).isFalse();
    for (Outcome after : outcomes.subList(2, 4)) {
      assertThat(after.getError().getCode()).isEqualTo(ErrorCode.SESSION_EXPIRED.number());
    }
    assertThat(engine.get("k3")).isEmpty();
    assertThat(engine.get("k1")).isEqualTo("a");
  }

  /** Two replicas commit the same entries in other groups, and must not differ (I2, I7). */
  @Test
  void resendsAtRandomRunOnceWhateverIsCommittedTogether() {
    long seed = Long.getLong("seed", 11);
    System.out.println("KeptOutcomesTest: -Dseed=" + seed);
    Random random = new Random(seed);
    try (EngineHarness other = new EngineHarness(folder.resolve("other"))) {
      long session = engine.session();
      assertThat(other.session()).isEqualTo(session);
      Map<Long, Outcome> known = new HashMap<>();
      long first = 1;
      long next = 1;
      for (int entry = 0; entry < 400; entry++) {
        List<Command> commands = new ArrayList<>();
        List<Long> sequences = new ArrayList<>();
        int count = 1 + random.nextInt(12);
        for (int i = 0; i < count; i++) {
          boolean resend = next > first && random.nextInt(3) == 0;
          boolean early = !resend && random.nextInt(4) == 0;
          long sequence =
              resend
                  ? first + random.nextInt((int) (next - first))
                  : early ? next + random.nextInt(5) : next;
          next = Math.max(next, sequence + 1);
          sequences.add(sequence);
          commands.add(put(session, sequence, first, "v" + entry + "/" + i));
        }
        if (random.nextInt(20) == 0) {
          commands.add(EngineHarness.command().setExpire(Expire.getDefaultInstance()).build());
        }
        List<Outcome> outcomes = engine.apply(commands.toArray(new Command[0]));
        assertThat(other.applyOnly(commands.toArray(new Command[0]))).isEqualTo(outcomes);
        if (random.nextInt(5) == 0) {
          other.engine().commit();
        }
        for (int i = 0; i < sequences.size(); i++) {
          Outcome before = known.putIfAbsent(sequences.get(i), outcomes.get(i));
          if (before != null) {
            assertThat(outcomes.get(i)).as("seed %d, resend", seed).isEqualTo(before);
          }
        }
        first = Math.min(next, Math.max(first + random.nextInt(6), next - 900));
      }
      other.engine().commit();
      assertThat(other.storage().digest()).as("seed %d", seed).isEqualTo(engine.storage().digest());
      assertThat(rows()).as("rows that nobody waits for go").isLessThan(200);
    }
  }

  private int rows() {
    return engine.rows(ColumnFamily.SESSION_OUTCOME);
  }
}
