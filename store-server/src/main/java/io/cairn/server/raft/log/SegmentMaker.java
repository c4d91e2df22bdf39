package io.cairn.server.raft.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the files of segments: full length, zeros written in all of it and synced, then named.
 *
 * <p>The next one is made on another thread while the present one fills. Space that is only
 * reserved would have to be marked as written in the file system's journal, with each fsync of a
 * batch. A file that was begun and has no name yet is left over by a crash and deleted at the
 * start.
 *
 * <p>Confined to the thread that writes the log, but for the making itself.
 */
final class SegmentMaker implements AutoCloseable {
  static final String FRESH_ENDING = ".new";

  private static final Logger LOG = LoggerFactory.getLogger(SegmentMaker.class);
  private static final int PIECE_BYTES = 1 << 20;
  private static final int SYNC_BYTES = 8 << 20;

  private final LogFolder folder;
  private final SegmentSizes sizes;
  private final Executor background;
  private volatile boolean closing;
  private @Nullable Prepared prepared;

  private record Prepared(long id, CompletableFuture<LogFile> file) {}

  SegmentMaker(LogFolder folder, SegmentSizes sizes, Executor background) {
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
    prepared = new Prepared(id, CompletableFuture.supplyAsync(() -> inBackground(id), background));
  }

  /**
   * The file of this segment, with room for {@code bytesMin} at least. Waits for it if it is not
   * ready; makes it here and now if that failed or it is too small.
   *
   * @throws IOException when the disk is full, for example: there is no place for the next entry
   */
  LogFile take(long id, long bytesMin) throws IOException {
    Prepared now = prepared;
    if (now != null && now.id() == id) {
      prepared = null;
      LogFile file = result(now);
      if (file != null && file.size() >= bytesMin) {
        return file;
      }
      if (file != null) {
        file.close();
      }
    }
    return make(id, Math.max(bytesMin, sizes.bytesOf(id)));
  }

  /** Deletes what was prepared, and returns when nothing is being made. */
  void discard() throws IOException {
    Prepared now = prepared;
    prepared = null;
    if (now == null) {
      return;
    }
    LogFile file = result(now);
    if (file != null) {
      file.close();
      folder.delete(Segment.name(now.id()));
    }
  }

  /** Returns when nothing is being made; what was prepared stays. */
  @Override
  public void close() throws IOException {
    closing = true;
    Prepared now = prepared;
    prepared = null;
    LogFile file = now == null ? null : result(now);
    if (file != null) {
      file.close();
    }
  }

  private static @Nullable LogFile result(Prepared prepared) {
    try {
      return prepared.file().join();
    } catch (CompletionException e) {
      LOG.warn(
          "raft log segment not prepared id={} reason={}",
          prepared.id(),
          String.valueOf(e.getCause()));
      return null;
    }
  }

  private LogFile inBackground(long id) {
    try {
      return make(id, sizes.bytesOf(id));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private LogFile make(long id, long bytes) throws IOException {
    String name = Segment.name(id);
    try (LogFile file = folder.create(name + FRESH_ENDING)) {
      ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(PIECE_BYTES, bytes));
      for (long at = 0; at < bytes; at += zeros.limit()) {
        if (closing) {
          throw new IOException("the log is closed");
        }
        zeros.clear().limit((int) Math.min(PIECE_BYTES, bytes - at));
        file.writeFully(zeros, at);
        if ((at + zeros.limit()) % SYNC_BYTES == 0) {
          file.force(); // in pieces, so that no batch waits behind all of it
        }
      }
      file.force();
    }
    folder.rename(name + FRESH_ENDING, name);
    folder.sync();
    return folder.open(name);
  }
}
