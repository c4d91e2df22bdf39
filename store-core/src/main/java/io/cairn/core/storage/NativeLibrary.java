package io.cairn.core.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.RocksDB;

/**
 * Loads RocksDB's native library, which its jar has to unpack first: 15 MB, that RocksDB removes
 * only when the JVM ends by itself, and leaves behind at each SIGKILL. Here the file goes as soon
 * as it is loaded; the system keeps what is mapped. Any thread.
 */
public final class NativeLibrary {
  /** Where RocksDB unpacks it instead, and replaces it at the next start; a folder there is. */
  private static final String FOLDER = "ROCKSDB_SHAREDLIB_DIR";

  private static boolean loaded; // guarded by the class

  private NativeLibrary() {}

  /**
   * Loads it; calls after the first do nothing.
   *
   * @throws UncheckedIOException when there is no room for it in the temporary folder, or nothing
   *     may be executed there
   */
  public static synchronized void load() {
    if (loaded) {
      return;
    }
    if (System.getenv(FOLDER) == null) {
      loadAndRemove();
    }
    RocksDB.loadLibrary(); // what is loaded is not unpacked again
    loaded = true;
  }

  private static void loadAndRemove() {
    try {
      Path folder = Files.createTempDirectory("cairn-native-");
      try {
        NativeLibraryLoader.getInstance().loadLibrary(folder.toString());
      } finally {
        remove(folder);
      }
    } catch (IOException | UnsatisfiedLinkError e) {
      throw new UncheckedIOException(
          new IOException(
              "cannot load RocksDB's native library, of 15 MB, from the temporary folder "
                  + System.getProperty("java.io.tmpdir")
                  + " ("
                  + e
                  + "): it needs room there and the right to execute, or name another folder by "
                  + FOLDER,
              e));
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
