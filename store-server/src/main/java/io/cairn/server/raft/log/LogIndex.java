package io.cairn.server.raft.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which entries the log has and where each lies.
 *
 * <p>Guarded by itself, for a few statements at a time: nothing is read or written meanwhile. So a
 * place may be out of date when it is used; {@link #isAsItWas} tells.
 */
final class LogIndex {
  private List<Segment> segments = new ArrayList<>();
  private List<Segment> dropped =
      List.of(); // by the last cut of the beginning: read by late comers
  private long firstIndex = 1;
  private long lastIndex;
  private int lastCrc; // what the next entry goes on from
  private long cuts; // how often something was taken away

  /**
   * Where a record lies, and when that was so.
   *
   * @param number which record of its segment it is
   * @param start offset in the segment, unless that is released
   * @param length in bytes, unless it is released
   * @param released the segment when only its index tells where its records are
   * @param cuts how often something had been taken away from the log by then
   */
  record Place(
      Segment segment,
      int number,
      int start,
      int length,
      Segment.@Nullable Released released,
      long cuts) {
    /** The same place by the ends of a released segment. */
    Place in(RecordEnds ends) {
      int from = ends.startOf(number);
      return new Place(segment, number, from, ends.endOf(number) - from, null, cuts);
    }
  }

  /**
   * How far a segment belongs to the log, and when that was so.
   *
   * @param last index of its last entry
   * @param lastCrc checksum of that
   * @param cuts how often something had been taken away from the log by then
   */
  record Extent(long last, int lastCrc, long cuts) {}

  /**
   * What a cut of the end leaves to be done.
   *
   * @param dropped segments that are no part of the log any more, from the first on
   * @param last the one that is the last now
   * @param contentEnd where what it held ended until now
   */
  record Cut(List<Segment> dropped, Segment last, int contentEnd) {}

  synchronized long firstIndex() {
    return firstIndex;
  }

  synchronized long lastIndex() {
    return lastIndex;
  }

  /** Checksum of the last record, or what the first one goes on from. */
  synchronized int lastCrc() {
    return lastCrc;
  }

  /** Takes these segments for the log, whose last entry has this index and checksum. */
  synchronized void open(List<Segment> found, long first, long last, int crc) {
    segments = new ArrayList<>(found);
    firstIndex = first;
    lastIndex = last;
    lastCrc = crc;
    cuts++;
  }

  /** Whether there is no entry. */
  synchronized boolean isEmpty() {
    return lastIndex < firstIndex;
  }

  /**
   * Empties the log: the next entry is the one of {@code nextIndex}.
   *
   * @return segments that the cut before this one has dropped
   */
  synchronized List<Segment> empty(long nextIndex) {
    List<Segment> before = dropped;
    dropped = segments;
    open(List.of(), nextIndex, nextIndex - 1, 0);
    return before;
  }

  /** Forgets all entries. Answers all segments there were. */
  synchronized List<Segment> close() {
    List<Segment> all = new ArrayList<>(dropped);
    all.addAll(segments);
    dropped = List.of();
    open(List.of(), lastIndex + 1, lastIndex, lastCrc);
    return all;
  }

  /** The segment that is written to. */
  synchronized Optional<Segment> active() {
    return segments.isEmpty() ? Optional.empty() : Optional.of(segments.get(segments.size() - 1));
  }

  /** Where the entry lies; also one before the first, while its segment is there. */
  synchronized Optional<Place> placeOf(long wanted) {
    if (wanted > lastIndex) {
      return Optional.empty();
    }
    if (wanted >= firstIndex) {
      return Optional.of(placeIn(segmentOf(wanted), wanted));
    }
    return Stream.concat(dropped.stream(), segments.stream().limit(1))
        .filter(segment -> segment.holds(wanted))
        .findFirst()
        .map(segment -> placeIn(segment, wanted));
  }

  /** Whether nothing was taken away since there had been so many cuts. */
  synchronized boolean isAsItWas(long cutsThen) {
    return cutsThen == cuts;
  }

  /** The record of this entry even if it does not count any more; empty before the first one. */
  synchronized Optional<Place> recordOf(long wanted) {
    Segment segment = segmentOf(wanted);
    return wanted < segment.header().firstIndex()
        ? Optional.empty()
        : Optional.of(placeIn(segment, wanted));
  }

  private Place placeIn(Segment segment, long wanted) {
    int number = segment.placeOf(wanted);
    RecordEnds ends = segment.ends().orElse(null);
    Place place = new Place(segment, number, 0, 0, segment.released().orElse(null), cuts);
    return ends == null ? place : place.in(ends);
  }

  /** A copy of where its records end; empty if the segment is released. */
  synchronized Optional<RecordEnds> endsOf(Segment segment) {
    return segment.ends().map(ends -> ends.first(ends.count()));
  }

  /** The segment that holds this entry, or would if it came next. There is one. */
  synchronized Segment segmentOf(long wanted) {
    int at = segments.size() - 1;
    while (at > 0 && segments.get(at).header().firstIndex() > wanted) {
      at--;
    }
    return segments.get(at);
  }

  /** How far this segment belongs to the log; empty if it does not. */
  synchronized Optional<Extent> extentOf(Segment segment) {
    int at = segments.indexOf(segment);
    if (at < 0) {
      return Optional.empty();
    }
    int crc = at == segments.size() - 1 ? lastCrc : segments.get(at + 1).header().previousCrc();
    return Optional.of(new Extent(segment.lastIndex(), crc, cuts));
  }

  /**
   * Adds records to the active segment, or to one that comes after it.
   *
   * @param crc checksum of the last of them
   * @return what to write about the segment before, if this is a new one
   */
  synchronized Optional<SegmentIndex> add(Segment segment, RecordEnds records, int crc) {
    Optional<Segment> full = active().filter(last -> last != segment);
    if (full.isPresent() || segments.isEmpty()) {
      segments.add(segment);
    }
    segment.add(records);
    lastIndex += records.count();
    lastCrc = crc;
    return full.map(last -> last.seal(segment.header().previousCrc()));
  }

  /** Forgets where the records of a sealed segment end, unless it was cut since. */
  synchronized void release(Segment segment, SegmentIndex index) {
    if (segment.ends().filter(ends -> ends == index.ends()).isPresent()) {
      segment.release(index);
    }
  }

  /**
   * Takes segments before {@code kept} away; the log begins at {@code first} now.
   *
   * @return segments that the cut before this one has dropped
   */
  synchronized List<Segment> dropBefore(long first, long kept) {
    List<Segment> before = dropped;
    dropped = new ArrayList<>();
    while (!segments.isEmpty() && segments.get(0).header().id() < kept) {
      dropped.add(segments.remove(0));
    }
    firstIndex = first;
    cuts++;
    return before;
  }

  /**
   * Takes entries above {@code lastKept} away.
   *
   * @param crc checksum of the last one that is kept
   * @param ends where the records of its segment end
   */
  synchronized Cut cutAfter(long lastKept, int crc, RecordEnds ends) {
    Segment last = segmentOf(lastKept);
    List<Segment> gone = new ArrayList<>();
    while (segments.get(segments.size() - 1) != last) {
      gone.add(0, segments.remove(segments.size() - 1));
    }
    int contentEnd = last.end();
    last.hold(ends.first(last.placeOf(lastKept) + 1));
    lastIndex = lastKept;
    lastCrc = crc;
    cuts++;
    return new Cut(gone, last, contentEnd);
  }
}
