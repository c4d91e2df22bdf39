package io.cairn.core.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDB;

class NativeLibraryTest {
  @TempDir Path folder;

  /** Loads the library, and waits to be killed. */
  static final class Loader {
    private Loader() {}

    public static void main(String[] arguments) throws IOException {
      NativeLibrary.load();
      NativeLibrary.load();
      System.out.println("loaded " + RocksDB.rocksdbVersion());
      System.in.read();
    }
  }

  @Test
  void aProcessThatIsKilledLeavesNothingBehind() throws IOException, InterruptedException {
    assertThat(loadedBy(null)).isEmpty();
  }

  @Test
  void inAFolderOfItsOwnItStays() throws IOException, InterruptedException {
    assertThat(loadedBy(folder)).singleElement().asString().contains("librocksdbjni");
  }

  /** What is left in the temporary folder of a process that has loaded it and was killed. */
  private List<Path> loadedBy(@Nullable Path own) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:-UsePerfData",
            "-Djava.io.tmpdir=" + folder,
            "-cp",
            System.getProperty("java.class.path"),
            Loader.class.getName());
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().remove("ROCKSDB_SHAREDLIB_DIR");
    if (own != null) {
      builder.environment().put("ROCKSDB_SHAREDLIB_DIR", own.toString());
    }
    Process process = builder.start();
    try {
      assertThat(process.inputReader().readLine()).startsWith("loaded ");
    } finally {
      process.destroyForcibly();
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
    try (Stream<Path> left = Files.list(folder)) {
      return left.toList();
    }
  }
}
