package io.cairn.micro;

import com.google.protobuf.ByteString;
import io.cairn.core.engine.Engine;
import io.cairn.core.engine.EntryFormat;
import io.cairn.core.storage.RocksSettings;
import io.cairn.core.storage.RocksStorage;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.CompactRequest;
import io.cairn.protocol.v1.Entry;
import io.cairn.protocol.v1.Housekeep;
import io.cairn.protocol.v1.OpenSessionRequest;
import io.cairn.protocol.v1.Outcome;
import io.cairn.protocol.v1.PutRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One entry of puts of one session applied and committed to the database, over keys that are all
 * there, of 256 bytes. With {@code removed}, half of a million revisions, and those that stored the
 * keys, wait to be removed when it begins, and each entry has a step of housekeeping that removes
 * as many as it writes.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class ApplyPuts {
  private static final int VALUE_BYTES = 256;
  private static final long SEED = 7_420;
  private static final int GARBAGE = 500_000;
  private static final int ENTRY_PUTS = 500;
  private static final int OUTSTANDING = 256;

  /** A revision has two rows to remove. */
  private static final int ROWS_PER_PUT = 2;

  /** Puts of an entry. */
  @Param({"1", "64"})
  public int puts;

  /** Keys there are. */
  @Param({"10000", "1000000"})
  public int keys = 10_000;

  /** What becomes of replaced versions: "kept" or "removed". */
  @Param({"kept", "removed"})
  public String history = "kept";

  private final ByteString value;
  private @Nullable Path folder;
  private @Nullable RocksStorage storage;
  private @Nullable Engine engine;
  private long index;
  private long number;
  private long session;

  /** A benchmark without a database yet. */
  public ApplyPuts() {
    byte[] bytes = new byte[VALUE_BYTES];
    new Random(SEED).nextBytes(bytes);
    this.value = ByteString.copyFrom(bytes);
  }

  /** Opens a database in a temporary folder. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    folder = Files.createTempDirectory("cairn-micro-");
    storage =
        RocksStorage.open(
            folder.resolve("db"),
            RocksSettings.defaults(),
            (what, cause) -> {
              throw new IllegalStateException(what, cause);
            });
    engine = new Engine(storage);
    index = storage.appliedIndex();
    OpenSessionRequest open =
        OpenSessionRequest.newBuilder().setTtlMillis(Limits.SESSION_TTL_MILLIS_MAX).build();
    session =
        apply(Command.newBuilder().setGroup(1).setOpenSession(open))
            .get(0)
            .getOpenSession()
            .getSession();
    for (int stored = 0; stored < keys; stored += ENTRY_PUTS) {
      Entry.Builder entry = Entry.newBuilder();
      for (int i = stored; i < Math.min(keys, stored + ENTRY_PUTS); i++) {
        add(entry, i);
      }
      apply(entry);
    }
    if (history.equals("removed")) {
      for (int i = 0; i < GARBAGE; i += ENTRY_PUTS) {
        apply(puts(ENTRY_PUTS));
      }
      CompactRequest compact = CompactRequest.newBuilder().setRevision(keys + GARBAGE).build();
      var unused = apply(Command.newBuilder().setGroup(1).setCompact(compact));
    }
  }

  /** One entry. */
  @Benchmark
  public List<Outcome> apply() {
    Entry.Builder entry = puts(puts);
    if (history.equals("removed")) {
      Housekeep step = Housekeep.newBuilder().setRowsMax(ROWS_PER_PUT * puts).build();
      entry.addCommands(Command.newBuilder().setGroup(1).setHousekeep(step).build().toByteString());
    }
    return apply(entry);
  }

  private Entry.Builder puts(int count) {
    Entry.Builder entry = Entry.newBuilder();
    for (int i = 0; i < count; i++) {
      add(entry, Math.floorMod((number * 0x9E3779B97F4A7C15L) >>> 20, keys));
    }
    return entry;
  }

  private void add(Entry.Builder entry, int key) {
    number++;
    ByteString name = ByteString.copyFromUtf8("bench/" + key);
    entry.addCommands(
        Command.newBuilder()
            .setGroup(1)
            .setSession(session)
            .setSequence(number)
            .setFirstUnanswered(Math.max(1, number - OUTSTANDING))
            .setPut(PutRequest.newBuilder().setKey(name).setValue(value))
            .build()
            .toByteString());
  }

  private List<Outcome> apply(Command.Builder command) {
    return apply(Entry.newBuilder().addCommands(command.build().toByteString()));
  }

  private List<Outcome> apply(Entry.Builder entry) {
    Engine open = Objects.requireNonNull(engine);
    index++;
    List<Outcome> outcomes =
        open.apply(index, 1, EntryFormat.encode(entry.setLeaderTimeMillis(1_000 + index).build()));
    var unused = open.commit();
    return outcomes;
  }

  /** Closes and removes the database. */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    Objects.requireNonNull(storage).close();
    try (Stream<Path> files = Files.walk(Objects.requireNonNull(folder))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
