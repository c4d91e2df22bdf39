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

  EntryReader(LogFolder folder, LogIndex index) {
    this.folder = folder;
    this.index = index;
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
        return RecordFormat.decode(at.segment().read(wanted, at.offset(), at.length()));
      } catch (IOException e) {
        if (index.isAsItWas(at)) {
          throw unreadable(wanted, at, e);
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
    LogIndex.Place at = place.get();
    byte[] record = at.segment().read(wanted, at.offset(), at.length());
    return RecordFormat.crcAt(ByteBuffer.wrap(record), 0);
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
