package io.cairn.server.raft.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the files of segments: full length, zeros written in all of it and synced, then named.
 *
 * <p>The next one is made on another thread while the present one fills. Space that is only
 * reserved would have to be marked as written in the file system's journal, with each fsync of a
 * batch. A file that was begun and has no name yet is left over by a crash and deleted at the
 * start; one that could not be finished is deleted at once.
 *
 * <p>Files of segments that were cut from the beginning are used again: a name is changed, and the
 * disk need not write all bytes twice. What is still in such a file is no danger. Its header has
 * another number than its name says, and its records have indexes below those of the log, so none
 * of them goes on from the record before.
 *
 * <p>Where there is no room for a segment of full length, smaller ones are made until there is.
 *
 * <p>Confined to the thread that writes the log, but for the making itself.
 */
final class SegmentMaker implements AutoCloseable {
  static final String FRESH_ENDING = ".new";

  private static final Logger LOG = LoggerFactory.getLogger(SegmentMaker.class);
  private static final int PIECE_BYTES = 1 << 20;
  private static final int SYNC_BYTES = 8 << 20;

  /** As many as a snapshot lets go of at a time (256 MiB of entries). */
  private static final int SPARES_MAX = 4;

  private final LogFolder folder;
  private final SegmentSizes sizes;
  private final Background background;
  private final Queue<String> spares = new ConcurrentLinkedQueue<>(); // all of full length
  private @Nullable Prepared prepared;
  private boolean scarce; // the last one could not be made

  private record Prepared(long id, AtomicBoolean unwanted, CompletableFuture<LogFile> file) {}

  SegmentMaker(LogFolder folder, SegmentSizes sizes, Background background) {
    this.folder = folder;
    this.sizes = sizes;
    this.background = background;
  }

  /** Begins to make the segment of this number, if it is not under way. */
  void prepare(long id) throws IOException {
    Prepared now = prepared;
    if (now != null && now.id() == id) {
      return;
    }
    discard();
    int bytes = scarce ? sizes.bytesMin() : sizes.bytesOf(id);
    AtomicBoolean unwanted = new AtomicBoolean();
    prepared =
        new Prepared(
            id,
            unwanted,
            CompletableFuture.supplyAsync(() -> inBackground(id, bytes, unwanted), background));
  }

  /**
   * The file of this segment, with room for {@code bytesMin} at least. Waits for it if it is not
   * ready; makes it here and now if it is too small, and a small one if it could not be made.
   *
   * @throws IOException when the disk is full, for example: there is no place for the next entry
   */
  LogFile take(long id, long bytesMin) throws IOException {
    Prepared now = prepared;
    if (now != null && now.id() != id) {
      throw new IllegalStateException("segment " + id + " wanted, " + now.id() + " prepared");
    }
    prepared = null;
    LogFile file = now == null ? null : result(now);
    scarce = file == null;
    if (file == null) {
      int unit = sizes.bytesMin();
      return make(id, (bytesMin + unit - 1) / unit * unit, new AtomicBoolean());
    }
    if (file.size() >= bytesMin) {
      return file;
    }
    file.close();
    return make(id, bytesMin, new AtomicBoolean());
  }

  /**
   * Takes a file that is no part of the log any more, nor will be after a crash. It is used again,
   * or deleted. Background thread.
   */
  void takeBack(Segment segment) throws IOException {
    if (segment.capacity() == sizes.bytesMax() && spares.size() < SPARES_MAX) {
      spares.add(segment.name());
    } else {
      folder.delete(segment.name());
    }
  }

  /** Deletes what was prepared, and returns when nothing is being made. */
  void discard() throws IOException {
    Prepared now = prepared;
    prepared = null;
    if (now == null) {
      return;
    }
    now.unwanted().set(true);
    LogFile file = result(now);
    if (file != null) {
      file.close();
    }
    folder.delete(Segment.name(now.id())); // it may be there though it could not be opened
  }

  /** Returns when nothing is being made; what was prepared stays. */
  @Override
  public void close() throws IOException {
    Prepared now = prepared;
    prepared = null;
    if (now == null) {
      return;
    }
    now.unwanted().set(true);
    LogFile file = result(now);
    if (file != null) {
      file.close();
    }
  }

  private static @Nullable LogFile result(Prepared prepared) {
    try {
      return prepared.file().join();
    } catch (CompletionException e) {
      if (!prepared.unwanted().get()) {
        LOG.warn(
            "raft log segment not prepared id={} reason={}",
            prepared.id(),
            String.valueOf(e.getCause()));
      }
      return null;
    }
  }

  private LogFile inBackground(long id, long bytes, AtomicBoolean unwanted) {
    try {
      return make(id, bytes, unwanted);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private LogFile make(long id, long bytes, AtomicBoolean unwanted) throws IOException {
    String name = Segment.name(id);
    String spare = bytes <= sizes.bytesMax() ? spares.poll() : null;
    if (spare == null) {
      makeOfZeros(name, bytes, unwanted);
    } else {
      useAgain(spare, name);
    }
    folder.sync();
    return folder.open(name);
  }

  private void useAgain(String spare, String name) throws IOException {
    boolean renamed = false;
    try {
      folder.rename(spare, name);
      renamed = true;
    } finally {
      if (!renamed) {
        spares.add(spare);
      }
    }
  }

  private void makeOfZeros(String name, long bytes, AtomicBoolean unwanted) throws IOException {
    String fresh = name + FRESH_ENDING;
    boolean named = false;
    try {
      try (LogFile file = folder.create(fresh)) {
        writeZeros(file, bytes, unwanted);
      }
      folder.rename(fresh, name);
      named = true;
    } finally {
      if (!named) {
        deleteUnfinished(fresh); // it may hold the last room there is
      }
    }
  }

  private static void writeZeros(LogFile file, long bytes, AtomicBoolean unwanted)
      throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(PIECE_BYTES, bytes));
    for (long at = 0; at < bytes; at += zeros.limit()) {
      if (unwanted.get()) {
        throw new IOException("nobody wants it any more");
      }
      zeros.clear().limit((int) Math.min(PIECE_BYTES, bytes - at));
      file.writeFully(zeros, at);
      if ((at + zeros.limit()) % SYNC_BYTES == 0) {
        file.force(); // in pieces, so that no batch waits behind all of it
      }
    }
    file.force();
  }

  private void deleteUnfinished(String fresh) {
    try {
      folder.delete(fresh);
    } catch (IOException e) {
      LOG.warn("raft log segment not deleted: {} reason={}", fresh, String.valueOf(e));
    }
  }
}
