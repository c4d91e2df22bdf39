package io.cairn.server.raft;

import io.cairn.server.ops.EventLog;
import io.cairn.server.ops.LogEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The two files behind {@link MetaStorage}.
 *
 * <p>A copy is born whole, by rename, and is overwritten in place after that: a crash can tear at
 * most the one being written, and the other then still holds the generation before it. Their names
 * and lengths never change after {@link #create} or {@link #load}, so a save syncs data only, and
 * waits for no journal of the file system. Not thread safe.
 */
class MetaCopies {
  static final String COPY_A = "meta.a";
  static final String COPY_B = "meta.b";

  private static final EventLog LOG = new EventLog();

  private final Path folder;

  MetaCopies(Path folder) {
    this.folder = folder;
  }

  Path folder() {
    return folder;
  }

  /** Whether a copy exists, valid or not. */
  static boolean exist(Path folder) {
    return Files.exists(folder.resolve(COPY_A)) || Files.exists(folder.resolve(COPY_B));
  }

  MetaRecord create() throws IOException {
    Files.createDirectories(folder);
    MetaRecord first = new MetaRecord(1, 0, "");
    createCopy(COPY_A, first);
    createCopy(COPY_B, first);
    return first;
  }

  /**
   * Takes the higher valid generation and repairs the other copy from it: one that is older, as a
   * crash between the two leaves it, or damaged, which a crash may do to the one being written,
   * too. Throws when no copy is valid.
   */
  MetaRecord load() throws IOException {
    syncFolder(); // a name may have been given by a process that ended before it had synced it
    Optional<MetaRecord> a = read(COPY_A);
    Optional<MetaRecord> b = read(COPY_B);
    if (a.isEmpty() && b.isEmpty()) {
      throw new IOException(
          "term and vote are damaged: neither "
              + COPY_A
              + " nor "
              + COPY_B
              + " in "
              + folder
              + " is valid");
    }
    if (a.equals(b)) {
      // What was read may be in memory only: of a process that ended between write and sync.
      MetaRecord found = a.orElseThrow();
      save(found);
      return found;
    }
    if (a.isPresent() && b.isPresent() && a.get().generation() == b.get().generation()) {
      throw new IOException(
          "term and vote are damaged: copies in "
              + folder
              + " differ: "
              + a.get()
              + ", "
              + b.get());
    }
    boolean takeA = b.isEmpty() || (a.isPresent() && a.get().generation() > b.get().generation());
    MetaRecord newer = (takeA ? a : b).orElseThrow();
    createCopy(takeA ? COPY_B : COPY_A, newer);
    if (a.isEmpty() || b.isEmpty()) {
      LOG.log(
          LogEvent.DAMAGE_FOUND,
          "file",
          folder.resolve(takeA ? COPY_B : COPY_A),
          "repairedFrom",
          takeA ? COPY_A : COPY_B,
          "term",
          newer.term());
    }
    return newer;
  }

  void save(MetaRecord record) throws IOException {
    overwrite(COPY_A, record.encode());
    overwrite(COPY_B, record.encode());
  }

  /** Overwrites one copy in place and syncs it. Tests override it to fail or to tear. */
  void overwrite(String copy, ByteBuffer bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(folder.resolve(copy), StandardOpenOption.WRITE)) {
      writeFully(channel, bytes);
      channel.force(false); // as long as before, in the same blocks
    }
  }

  private void createCopy(String copy, MetaRecord record) throws IOException {
    Path fresh = folder.resolve(copy + ".new");
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      writeFully(channel, record.encode());
      channel.force(true);
    }
    Files.move(
        fresh,
        folder.resolve(copy),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    syncFolder();
  }

  private Optional<MetaRecord> read(String copy) throws IOException {
    Path file = folder.resolve(copy);
    if (!Files.exists(file) || Files.size(file) != MetaRecord.LENGTH) {
      return Optional.empty();
    }
    return MetaRecord.decode(ByteBuffer.wrap(Files.readAllBytes(file)));
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    long position = 0;
    while (bytes.hasRemaining()) {
      position += channel.write(bytes, position);
    }
  }

  private void syncFolder() throws IOException {
    DurableFiles.syncFolder(folder);
  }
}
