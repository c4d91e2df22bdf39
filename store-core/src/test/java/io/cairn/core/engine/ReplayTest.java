package io.cairn.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.core.storage.RocksSettings;
import io.cairn.core.storage.RocksStorage;
import io.cairn.core.storage.SnapshotFiles;
import io.cairn.core.storage.View;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Entry;
import io.cairn.protocol.v1.OpenSessionRequest;
import io.cairn.protocol.v1.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * I2, I7: applying the same log gives the same outcomes and the same state, however it is cut into
 * batches, and whether it is applied from its beginning, from a snapshot, or over restarts that
 * forget what was not flushed.
 */
class ReplayTest {
  private static final int ENTRIES = 4_000;

  @TempDir Path folder;

  private record LoggedEntry(long index, ByteBuffer bytes) {}

  @Test
  void replayEqualsLiveWithRandomBatchCutsSnapshotsAndRestarts() throws IOException {
    long seed = Long.getLong("seed", 20_261_121L);
    System.out.println("ReplayTest: -Dseed=" + seed);
    List<LoggedEntry> log = new ArrayList<>();
    Map<Long, List<Outcome>> live = new TreeMap<>();
    byte[] digest;
    try (RocksStorage storage = open("live")) {
      Engine engine = new Engine(storage);
      run(seed, storage, engine, log, live);
      digest = storage.digest();
    }
    assertThat(live.values().stream().flatMap(List::stream).filter(outcome -> !outcome.hasError()))
        .as("the load must not consist of refusals")
        .hasSizeGreaterThan(ENTRIES / 2);

    assertThat(live.values().stream().flatMap(List::stream).filter(Outcome::hasTaskStart))
        .as("tasks of jobs run")
        .hasSizeGreaterThan(ENTRIES / 20);
    Random cuts = new Random(seed + 1);
    replay("cuts", log, live, digest, cuts, false);
    replay("restarts", log, live, digest, cuts, true);
  }

  private void replay(
      String name,
      List<LoggedEntry> log,
      Map<Long, List<Outcome>> live,
      byte[] digest,
      Random cuts,
      boolean restarts)
      throws IOException {
    RocksStorage storage = open(name);
    Engine engine = new Engine(storage);
    int snapshots = 0;
    try {
      for (int at = 0; at < log.size(); at++) {
        LoggedEntry entry = log.get(at);
        if (!engine.isApplied(entry.index())) {
          assertThat(engine.apply(entry.index(), 1, entry.bytes()))
              .as("outcomes of entry %d", entry.index())
              .isEqualTo(live.get(entry.index()));
        } else {
          assertThat(engine.apply(entry.index(), 1, entry.bytes())).isEmpty();
        }
        if (cuts.nextInt(4) == 0) {
          engine.commit();
        }
        if (restarts && cuts.nextInt(ENTRIES / 6) == 0) {
          engine.commit();
          Path snapshot = folder.resolve(name + "-snapshot-" + snapshots++);
          SnapshotFiles.save(storage, snapshot);
          if (cuts.nextBoolean()) {
            SnapshotFiles.restore(storage, snapshot);
            engine.restored();
            continue;
          }
          storage.close();
          // Another node takes the snapshot, and hears again some entries that it already contains.
          storage = open(name + "-" + snapshots);
          SnapshotFiles.restore(storage, snapshot);
          engine = new Engine(storage);
          at = Math.max(0, at - cuts.nextInt(20));
        }
      }
      engine.commit();
      assertThat(storage.digest()).as("digest of %s", name).isEqualTo(digest);
    } finally {
      storage.close();
    }
  }

  /** Commands are made from what is there when they are proposed. */
  private static void run(
      long seed,
      RocksStorage storage,
      Engine engine,
      List<LoggedEntry> log,
      Map<Long, List<Outcome>> live) {
    Random random = new Random(seed);
    RandomCommands commands = new RandomCommands(seed);
    long time = 1_000;
    // Its index is 1 and its place 0, hence the id.
    Command open =
        EngineHarness.command()
            .setOpenSession(OpenSessionRequest.newBuilder().setTtlMillis(3_600_000))
            .build();
    log.add(entry(1, time, List.of(open)));
    commands.session(1 << 10);
    long index = 1;
    for (int i = 0; i < ENTRIES; i++) {
      LoggedEntry entry = log.get(log.size() - 1);
      live.put(entry.index(), engine.apply(entry.index(), 1, entry.bytes()));
      engine.commit();
      time += random.nextInt(30) - 2;
      List<Command> some = new ArrayList<>();
      try (View view = storage.view()) {
        for (int count = 1 + random.nextInt(8); count > 0; count--) {
          some.add(commands.next(view, time));
        }
      }
      index += 1 + (random.nextInt(50) == 0 ? 1 : 0); // configuration entries take indexes too
      log.add(entry(index, time, some));
    }
    log.remove(log.size() - 1);
  }

  private static LoggedEntry entry(long index, long time, List<Command> commands) {
    Entry.Builder entry = Entry.newBuilder().setLeaderTimeMillis(time);
    commands.forEach(command -> entry.addCommands(command.toByteString()));
    return new LoggedEntry(index, EntryFormat.encode(entry.build()));
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
