package io.cairn.server.raft.log;

import com.alipay.sofa.jraft.conf.ConfigurationManager;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.option.LogStorageOptions;
import com.alipay.sofa.jraft.storage.LogStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JRaft's log as a chain of append-only segments.
 *
 * <p>An append writes its batch in one piece, syncs the segment, raises the {@link LogFloor} and
 * syncs that, and only then returns: whatever was acknowledged lies at or below the floor, and
 * whatever lies at or below the floor is on the disk. The start checks that ({@link LogRecovery}),
 * of a long log only the end, and the rest is checked beside what is done with it ({@link Scrub}).
 *
 * <p>Every failure of a write or sync is thrown, and nothing is written after it: the caller ends
 * the process. A read that meets damage throws too.
 *
 * <p>Threads: JRaft calls everything that writes from one thread, {@link #getEntry} from any. Held
 * in memory is where each record of the last segment ends, and of some that were read; what is in
 * them is not.
 */
public final class SegmentLog implements LogStorage {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentLog.class);

  /** Entries of one batch come to 1 MiB and the last one of them, as a rule. */
  private static final int BUFFER_BYTES = 2 << 20;

  private final LogFolder folder;
  private final SegmentSizes sizes;
  private final Background background;
  private final LogIndex index = new LogIndex();
  private final SegmentIndexes indexes;
  private final EntryReader reader;
  private final Scrub.Plan scrub;

  private @Nullable Open open; // guarded by this
  private boolean broken; // a change was begun and has not ended well; guarded by this

  /** What exists between init and shutdown. */
  private record Open(LogFloor floor, SegmentMaker maker, LogAppender appender) {}

  @FunctionalInterface
  private interface Change {
    void make(Open now) throws IOException;
  }

  /**
   * A log in this folder, which exists.
   *
   * @param indexFolder made if it does not exist; what is in it can be made anew
   * @param scrubFailure told of damage, or anything else, that keeps the log from being checked
   *     after the start, on the thread that met it: the caller ends the process
   */
  public SegmentLog(Path folder, Path indexFolder, Consumer<Throwable> scrubFailure) {
    this(
        new DiskFolder(folder),
        new DiskFolder(indexFolder),
        SegmentSizes.DEFAULT,
        new BackgroundThread(),
        Scrub.Plan.of(scrubFailure));
  }

  SegmentLog(
      LogFolder folder,
      LogFolder indexFolder,
      SegmentSizes sizes,
      Background background,
      Scrub.Plan scrub) {
    this.folder = folder;
    this.sizes = sizes;
    this.background = background;
    this.scrub = scrub;
    this.indexes = new SegmentIndexes(indexFolder);
    this.reader = new EntryReader(folder, index, indexes);
  }

  /** Whether this folder holds a log: one that was begun but never opened is none. */
  public static boolean isIn(Path folder) {
    return Files.exists(folder.resolve(LogFloor.NAME));
  }

  /**
   * Deletes files that are no part of the log, if the folder exists: begun and not finished, or cut
   * off and kept to be used again. They may hold the room that others need.
   */
  public static void makeRoom(Path folder, Path indexFolder) throws IOException {
    if (Files.isDirectory(folder)) {
      makeRoom(new DiskFolder(folder));
    }
    if (Files.isDirectory(indexFolder)) {
      SegmentIndexes.keepOnly(
          new DiskFolder(indexFolder), id -> Files.exists(folder.resolve(Segment.name(id))));
    }
  }

  static void makeRoom(LogFolder files) throws IOException {
    long firstSegment = LogFloor.firstSegmentIn(files);
    for (String name : files.names()) {
      long id = Segment.idOf(name);
      if (name.endsWith(SegmentMaker.FRESH_ENDING) || (id > 0 && id < firstSegment)) {
        files.delete(name);
      }
    }
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
      EntryReader.tell(e);
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
      indexes.open();
      LogRecovery.Found found =
          new LogRecovery(folder, indexes, floor.current(), configurations).run(sizes.startBytes());
      index.open(found.segments(), floor.current().firstIndex(), found.end(), found.chain());
      if (found.end() != floor.current().floor()) {
        floor.save(floor.current().withFloor(found.end(), found.chain()));
      }
      BatchWriter writer = new BatchWriter(Math.min(BUFFER_BYTES, sizes.bytesMax()));
      SegmentMaker maker = new SegmentMaker(folder, sizes, background);
      LogAppender appender = new LogAppender(index, maker, writer, sizes, this::seal);
      maker.prepare(appender.nextSegment(floor));
      LOG.info(
          "raft log opened first={} last={} segments={} unread={} millis={}",
          index.firstIndex(),
          index.lastIndex(),
          found.segments().size(),
          found.unread().size(),
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
      if (!found.unread().isEmpty()) {
        scrub.thread().execute(new Scrub(index, reader, found.unread(), scrub));
      }
      open = new Open(floor, maker, appender);
      done = true;
    } finally {
      if (!done) {
        floor.close();
        for (Segment segment : index.close()) {
          segment.file().close();
        }
        background.close();
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
    scrub.pace().stop(); // it ends by itself: it holds nothing that is closed here
    List<Segment> segments = index.close();
    indexes.close();
    try {
      now.maker().close();
      now.floor().close();
      for (Segment segment : segments) {
        segment.file().close();
      }
    } catch (IOException e) {
      LOG.warn("raft log not closed", e); // all that was acknowledged is on the disk already
    } finally {
      background.close();
    }
  }

  @Override
  public long getFirstLogIndex() {
    return index.firstIndex();
  }

  /**
   * The last index, or 0 if there is no entry, wherever the next one goes: JRaft takes it for one
   * that has a term.
   */
  @Override
  public long getLastLogIndex() {
    return index.isEmpty() ? 0 : index.lastIndex();
  }

  /**
   * The entry, or null if the log does not have it. An entry that was cut from the beginning is
   * answered as long as its segment is there: JRaft asks for what it has found to be in the log,
   * and ends itself when it is not, though a cut may come between the two.
   *
   * @throws UncheckedIOException when it cannot be read, or is damaged
   */
  @Override
  public @Nullable LogEntry getEntry(long wanted) {
    return reader.entry(wanted);
  }

  @Override
  @Deprecated
  @SuppressWarnings("InlineMeSuggester") // the interface demands it
  public long getTerm(long wanted) {
    LogEntry entry = getEntry(wanted);
    return entry == null ? 0 : entry.getId().getTerm();
  }

  @Override
  public boolean appendEntry(LogEntry entry) {
    return appendEntries(List.of(entry)) == 1;
  }

  /** Appends the entries; on return they are on the disk, below the floor. 0 when it cannot. */
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
              now.appender().append(now.floor(), entries);
              now.floor().save(now.floor().current().withFloor(index.lastIndex(), index.lastCrc()));
            });
    return all ? entries.size() : 0;
  }

  /** Has the index of a full segment written; until then where its records end is in memory. */
  private void seal(Segment segment, SegmentIndex full) {
    indexes.want(segment, full);
    background.execute(
        () -> {
          if (indexes.keep(segment, full)) {
            index.release(segment, full);
          }
        });
  }

  /**
   * Lets go of entries below {@code firstKept}, which may be beyond the end. Segments that hold
   * nothing else are deleted or used again with the next such cut: an entry that JRaft found in the
   * log before it asked for the cut may be read after it.
   */
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
    letGo(now, index.dropBefore(firstKept, firstSegment), firstKept);
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
    int crc = reader.crcOf(lastKept);
    Segment kept = index.segmentOf(lastKept);
    RecordEnds ends = reader.endsOf(kept);
    indexes.discard(kept);
    // First the promise, then what was promised: a crash between the two leaves more than needed.
    now.floor().save(now.floor().current().withFloor(lastKept, crc));
    LogIndex.Cut cut = index.cutAfter(lastKept, crc, ends);
    if (!cut.dropped().isEmpty()) {
      now.maker().discard(); // its number comes after one that is gone
      for (int i = cut.dropped().size() - 1; i >= 0; i--) {
        indexes.discard(cut.dropped().get(i));
        cut.dropped().get(i).file().close();
        folder.delete(cut.dropped().get(i).name());
      }
      folder.sync();
      now.maker().prepare(cut.last().header().id() + 1);
    }
    cut.last().blank(cut.contentEnd());
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
    now.floor()
        .save(now.floor().current().emptied(nextIndex, now.appender().nextSegment(now.floor())));
    letGo(now, index.empty(nextIndex), 0);
  }

  /**
   * Lets go of segments that were cut from the beginning by the cut before: nobody can be reading
   * them any more, and the floor that was saved with that cut makes a start delete them.
   */
  private void letGo(Open now, List<Segment> dropped, long firstKept) throws IOException {
    for (Segment segment : dropped) {
      segment.file().close();
    }
    background.execute(
        () -> {
          try {
            for (Segment segment : dropped) {
              indexes.discard(segment); // before its file is another segment's
              if (segment.lastIndex() < firstKept) { // after a reset indexes may come again
                now.maker().takeBack(segment);
              } else {
                folder.delete(segment.name());
              }
            }
          } catch (IOException e) {
            LOG.warn("raft log segment not deleted", e);
          }
        });
  }

  /** False when the log is closed, or a change has failed. */
  private boolean change(Change change) {
    Open now = open;
    if (now == null || broken) {
      return false;
    }
    broken = true; // until it has ended well, whatever ends it: an Error, too
    try {
      change.make(now);
      broken = false;
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(folder.pathOf("") + ": " + e.getMessage(), e);
    }
  }
}
