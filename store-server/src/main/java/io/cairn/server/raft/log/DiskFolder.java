package io.cairn.server.raft.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** The folder on the disk. */
final class DiskFolder implements LogFolder {
  private final Path folder;

  DiskFolder(Path folder) {
    this.folder = folder;
  }

  @Override
  public void make() throws IOException {
    Files.createDirectories(folder);
  }

  @Override
  public List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).toList();
    }
  }

  @Override
  public LogFile create(String name) throws IOException {
    Path file = folder.resolve(name);
    return new DiskFile(
        file,
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING));
  }

  @Override
  public LogFile open(String name) throws IOException {
    Path file = folder.resolve(name);
    return new DiskFile(file, FileChannel.open(file, StandardOpenOption.WRITE));
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(folder.resolve(name));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.move(folder.resolve(from), folder.resolve(to), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void sync() throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public String pathOf(String name) {
    return folder.resolve(name).toString();
  }

  /**
   * A file with one channel to write and one to read: an interrupt closes the channel of the thread
   * that it meets, and must not meet the writer because a reader was interrupted.
   */
  private static final class DiskFile implements LogFile {
    private final Path path;
    private final FileChannel writes;
    private FileChannel reads; // guarded by this
    private boolean closed; // guarded by this

    DiskFile(Path path, FileChannel writes) throws IOException {
      this.path = path;
      this.writes = writes;
      this.reads = FileChannel.open(path, StandardOpenOption.READ);
    }

    @Override
    public int write(ByteBuffer bytes, long position) throws IOException {
      return writes.write(bytes, position);
    }

    @Override
    public int read(ByteBuffer bytes, long position) throws IOException {
      boolean interrupted = false;
      int start = bytes.position();
      try {
        while (true) {
          FileChannel channel = channel();
          try {
            return channel.read(bytes, position);
          } catch (ClosedChannelException e) {
            // Of this thread or of another that reads: open it again, and tell the interrupt later.
            interrupted |= Thread.interrupted();
            bytes.position(start); // some may have been read before the channel was closed
            reopen(channel, e);
          }
        }
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }

    private synchronized FileChannel channel() {
      return reads;
    }

    private synchronized void reopen(FileChannel dead, ClosedChannelException why)
        throws IOException {
      if (closed) {
        throw why;
      }
      if (reads == dead) {
        reads = FileChannel.open(path, StandardOpenOption.READ);
      }
    }

    @Override
    public void force() throws IOException {
      writes.force(false);
    }

    @Override
    public long size() throws IOException {
      return writes.size();
    }

    @Override
    public synchronized void close() throws IOException {
      closed = true;
      reads.close();
      writes.close();
    }
  }
}
