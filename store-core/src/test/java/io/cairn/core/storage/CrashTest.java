package io.cairn.core.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * I1: after a crash between any two writes, applied index, digest and the rows of all families
 * belong together. Processes are halted, again and again on the same folder.
 */
class CrashTest {
  private static final int CRASHES = Integer.getInteger("crashes", 16);

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
      crash(library, store, seed, random.nextLong());
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

  private static void crash(Path library, Path store, long seed, long crashSeed)
      throws IOException, InterruptedException {
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
                Long.toString(crashSeed)));
    // The native library is unpacked once for all processes, and not left behind by each.
    builder.environment().put("ROCKSDB_SHAREDLIB_DIR", library.toString());
    File output = store.resolveSibling("output").toFile();
    Process process = builder.redirectErrorStream(true).redirectOutput(output).start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("writer has been halted").isTrue();
      assertThat(process.exitValue()).as(Files.readString(output.toPath())).isZero();
    } finally {
      process.destroyForcibly();
    }
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
