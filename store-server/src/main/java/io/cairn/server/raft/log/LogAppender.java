package io.cairn.server.raft.log;

import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes entries to the end of the log, and begins new segments.
 *
 * <p>Confined to the thread that writes the log.
 */
final class LogAppender {
  private final LogIndex index;
  private final SegmentMaker maker;
  private final BatchWriter writer;
  private final SegmentSizes sizes;
  private final Sealer sealer;

  /** Told of a segment that another one follows now, and what its index says. */
  @FunctionalInterface
  interface Sealer {
    void seal(Segment segment, SegmentIndex index);
  }

  LogAppender(
      LogIndex index, SegmentMaker maker, BatchWriter writer, SegmentSizes sizes, Sealer sealer) {
    this.index = index;
    this.maker = maker;
    this.writer = writer;
    this.sizes = sizes;
    this.sealer = sealer;
  }

  /** Appends the entries; on return they are on the disk. The floor is not raised. */
  void append(LogFloor floor, List<LogEntry> entries) throws IOException {
    int done = 0;
    while (done < entries.size()) {
      done += appendPiece(floor, entries.subList(done, entries.size()));
    }
  }

  /** Appends as many of the entries as go into one segment; a new one is begun for the rest. */
  private int appendPiece(LogFloor floor, List<LogEntry> entries) throws IOException {
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
        fresh ? begin(floor, RecordFormat.size(entries.get(0), members.get(0))) : active.get();
    writer.begin(segment.file(), fresh ? 0 : segment.end());
    if (fresh) {
      writer.put(segment.header());
    }
    RecordEnds written = new RecordEnds(segment.end());
    long end = segment.end();
    long capacity = end + segment.room();
    int crc = index.lastCrc();
    for (LogEntry entry : entries) {
      byte[] coded = members.get(written.count());
      end += RecordFormat.size(entry, coded);
      if (end > capacity) {
        break;
      }
      crc = writer.put(entry, coded, crc);
      if (entry.getType() == EntryType.ENTRY_TYPE_CONFIGURATION) {
        written.addConfiguration((int) end, crc);
      } else {
        written.add((int) end);
      }
    }
    writer.fillUp(segment.end() + segment.room(), sizes.pageBytes());
    writer.flush();
    segment.file().force();
    index.add(segment, written, crc).ifPresent(full -> sealer.seal(active.orElseThrow(), full));
    return written.count();
  }

  private Segment begin(LogFloor floor, long recordBytes) throws IOException {
    if (recordBytes > RecordFormat.RECORD_BYTES_MAX) {
      throw new IllegalArgumentException("entry of " + recordBytes + " bytes");
    }
    long id = nextSegment(floor);
    SegmentHeader header = new SegmentHeader(id, index.lastIndex() + 1, index.lastCrc());
    LogFile file = maker.take(id, SegmentHeader.LENGTH + recordBytes);
    maker.prepare(id + 1);
    return new Segment(header, file);
  }

  /** Number of the segment that comes next. */
  long nextSegment(LogFloor floor) {
    return index
        .active()
        .map(segment -> segment.header().id() + 1)
        .orElseGet(() -> floor.current().firstSegment());
  }
}
