package io.cairn.bench.nodes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * The block device that a folder lies on. What a process made the kernel write, as {@code
 * /proc/PID/io} has it, is no measure: a write of some bytes into a cached range of a megabyte
 * counts as a megabyte there.
 */
public final class Device {
  private static final int SECTOR_BYTES = 512;
  private static final int SECTORS_WRITTEN_FIELD = 6;
  private static final long FLUSH_SECONDS_MAX = 60;

  private Device() {}

  /**
   * Bytes written to the device so far, by whomever; 0 if the folder is on none, as in memory, or
   * that may not be read.
   */
  public static long writtenBytes(Path folder) {
    try {
      long device = (long) Files.getAttribute(folder, "unix:dev");
      long major = (device >>> 8) & 0xfff;
      long minor = (device & 0xff) | ((device >>> 12) & 0xfff00);
      String[] fields =
          Files.readString(Path.of("/sys/dev/block/%d:%d/stat".formatted(major, minor)))
              .strip()
              .split("\\s+", -1);
      return Long.parseLong(fields[SECTORS_WRITTEN_FIELD]) * SECTOR_BYTES;
    } catch (IOException | UnsupportedOperationException e) {
      return 0;
    }
  }

  /** Has everything written that waits in memory for it: the next to write must not wait for it. */
  public static void flush() {
    try {
      Process sync = new ProcessBuilder("sync").redirectErrorStream(true).start();
      if (!sync.waitFor(FLUSH_SECONDS_MAX, TimeUnit.SECONDS)) {
        sync.destroyForcibly();
      }
    } catch (IOException e) {
      throw new BenchFailure("cannot run sync: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
