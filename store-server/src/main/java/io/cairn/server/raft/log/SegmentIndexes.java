package io.cairn.server.raft.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of {@link SegmentIndex}es, in a folder of their own: the log's holds nothing that it
 * can do without, and the version before, which refuses a log with unknown files, starts with it.
 *
 * <p>They are a cache. None is synced: one that a power failure tears has a wrong checksum, and
 * with one that is missing its segment is scanned. A failure to write or delete one is no failure
 * of the log.
 *
 * <p>Any thread. Writing and deleting exclude each other, and nothing is written for a segment that
 * has been cut or let go. An append waits for neither.
 */
final class SegmentIndexes {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentIndexes.class);
  private static final String ENDING = ".index";

  /** More than that of a segment of 2 GiB with records of no data. */
  private static final int BYTES_MAX = 256 << 20;

  /**
   * Segments whose records' ends are kept for readers: two followers that lag behind, the state
   * machine after a start, and one more, each of which reads entry after entry. Of 64 MiB in
   * records of 300 bytes that is 0.8 MiB each.
   */
  private static final int CACHED_MAX = 4;

  private final LogFolder folder;
  private final Map<Segment, Segment.Released> wanted = new ConcurrentHashMap<>();
  private final Map<Segment.Released, RecordEnds>
      cached = // guarded by itself; last used comes last
      new LinkedHashMap<>(CACHED_MAX, 0.75f, true);

  SegmentIndexes(LogFolder folder) {
    this.folder = folder;
  }

  static String name(long id) {
    return "%010d%s".formatted(id, ENDING);
  }

  private static long idOf(String name) {
    boolean ours = name.matches("\\d{10}" + ENDING.replace(".", "\\."));
    return ours ? Long.parseLong(name.substring(0, 10)) : 0;
  }

  /** Makes the folder if it is not there. */
  void open() {
    try {
      folder.make();
    } catch (IOException e) {
      LOG.warn("raft log index has no folder: {} reason={}", folder.pathOf(""), String.valueOf(e));
    }
  }

  /** Nothing is written any more when this returns. */
  void close() {
    wanted.clear();
    synchronized (this) { // one that is being written is whole by then
      synchronized (cached) {
        cached.clear();
      }
    }
  }

  /** Deletes what is unfinished, and files of segments for which there should be none. */
  static void keepOnly(LogFolder folder, LongPredicate segments) throws IOException {
    for (String name : folder.names()) {
      long id = idOf(name);
      if (name.endsWith(ENDING + SegmentMaker.FRESH_ENDING) || (id > 0 && !segments.test(id))) {
        folder.delete(name);
      }
    }
  }

  /** Deletes what is unfinished, and files of segments that are not sealed. */
  synchronized void keepOnlySealed(List<Segment> segments) {
    try {
      keepOnly(
          folder,
          id ->
              segments.stream()
                  .anyMatch(segment -> segment.header().id() == id && wanted.containsKey(segment)));
    } catch (IOException e) {
      LOG.warn("raft log index not deleted", e);
    }
  }

  /** What the file of this segment says; empty if there is none, or it is damaged. */
  Optional<SegmentIndex> read(long id) {
    byte[] bytes = bytesOf(id);
    return bytes == null ? Optional.empty() : SegmentIndex.decode(bytes);
  }

  private byte @Nullable [] bytesOf(long id) {
    try (LogFile file = folder.open(name(id))) {
      int length = (int) Math.min(BYTES_MAX, file.size());
      byte[] bytes = new byte[length];
      file.readFully(bytes, 0, length, 0);
      return bytes;
    } catch (IOException e) {
      LOG.debug("raft log index not read: {} reason={}", folder.pathOf(name(id)), e.toString());
      return null;
    }
  }

  /** From now on there should be the file of this sealed segment; it is this one, if it exists. */
  void want(Segment segment, SegmentIndex index) {
    wanted.put(segment, new Segment.Released(segment, index.ends().count(), index.lastCrc()));
  }

  /** Writes the file of a segment unless it is there; false if it is not wanted or cannot be. */
  synchronized boolean keep(Segment segment, SegmentIndex index) {
    Segment.Released now = wanted.get(segment);
    if (now == null || !now.isOf(index)) {
      return false; // it was cut since
    }
    byte[] bytes = index.encode();
    return Arrays.equals(bytes, bytesOf(segment.header().id())) || write(segment, bytes);
  }

  private boolean write(Segment segment, byte[] bytes) {
    String name = name(segment.header().id());
    String fresh = name + SegmentMaker.FRESH_ENDING;
    boolean done = false;
    try {
      try (LogFile file = folder.create(fresh)) {
        file.writeFully(ByteBuffer.wrap(bytes), 0);
      }
      folder.rename(fresh, name);
      done = true;
    } catch (IOException e) {
      LOG.warn("raft log index not written: {} reason={}", folder.pathOf(name), String.valueOf(e));
    } finally {
      if (!done) {
        delete(fresh); // it may hold the last room there is
      }
    }
    return done;
  }

  /**
   * Deletes the file of a segment that is about to be cut, or is no part of the log any more.
   * Should the deletion be undone by a power failure, the file fits nowhere.
   */
  void discard(Segment segment) {
    if (wanted.remove(segment) != null) {
      synchronized (this) { // one that is being written is whole by then
        delete(name(segment.header().id()));
      }
    }
    synchronized (cached) {
      cached.keySet().removeIf(released -> released.segment() == segment);
    }
  }

  private void delete(String name) {
    try {
      folder.delete(name);
    } catch (IOException e) {
      LOG.warn("raft log index not deleted: {} reason={}", name, String.valueOf(e));
    }
  }

  /**
   * Where the records of a released segment end: what its file says, or else what a scan finds. Of
   * a segment that nobody has checked since the start it is always a scan, so that an entry is
   * answered only if it is one of the chain, as after a start that has read it.
   *
   * @throws Segment.DamagedRecordException when the scan does not find these records
   */
  RecordEnds endsOf(Segment.Released released) throws IOException {
    synchronized (cached) {
      RecordEnds known = cached.get(released);
      if (known != null) {
        return known;
      }
    }
    boolean interrupted = Thread.interrupted(); // it would close files, and is told later
    try {
      RecordEnds ends = loaded(released).orElse(null);
      if (ends == null) {
        ends = scanned(released);
      }
      synchronized (cached) {
        cached.put(released, ends);
        if (cached.size() > CACHED_MAX) {
          cached.remove(cached.keySet().iterator().next());
        }
      }
      return ends;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Optional<RecordEnds> loaded(Segment.Released released) {
    Segment segment = released.segment();
    return segment.isUnread()
        ? Optional.empty()
        : read(segment.header().id()).filter(released::isOf).map(SegmentIndex::ends);
  }

  private RecordEnds scanned(Segment.Released released) throws IOException {
    Segment segment = released.segment();
    SegmentScan scan = new SegmentScan(segment);
    RecordEnds ends = new RecordEnds(SegmentHeader.LENGTH);
    while (ends.count() < released.count()) {
      scan.step();
      scan.addTo(ends);
    }
    scan.requireEnd(released.lastCrc());
    segment.checked();
    ends.trim();
    keep(segment, new SegmentIndex(segment.header(), ends, scan.crc()));
    return ends;
  }
}
