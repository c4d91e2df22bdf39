package io.cairn.server.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The right to change a {@link LocalCluster}: held by one command at a time. */
final class LocalClusterLock {
  /** The file that is locked. */
  static final String FILE = ".lock";

  private LocalClusterLock() {}

  /** What is done while holding the right. */
  @FunctionalInterface
  interface Work {
    /** Does it. */
    Exit run() throws IOException, InterruptedException;
  }

  /** Does the work on {@code dir}, or ends the command if another is at work on it. */
  static Exit holding(Path dir, Work work) throws IOException, InterruptedException {
    if (Files.exists(dir) && !Files.isDirectory(dir)) {
      throw new CommandFailure(Exit.FAILED, dir + " is a file: give a folder");
    }
    Files.createDirectories(dir);
    try (FileChannel channel =
        FileChannel.open(dir.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      if (!isTaken(channel)) {
        throw new CommandFailure(
            Exit.FAILED, dir + " is in use: another 'cairn cluster' command is at work on it");
      }
      return work.run();
    }
  }

  /** True if the lock is ours until the channel is closed. */
  private static boolean isTaken(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // another thread of this process holds it
    }
  }
}
