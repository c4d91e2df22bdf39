package io.cairn.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.core.storage.RocksSettings;
import io.cairn.core.storage.RocksStorage;
import io.cairn.core.storage.SnapshotFiles;
import io.cairn.core.storage.View;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Entry;
import io.cairn.protocol.v1.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Barriers under faults: what holds at each moment, and that applying the same log again, cut into
 * other batches and over a snapshot, gives the same outcomes and the same state (I2, I7).
 */
class BarrierReplayTest {
  private static final int COMMANDS = 8_000;

  @TempDir Path folder;

  private record Applied(ByteBuffer bytes, Outcome outcome) {}

  @Test
  void barriersHoldUnderFaultsAndAreTheSameWhenReplayed() throws IOException {
    long seed = Long.getLong("seed", 20_261_125L);
    System.out.println("BarrierReplayTest: -Dseed=" + seed);
    List<Applied> log = new ArrayList<>();
    BarrierInvariants invariants = new BarrierInvariants();
    byte[] digest;
    try (RocksStorage storage = open("live")) {
      live(seed, storage, log, invariants);
      digest = storage.digest();
    }
    System.out.println("BarrierReplayTest: " + invariants);
    assertThat(invariants.committed()).as("committed barriers").isGreaterThan(20);
    assertThat(invariants.rollbacks()).as("generations").isGreaterThan(20);
    assertThat(invariants.reopened()).as("tasks that had succeeded").isPositive();
    replay(new Random(seed + 1), log, digest);
  }

  private static void live(
      long seed, RocksStorage storage, List<Applied> log, BarrierInvariants invariants) {
    Engine engine = new Engine(storage);
    BarrierLoad load = new BarrierLoad(seed);
    Random random = new Random(seed + 2);
    long time = 1_000;
    for (int i = 0; i < COMMANDS; i++) {
      time += random.nextInt(12);
      Command command;
      try (View view = storage.view()) {
        command = load.next(view, time);
      }
      ByteBuffer bytes =
          EntryFormat.encode(
              Entry.newBuilder()
                  .setLeaderTimeMillis(time)
                  .addCommands(command.toByteString())
                  .build());
      log.add(new Applied(bytes, engine.apply(i + 1, 1, bytes).get(0)));
      engine.commit();
      try (View view = storage.view()) {
        invariants.check(view, command);
      }
    }
  }

  private void replay(Random cuts, List<Applied> log, byte[] digest) throws IOException {
    RocksStorage storage = open("replay");
    Engine engine = new Engine(storage);
    try {
      int snapshotAt = cuts.nextInt(log.size());
      for (int i = 0; i < log.size(); i++) {
        assertThat(engine.apply(i + 1, 1, log.get(i).bytes()))
            .as("outcome of entry %d", i + 1)
            .containsExactly(log.get(i).outcome());
        if (cuts.nextInt(6) == 0) {
          engine.commit();
        }
        if (i == snapshotAt) {
          engine.commit();
          Path snapshot = folder.resolve("snapshot");
          SnapshotFiles.save(storage, snapshot);
          storage.close();
          storage = open("restored");
          SnapshotFiles.restore(storage, snapshot);
          engine = new Engine(storage);
        }
      }
      engine.commit();
      assertThat(storage.digest()).isEqualTo(digest);
    } finally {
      storage.close();
    }
  }

  private RocksStorage open(String name) {
    return RocksStorage.open(
        folder.resolve(name),
        RocksSettings.small(),
        (what, cause) -> {
          throw new IllegalStateException(what, cause);
        });
  }
}
