package io.cairn.core.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * I1: after a crash between any two writes, applied index, digest and the rows of all families
 * belong together. Processes are killed, again and again on the same folder.
 */
class CrashTest {
  private static final int CRASHES = Integer.getInteger("crashes", 16);

  /** What the JDK reports for a process ended by signal 9. */
  private static final int KILLED = 128 + 9;

  @TempDir Path folder;

  @Test
  void rowsAppliedIndexAndDigestBelongTogetherAfterACrash() throws Exception {
    long seed = TestSeed.of(CrashTest.class, 5);
    Random random = new Random(seed);
    Path library = Files.createDirectory(folder.resolve("lib"));
    Path store = folder.resolve("store");
    RowModel model = new RowModel();
    long replayed = 0;
    int advanced = 0;
    for (int i = 0; i < CRASHES; i++) {
      crash(library, store, seed, random);
      try (RocksStorage storage = open(store);
          View view = storage.view()) {
        long applied = storage.appliedIndex();
        assertThat(applied)
            .as("crash %d loses nothing flushed", i)
            .isGreaterThanOrEqualTo(replayed);
        advanced += applied > replayed ? 1 : 0;
        while (replayed < applied) {
          RowModel.entry(seed, ++replayed, model.sink());
        }
        model.assertEquals(view);
        assertThat(view.appliedIndex()).isEqualTo(applied);
        assertThat(storage.appliedTerm()).isEqualTo(applied == 0 ? 0 : 1 + applied / 100);
        assertThat(storage.digest())
            .as("digest at index %d", applied)
            .isEqualTo(model.digest().toBytes())
            .isEqualTo(StateDigest.recompute(view).toBytes());
      }
    }
    assertThat(advanced).as("crashes after which there was something new").isPositive();
  }

  private static void crash(Path library, Path store, long seed, Random random)
      throws IOException, InterruptedException {
    // Killed between two writes: when all of them are done. Or at any time, also in the midst of
    // one.
    boolean between = random.nextBoolean();
    long entries = between ? 1 + random.nextInt(400) : Long.MAX_VALUE / 2;
    long delayNanos = between ? 0 : random.nextInt(150_000_000);
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-Djava.library.path=" + library,
                "-cp",
                System.getProperty("java.class.path"),
                CrashWriter.class.getName(),
                store.toString(),
                Long.toString(seed),
                Long.toString(random.nextLong()),
                Long.toString(entries)));
    // The native library is unpacked once for all processes, and not left behind by each.
    builder.environment().put("ROCKSDB_SHAREDLIB_DIR", library.toString());
    Path errors = store.resolveSibling("errors");
    Process process = builder.redirectError(errors.toFile()).start();
    try {
      for (int i = 0; i < (between ? 2 : 1); i++) {
        assertThat(process.getInputStream().read())
            .as("writer goes on: %s", Files.readString(errors))
            .isEqualTo('+');
      }
      LockSupport.parkNanos(delayNanos);
    } finally {
      process.destroyForcibly(); // SIGKILL: nothing of the process runs after it
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("writer has ended").isTrue();
    assertThat(process.exitValue()).as(Files.readString(errors)).isEqualTo(KILLED);
  }

  private static RocksStorage open(Path store) {
    return RocksStorage.open(
        store,
        RocksSettings.small(),
        (what, cause) -> {
          throw new AssertionError(what, cause);
        });
  }
}
