package io.cairn.server.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Exclusive use of a data folder: the operating system's lock on its file {@code LOCK}, which names
 * the owner's process id.
 *
 * <p>The lock ends with the process, however that ends; the file stays.
 */
public final class DataFolderLock implements AutoCloseable {
  private static final String FILE = "LOCK";
  private static final int PID_LENGTH_MAX = 20;

  private final FileChannel channel;

  private DataFolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Locks the folder, which is created if it is missing.
   *
   * @throws FolderInUseException when another process, or this one, holds it; the message names the
   *     process id
   */
  public static DataFolderLock acquire(Path folder) throws IOException {
    Files.createDirectories(folder);
    FileChannel channel =
        FileChannel.open(
            folder.resolve(FILE),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      if (tryLock(channel) == null) {
        throw new FolderInUseException(
            "data folder " + folder + " is in use by process " + owner(channel));
      }
      locked = true;
      channel.truncate(0);
      channel.write(
          StandardCharsets.US_ASCII.encode(Long.toString(ProcessHandle.current().pid())), 0);
      return new DataFolderLock(channel);
    } finally {
      if (!locked) {
        channel.close();
      }
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // held by this very process
    }
  }

  private static String owner(FileChannel channel) throws IOException {
    ByteBuffer pid = ByteBuffer.allocate(PID_LENGTH_MAX);
    channel.read(pid, 0);
    String text = StandardCharsets.US_ASCII.decode(pid.flip()).toString();
    return text.matches("\\d+") ? text : "unknown";
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** The folder belongs to a running server. */
  public static final class FolderInUseException extends IOException {
    FolderInUseException(String message) {
      super(message);
    }
  }
}
