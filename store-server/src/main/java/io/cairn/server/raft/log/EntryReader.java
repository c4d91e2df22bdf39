package io.cairn.server.raft.log;

import com.alipay.sofa.jraft.entity.LogEntry;
import io.cairn.server.ops.EventLog;
import io.cairn.server.ops.LogEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads single entries, from any thread. It looks a place up, reads the file without a lock, and
 * checks what was read; if the log was cut meanwhile it looks again.
 */
final class EntryReader {
  private static final EventLog EVENTS = new EventLog();

  private final LogFolder folder;
  private final LogIndex index;
  private final SegmentIndexes indexes;

  EntryReader(LogFolder folder, LogIndex index, SegmentIndexes indexes) {
    this.folder = folder;
    this.index = index;
    this.indexes = indexes;
  }

  /**
   * The entry, or null if the log does not have it.
   *
   * @throws UncheckedIOException when it cannot be read, or is damaged
   */
  @Nullable LogEntry entry(long wanted) {
    while (true) {
      Optional<LogIndex.Place> place = index.placeOf(wanted);
      if (place.isEmpty()) {
        return null;
      }
      LogIndex.Place at = place.get();
      try {
        return RecordFormat.decode(read(wanted, at));
      } catch (IOException e) {
        if (index.isAsItWas(at.cuts())) {
          throw unreadable(wanted, at.segment(), e);
        }
      }
    }
  }

  /** The checksum of an entry, or what the first one goes on from. */
  int crcOf(long wanted) throws IOException {
    Optional<LogIndex.Place> place = index.recordOf(wanted);
    if (place.isEmpty()) {
      return index.segmentOf(wanted).header().previousCrc();
    }
    try {
      return RecordFormat.crcAt(ByteBuffer.wrap(read(wanted, place.get())), 0);
    } catch (IOException e) {
      throw damage(place.get().segment(), e);
    }
  }

  /** A copy of where the records of this segment end. Only while nothing is cut. */
  RecordEnds endsOf(Segment segment) throws IOException {
    Optional<RecordEnds> known = index.endsOf(segment);
    return known.isPresent() ? known.get() : indexes.endsOf(segment.released().orElseThrow());
  }

  private byte[] read(long wanted, LogIndex.Place place) throws IOException {
    Segment.Released released = place.released();
    LogIndex.Place at = released == null ? place : place.in(indexes.endsOf(released));
    return at.segment().read(wanted, at.start(), at.length());
  }

  private UncheckedIOException unreadable(long wanted, Segment segment, IOException why) {
    return damage(segment, why) instanceof DamagedLogException damage
        ? new UncheckedIOException(damage)
        : new UncheckedIOException(
            "cannot read entry " + wanted + " from " + folder.pathOf(segment.name()), why);
  }

  /**
   * What to throw for a failed read of a segment, whatever was being read. The next start reads all
   * of the segment, and refuses if it cannot. If it is damage, that is told now.
   */
  IOException damage(Segment segment, IOException why) {
    indexes.discard(segment);
    if (!(why instanceof Segment.DamagedRecordException record)) {
      return why;
    }
    DamagedLogException damage = record.in(folder.pathOf(segment.name()), index.lastIndex());
    tell(damage);
    return damage;
  }

  static void tell(DamagedLogException damage) {
    EVENTS.log(
        LogEvent.DAMAGE_FOUND,
        "file",
        damage.file(),
        "offset",
        damage.offset(),
        "index",
        damage.index());
  }
}
