package io.cairn.server.raft.log;

import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.conf.ConfigurationEntry;
import com.alipay.sofa.jraft.conf.ConfigurationManager;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds out at the start what the segments hold.
 *
 * <p>All records of the newest segments, {@link SegmentSizes#startBytes} of them, are read, in
 * order, and each is checked: its checksum, its index, and that it goes on from the one before. The
 * first place where that ends is the end of the log. If it is below the floor, something that may
 * have been acknowledged is lost, and the start is refused. If not, what comes behind is what a
 * crash left of a batch that nobody was promised: it is overwritten with zeros, so that no byte of
 * it can be met again.
 *
 * <p>Of older segments whose {@link SegmentIndex} fits between their neighbours only the headers
 * are read, and the entries of configurations, which are checked. All that is in them lies below
 * the floor. So the last entry, by which this node votes, is always one that was read, and so is
 * the one at the floor. The others are left to {@link Scrub}, and to the first read of one of them.
 * A segment without such an index is read, and its index written.
 *
 * <p>What is found is on the disk when {@link #run} returns, for this node will vote by it. Until
 * then what is above the floor may be in memory only, after a crash of the process alone; and after
 * an fsync that failed the system takes it for written, gives it to every reader and drops it
 * later, so that a mere fsync does nothing. So it is written again. Below the floor all was synced
 * before the floor was written.
 *
 * <p>A place that cannot be read is damage wherever it is: a disk that forgets one is not to be
 * trusted.
 */
final class LogRecovery {
  private final LogFolder folder;
  private final SegmentIndexes indexes;
  private final FloorRecord floor;
  private final ConfigurationManager configurations;
  private final List<Segment> segments = new ArrayList<>();
  private final List<Segment> unread = new ArrayList<>();
  private Set<String> names = Set.of();
  private long end;
  private int chain;
  private @Nullable Stop unopened;

  /** Where the chain of good records ends, and what is there instead of the next one. */
  private record Stop(String file, long offset, String what) {}

  /**
   * What was found.
   *
   * @param end index of the last entry
   * @param chain its checksum
   * @param unread the segments that were not read
   */
  record Found(List<Segment> segments, long end, int chain, List<Segment> unread) {}

  LogRecovery(
      LogFolder folder,
      SegmentIndexes indexes,
      FloorRecord floor,
      ConfigurationManager configurations) {
    this.folder = folder;
    this.indexes = indexes;
    this.floor = floor;
    this.configurations = configurations;
  }

  /**
   * Reads the log, and cuts what is above its end.
   *
   * @param startBytes how much of it is read in any case, from its end
   * @throws DamagedLogException when an entry at or below the floor is not there
   */
  Found run(long startBytes) throws IOException {
    boolean done = false;
    try {
      Found found = read(startBytes);
      done = true;
      return found;
    } finally {
      if (!done) {
        for (Segment segment : segments) {
          segment.file().close();
        }
      }
    }
  }

  private Found read(long startBytes) throws IOException {
    names = Set.copyOf(folder.names());
    long[] ids = names.stream().mapToLong(Segment::idOf).filter(id -> id > 0).toArray();
    Arrays.sort(ids);
    end = floor.firstIndex() - 1;
    chain = floor.floorCrc();
    Stop stop = follow(headersOfUnread(startBytes));
    if (end < floor.floor()) {
      throw new DamagedLogException(
          stop.what(), stop.file(), stop.offset(), end + 1, floor.floor());
    }
    long kept = segments.isEmpty() ? 0 : segments.get(segments.size() - 1).header().id();
    for (int i = ids.length - 1; i >= 0; i--) { // from the end: what is left is always a beginning
      if (ids[i] > kept || ids[i] < floor.firstSegment()) {
        folder.delete(Segment.name(ids[i]));
      }
    }
    for (String name : names) {
      if (name.endsWith(SegmentMaker.FRESH_ENDING)) {
        folder.delete(name);
      }
    }
    folder.sync();
    writeAgain();
    if (!segments.isEmpty()) {
      Segment last = segments.get(segments.size() - 1);
      // At least where the next record goes: zeros of a cut may be in memory only, too.
      long next = last.end() + Math.min(RecordFormat.HEADER_BYTES, last.room());
      last.blank(Math.max(next, contentEnd(last)));
    }
    for (int i = 1; i < segments.size(); i++) {
      release(segments.get(i - 1), segments.get(i).header().previousCrc());
    }
    indexes.keepOnlySealed(segments);
    return new Found(segments, end, chain, unread);
  }

  /** Has the index of a sealed segment written, and forgets what it says. */
  private void release(Segment segment, int lastCrc) {
    if (segment.released().isEmpty()) {
      SegmentIndex index = segment.seal(lastCrc);
      indexes.want(segment, index);
      if (indexes.keep(segment, index)) {
        segment.release(index);
      }
    }
  }

  private long contentEnd(Segment segment) throws IOException {
    try {
      return new ScanWindow(segment.file(), segment.capacity()).contentEnd(segment.end());
    } catch (ScanWindow.UnreadableException e) {
      throw unreadable(segment.header().id(), e.offset(), e);
    }
  }

  /** Writes everything above the floor again, as it was found, and syncs it. */
  private void writeAgain() throws IOException {
    int crc = floor.floorCrc();
    for (Segment segment : segments) {
      RecordEnds ends = segment.ends().orElse(null);
      if (ends == null) {
        continue; // all of it is below the floor
      }
      long first = segment.header().firstIndex();
      if (first > floor.floor()) {
        ByteBuffer header = ByteBuffer.allocate(SegmentHeader.LENGTH);
        segment.header().encode(header);
        segment.file().writeFully(header.flip(), 0);
      }
      for (long index = Math.max(first, floor.floor() + 1); index <= segment.lastIndex(); index++) {
        int at = ends.startOf(segment.placeOf(index));
        int length = ends.endOf(segment.placeOf(index)) - at;
        ByteBuffer record = ByteBuffer.wrap(segment.read(index, at, length));
        if (RecordFormat.previousCrcAt(record, 0) != crc) { // the system dropped what was scanned
          throw new IOException("entry " + index + " has changed since it was read");
        }
        crc = RecordFormat.crcAt(record, 0);
        segment.file().writeFully(record, at);
      }
      if (Math.max(first, segment.lastIndex()) > floor.floor()) {
        segment.file().force();
      }
    }
  }

  /**
   * Headers of the segments that may stay unread, and of the one behind them: so many that the
   * others have {@code startBytes} together.
   */
  private Map<Long, SegmentHeader> headersOfUnread(long startBytes) {
    Map<Long, SegmentHeader> headers = new HashMap<>();
    Map<Long, Long> sizes = new HashMap<>();
    long next = floor.firstSegment();
    for (boolean found = true; found && names.contains(Segment.name(next)); ) {
      try (LogFile file = folder.open(Segment.name(next))) {
        long id = next;
        Optional<SegmentHeader> header = headerOf(file).filter(its -> its.id() == id);
        found = header.isPresent();
        header.ifPresent(its -> headers.put(id, its));
        sizes.put(id, file.size());
      } catch (IOException e) {
        found = false; // whoever opens it again says what is wrong
      }
      next += found ? 1 : 0;
    }
    for (long bytes = 0; bytes < startBytes && next > floor.firstSegment(); ) {
      headers.remove(next--);
      bytes += sizes.getOrDefault(next, 0L);
    }
    return headers;
  }

  /** Goes from segment to segment as long as each goes on from the one before. */
  private Stop follow(Map<Long, SegmentHeader> unreadHeaders) throws IOException {
    Stop stop = null;
    for (long id = floor.firstSegment(); ; id++) {
      Segment segment = open(id);
      if (segment == null) {
        boolean blank = stop == null || stop.what().equals(SegmentScan.NO_RECORD);
        return blank && unopened != null ? unopened : Objects.requireNonNull(stop, "scanned");
      }
      if (segments.isEmpty()) {
        end = segment.header().firstIndex() - 1;
        chain = segment.header().previousCrc();
        refuseAnother(segment, 0);
      } else if (end < floor.floor()) { // or else it may have to be written again
        release(segments.get(segments.size() - 1), chain);
      }
      segments.add(segment);
      if (openUnread(segment, unreadHeaders.get(id + 1))) {
        stop = new Stop(pathOf(id), segment.end(), SegmentScan.NO_RECORD);
        continue;
      }
      try {
        stop = scan(segment);
      } catch (ScanWindow.UnreadableException e) {
        throw unreadable(id, e.offset(), e);
      }
    }
  }

  /** Takes what its index says of a segment, if that fits between its neighbours. */
  private boolean openUnread(Segment segment, @Nullable SegmentHeader next) {
    if (next == null) {
      return false;
    }
    SegmentIndex index = indexes.read(segment.header().id()).orElse(null);
    if (index == null
        || !index.header().equals(segment.header())
        || !index.isFollowedBy(next)
        || index.lastIndex() >= floor.floor()
        || index.ends().startOf(index.ends().count()) > segment.capacity()) {
      return false;
    }
    List<LogEntry> found = new ArrayList<>();
    try {
      for (int i = 0; i < index.ends().configurations(); i++) {
        byte[] record = configuration(segment, index, i);
        if (RecordFormat.indexAt(ByteBuffer.wrap(record), 0) >= floor.firstIndex()) {
          found.add(RecordFormat.decode(record));
        }
      }
    } catch (IOException e) {
      return false; // the segment is damaged: reading all of it tells
    }
    found.forEach(this::addConfiguration);
    indexes.want(segment, index);
    segment.hold(index.ends());
    segment.release(index);
    segment.leaveUnread();
    unread.add(segment);
    end = index.lastIndex();
    chain = index.lastCrc();
    return true;
  }

  /** The record of a configuration, which is the one that was there when the index was written. */
  private static byte[] configuration(Segment segment, SegmentIndex index, int number)
      throws IOException {
    RecordEnds ends = index.ends();
    int place = ends.configurationAt(number);
    long entry = index.header().firstIndex() + place;
    int at = ends.startOf(place);
    byte[] record = segment.read(entry, at, ends.endOf(place) - at);
    if (RecordFormat.crcAt(ByteBuffer.wrap(record), 0) != ends.configurationCrc(number)) {
      throw new Segment.DamagedRecordException(SegmentScan.ANOTHER_PLACE, entry, at);
    }
    return record;
  }

  /** The segment, or null if there is none that goes on where the log ends so far. */
  private @Nullable Segment open(long id) throws IOException {
    if (!names.contains(Segment.name(id))) {
      unopened = new Stop(pathOf(id), 0, "no file");
      return null;
    }
    LogFile file = folder.open(Segment.name(id));
    Optional<SegmentHeader> header;
    try {
      header = headerOf(file);
    } catch (IOException e) {
      file.close();
      throw unreadable(id, 0, new ScanWindow.UnreadableException(0, e));
    }
    boolean first = segments.isEmpty();
    boolean another = header.isPresent() && header.get().id() != id; // of before its present use
    if (header.isEmpty() || another || (first && !goesOn(header.get(), id))) {
      unopened = new Stop(pathOf(id), 0, header.isEmpty() ? "no header" : "a wrong header");
    }
    if (header.isEmpty() || !goesOn(header.get(), id)) {
      file.close();
      return null; // of a whole header the segment before is to blame: it ends too early
    }
    return new Segment(header.get(), file);
  }

  private static Optional<SegmentHeader> headerOf(LogFile file) throws IOException {
    if (file.size() < SegmentHeader.LENGTH) {
      return Optional.empty();
    }
    byte[] bytes = new byte[SegmentHeader.LENGTH];
    file.readFully(bytes, 0, SegmentHeader.LENGTH, 0);
    return SegmentHeader.decode(ByteBuffer.wrap(bytes));
  }

  private boolean goesOn(SegmentHeader header, long id) {
    if (header.id() != id) {
      return false;
    }
    return segments.isEmpty()
        ? header.firstIndex() <= floor.firstIndex()
        : header.firstIndex() == end + 1 && header.previousCrc() == chain;
  }

  /** Reads records up to the first place that holds none that goes on from the one before. */
  private Stop scan(Segment segment) throws IOException {
    SegmentScan scan = new SegmentScan(segment);
    RecordEnds ends = new RecordEnds(SegmentHeader.LENGTH);
    while (scan.next()) {
      end = scan.index();
      chain = scan.crc();
      scan.addTo(ends);
      refuseAnother(segment, scan.start());
      if (end >= floor.firstIndex() && scan.isConfiguration()) {
        addConfiguration(scan.entry());
      }
    }
    segment.hold(ends);
    return new Stop(pathOf(segment.header().id()), scan.end(), scan.stop());
  }

  /** Refuses a log whose entry at the floor is not the one that was there. */
  private void refuseAnother(Segment segment, int at) throws DamagedLogException {
    if (end == floor.floor() && chain != floor.floorCrc()) {
      throw new DamagedLogException(
          "a record that this node did not write",
          pathOf(segment.header().id()),
          at,
          end,
          floor.floor());
    }
  }

  private DamagedLogException unreadable(long id, long offset, IOException why) {
    DamagedLogException damaged =
        new DamagedLogException(
            String.valueOf(why.getMessage()), pathOf(id), offset, end + 1, floor.floor());
    damaged.initCause(why);
    return damaged;
  }

  private String pathOf(long id) {
    return folder.pathOf(Segment.name(id));
  }

  private void addConfiguration(LogEntry entry) {
    ConfigurationEntry configuration = new ConfigurationEntry();
    configuration.setId(new LogId(entry.getId().getIndex(), entry.getId().getTerm()));
    configuration.setConf(new Configuration(entry.getPeers(), entry.getLearners()));
    if (entry.getOldPeers() != null) {
      configuration.setOldConf(new Configuration(entry.getOldPeers(), entry.getOldLearners()));
    }
    configurations.add(configuration);
  }
}
