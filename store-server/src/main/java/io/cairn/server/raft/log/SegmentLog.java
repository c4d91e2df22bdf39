package io.cairn.server.raft.log;

import com.alipay.sofa.jraft.conf.ConfigurationManager;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.option.LogStorageOptions;
import com.alipay.sofa.jraft.storage.LogStorage;
import io.cairn.server.ops.EventLog;
import io.cairn.server.ops.LogEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JRaft's log as a chain of append-only segments.
 *
 * <p>An append writes its batch in one piece, syncs the segment, raises the {@link LogFloor} and
 * syncs that, and only then returns: whatever was acknowledged lies at or below the floor, and
 * whatever lies at or below the floor is on the disk. The start checks that ({@link LogRecovery}).
 *
 * <p>Every failure of a write or sync is thrown, and nothing is written after it: the caller ends
 * the process. A read that meets damage throws too.
 *
 * <p>Threads: JRaft calls everything that writes from one thread, {@link #getEntry} from any. Reads
 * look their place up, read the file without a lock, and check what was read; if the log was cut
 * meanwhile they look again. Held in memory is where each record ends, nothing of what is in it.
 */
public final class SegmentLog implements LogStorage {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentLog.class);
  private static final EventLog EVENTS = new EventLog();

  /** Entries of one batch come to 1 MiB and the last one of them, as a rule. */
  private static final int BUFFER_BYTES = 2 << 20;

  private final LogFolder folder;
  private final SegmentSizes sizes;
  private final Executor background;
  private final LogIndex index = new LogIndex();

  private @Nullable Open open; // guarded by this
  private int chain; // checksum of the last record; guarded by this

  /** What exists between init and shutdown. */
  private record Open(LogFloor floor, SegmentMaker maker, BatchWriter writer) {}

  @FunctionalInterface
  private interface Change {
    void make(Open now) throws IOException;
  }

  /** A log in this folder, which exists. */
  public SegmentLog(Path folder) {
    this(new DiskFolder(folder), SegmentSizes.DEFAULT, new BackgroundThread());
  }

  SegmentLog(LogFolder folder, SegmentSizes sizes, Executor background) {
    this.folder = folder;
    this.sizes = sizes;
    this.background = background;
  }

  /**
   * Opens the log and adds the configurations in it to {@code options}.
   *
   * @throws UncheckedIOException when it cannot be read; with a {@link DamagedLogException} when an
   *     entry is lost
   */
  @Override
  public synchronized boolean init(LogStorageOptions options) {
    if (open != null) {
      return true;
    }
    try {
      open(options.getConfigurationManager());
      return true;
    } catch (DamagedLogException e) {
      tell(e);
      throw new UncheckedIOException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void open(ConfigurationManager configurations) throws IOException {
    long startNanos = System.nanoTime();
    LogFloor floor = LogFloor.openOrCreate(folder);
    boolean done = false;
    try {
      LogRecovery.Found found = new LogRecovery(folder, floor.current(), configurations).run();
      if (found.end() != floor.current().floor()) {
        floor.save(floor.current().withFloor(found.end(), found.chain()));
      }
      chain = found.chain();
      index.open(found.segments(), floor.current().firstIndex(), found.end());
      SegmentMaker maker = new SegmentMaker(folder, sizes, background);
      open = new Open(floor, maker, new BatchWriter(Math.min(BUFFER_BYTES, sizes.bytesMax())));
      maker.prepare(nextSegment(floor));
      done = true;
      LOG.info(
          "raft log opened first={} last={} segments={} millis={}",
          index.firstIndex(),
          index.lastIndex(),
          found.segments().size(),
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
    } finally {
      if (!done) {
        floor.close();
      }
    }
  }

  @Override
  public synchronized void shutdown() {
    Open now = open;
    if (now == null) {
      return;
    }
    open = null;
    List<Segment> segments = index.empty(index.lastIndex() + 1);
    try {
      now.maker().close();
      now.floor().close();
      for (Segment segment : segments) {
        segment.file().close();
      }
    } catch (IOException e) {
      LOG.warn("raft log not closed", e); // all that was acknowledged is on the disk already
    }
  }

  @Override
  public long getFirstLogIndex() {
    return index.firstIndex();
  }

  /** The last index; the one before the first if there is no entry. */
  @Override
  public long getLastLogIndex() {
    return index.lastIndex();
  }

  /**
   * The entry, or null if the log does not have it.
   *
   * @throws UncheckedIOException when it cannot be read, or is damaged
   */
  @Override
  public @Nullable LogEntry getEntry(long wanted) {
    while (true) {
      Optional<LogIndex.Place> place = index.placeOf(wanted);
      if (place.isEmpty()) {
        return null;
      }
      LogIndex.Place at = place.get();
      try {
        return RecordFormat.decode(at.segment().read(wanted, at.offset(), at.length()));
      } catch (IOException e) {
        if (index.isAsItWas(at)) {
          throw unreadable(wanted, at, e);
        }
      }
    }
  }

  @Override
  @Deprecated
  @SuppressWarnings("InlineMeSuggester") // the interface demands it
  public long getTerm(long wanted) {
    LogEntry entry = getEntry(wanted);
    return entry == null ? 0 : entry.getId().getTerm();
  }

  private UncheckedIOException unreadable(long wanted, LogIndex.Place at, IOException why) {
    String file = folder.pathOf(at.segment().name());
    if (!(why instanceof Segment.DamagedRecordException)) {
      return new UncheckedIOException("cannot read entry " + wanted + " from " + file, why);
    }
    DamagedLogException damaged =
        new DamagedLogException(
            "a record with a wrong checksum", file, at.offset(), wanted, index.lastIndex());
    damaged.initCause(why);
    tell(damaged);
    return new UncheckedIOException(damaged);
  }

  private static void tell(DamagedLogException damage) {
    EVENTS.log(
        LogEvent.DAMAGE_FOUND,
        "file",
        damage.file(),
        "offset",
        damage.offset(),
        "index",
        damage.index());
  }

  @Override
  public boolean appendEntry(LogEntry entry) {
    return appendEntries(List.of(entry)) == 1;
  }

  /** Appends the entries; on return they are on the disk, below the floor. 0 when closed. */
  @Override
  public synchronized int appendEntries(List<LogEntry> entries) {
    long next = index.lastIndex() + 1;
    for (LogEntry entry : entries) {
      if (open != null && entry.getId().getIndex() != next++) {
        throw new IllegalStateException("entry " + entry.getId() + " as number " + (next - 1));
      }
    }
    boolean all =
        change(
            now -> {
              int done = 0;
              while (done < entries.size()) {
                done += appendPiece(now, entries.subList(done, entries.size()));
              }
              now.floor().save(now.floor().current().withFloor(index.lastIndex(), chain));
            });
    return all ? entries.size() : 0;
  }

  /** Appends as many of the entries as go into one segment; a new one is begun for the rest. */
  private int appendPiece(Open now, List<LogEntry> entries) throws IOException {
    List<byte[]> members = new ArrayList<>(entries.size());
    long bytes = 0;
    for (LogEntry entry : entries) {
      byte[] coded = RecordFormat.members(entry);
      bytes += RecordFormat.size(entry, coded);
      members.add(coded);
    }
    Optional<Segment> active = index.active();
    boolean fresh = active.isEmpty() || active.get().room() < bytes;
    Segment segment =
        fresh ? begin(now, RecordFormat.size(entries.get(0), members.get(0))) : active.get();
    BatchWriter writer = now.writer();
    writer.begin(segment.file(), fresh ? 0 : segment.end());
    if (fresh) {
      writer.put(segment.header());
    }
    int[] ends = new int[entries.size()];
    int count = 0;
    long end = segment.end();
    long capacity = end + segment.room();
    int crc = chain;
    for (LogEntry entry : entries) {
      end += RecordFormat.size(entry, members.get(count));
      if (end > capacity) {
        break;
      }
      crc = writer.put(entry, members.get(count), crc);
      ends[count++] = (int) end;
    }
    writer.flush();
    segment.file().force();
    chain = crc;
    index.add(segment, ends, count);
    return count;
  }

  private Segment begin(Open now, long recordBytes) throws IOException {
    if (recordBytes > RecordFormat.RECORD_BYTES_MAX) {
      throw new IllegalArgumentException("entry of " + recordBytes + " bytes");
    }
    long id = nextSegment(now.floor());
    SegmentHeader header = new SegmentHeader(id, index.lastIndex() + 1, chain);
    LogFile file = now.maker().take(id, SegmentHeader.LENGTH + recordBytes);
    now.maker().prepare(id + 1);
    return new Segment(header, file);
  }

  private long nextSegment(LogFloor floor) {
    return index
        .active()
        .map(segment -> segment.header().id() + 1)
        .orElseGet(() -> floor.current().firstSegment());
  }

  /** Lets go of entries below {@code firstKept}, which may be beyond the end. */
  @Override
  public synchronized boolean truncatePrefix(long firstKept) {
    return change(
        now -> {
          if (firstKept > index.lastIndex() + 1) {
            empty(now, firstKept);
          } else if (firstKept > index.firstIndex()) {
            dropBefore(now, firstKept);
          }
        });
  }

  private void dropBefore(Open now, long firstKept) throws IOException {
    long firstSegment = index.segmentOf(firstKept).header().id();
    now.floor().save(now.floor().current().withFirst(firstKept, firstSegment));
    deleteLater(index.dropBefore(firstKept, firstSegment));
  }

  /** Cuts entries above {@code lastKept}; on return none of them can be met again. */
  @Override
  public synchronized boolean truncateSuffix(long lastKept) {
    if (lastKept < index.firstIndex() - 1) {
      throw new IllegalArgumentException(
          "cannot keep up to " + lastKept + " of a log that begins at " + index.firstIndex());
    }
    return change(
        now -> {
          if (lastKept < index.lastIndex()) {
            cutAfter(now, lastKept);
          }
        });
  }

  private void cutAfter(Open now, long lastKept) throws IOException {
    int crc = crcOf(lastKept);
    // First the promise, then what was promised: a crash between the two leaves more than needed.
    now.floor().save(now.floor().current().withFloor(lastKept, crc));
    LogIndex.Cut cut = index.cutAfter(lastKept);
    chain = crc;
    if (!cut.dropped().isEmpty()) {
      now.maker().discard(); // its number comes after one that is gone
      for (int i = cut.dropped().size() - 1; i >= 0; i--) {
        cut.dropped().get(i).file().close();
        folder.delete(cut.dropped().get(i).name());
      }
      folder.sync();
      now.maker().prepare(cut.last().header().id() + 1);
    }
    cut.last().blank(cut.contentEnd());
  }

  private int crcOf(long wanted) throws IOException {
    Optional<LogIndex.Place> place = index.recordOf(wanted);
    if (place.isEmpty()) {
      return index.segmentOf(wanted).header().previousCrc();
    }
    LogIndex.Place at = place.get();
    byte[] record = at.segment().read(wanted, at.offset(), at.length());
    return RecordFormat.crcAt(ByteBuffer.wrap(record), 0);
  }

  /** Drops everything: the next entry is the one of {@code nextIndex}. */
  @Override
  public synchronized boolean reset(long nextIndex) {
    if (nextIndex < 1) {
      throw new IllegalArgumentException("next index " + nextIndex);
    }
    return change(now -> empty(now, nextIndex));
  }

  private void empty(Open now, long nextIndex) throws IOException {
    now.floor().save(now.floor().current().emptied(nextIndex, nextSegment(now.floor())));
    chain = 0;
    deleteLater(index.empty(nextIndex));
  }

  /** Deletes what the floor says is no part of the log; a start does what is left of it. */
  private void deleteLater(List<Segment> dropped) throws IOException {
    for (Segment segment : dropped) {
      segment.file().close();
    }
    background.execute(
        () -> {
          try {
            for (Segment segment : dropped) {
              folder.delete(segment.name());
            }
          } catch (IOException e) {
            LOG.warn("raft log segment not deleted", e);
          }
        });
  }

  /** False when the log is closed. */
  private boolean change(Change change) {
    Open now = open;
    if (now == null) {
      return false;
    }
    try {
      change.make(now);
      return true;
    } catch (IOException e) {
      open = null; // whatever the caller does: nothing is written after a failed write
      throw new UncheckedIOException(folder.pathOf("") + ": " + e.getMessage(), e);
    }
  }
}
