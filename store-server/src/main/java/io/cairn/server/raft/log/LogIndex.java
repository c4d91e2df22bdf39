package io.cairn.server.raft.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

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
  private long cuts; // how often something was taken away

  /** Where a record lies, and when that was so. */
  record Place(Segment segment, int offset, int length, long cuts) {}

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

  /** Takes these segments for the log. */
  synchronized void open(List<Segment> found, long first, long last) {
    segments = new ArrayList<>(found);
    found.stream().limit(Math.max(0, found.size() - 1)).forEach(full -> full.ends().trim());
    firstIndex = first;
    lastIndex = last;
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
    open(List.of(), nextIndex, nextIndex - 1);
    return before;
  }

  /** Forgets all entries. Answers all segments there were. */
  synchronized List<Segment> close() {
    List<Segment> all = new ArrayList<>(dropped);
    all.addAll(segments);
    dropped = List.of();
    open(List.of(), lastIndex + 1, lastIndex);
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

  /** Whether nothing was taken away since this place was looked up. */
  synchronized boolean isAsItWas(Place place) {
    return place.cuts() == cuts;
  }

  /** The record of this entry even if it does not count any more; empty before the first one. */
  synchronized Optional<Place> recordOf(long wanted) {
    Segment segment = segmentOf(wanted);
    return wanted < segment.header().firstIndex()
        ? Optional.empty()
        : Optional.of(placeIn(segment, wanted));
  }

  private Place placeIn(Segment segment, long wanted) {
    int place = segment.placeOf(wanted);
    int offset = segment.ends().startOf(place);
    return new Place(segment, offset, segment.ends().endOf(place) - offset, cuts);
  }

  /** The segment that holds this entry, or would if it came next. There is one. */
  synchronized Segment segmentOf(long wanted) {
    int at = segments.size() - 1;
    while (at > 0 && segments.get(at).header().firstIndex() > wanted) {
      at--;
    }
    return segments.get(at);
  }

  /** Adds the first {@code count} records that end at {@code ends} to the active segment. */
  synchronized void add(Segment segment, int[] ends, int count) {
    if (active().filter(segment::equals).isEmpty()) {
      active().ifPresent(full -> full.ends().trim());
      segments.add(segment);
    }
    for (int i = 0; i < count; i++) {
      segment.ends().add(ends[i]);
    }
    lastIndex += count;
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

  /** Takes entries above {@code lastKept} away. */
  synchronized Cut cutAfter(long lastKept) {
    Segment last = segmentOf(lastKept);
    List<Segment> gone = new ArrayList<>();
    while (segments.get(segments.size() - 1) != last) {
      gone.add(0, segments.remove(segments.size() - 1));
    }
    int contentEnd = last.end();
    last.ends().keep(last.placeOf(lastKept) + 1);
    lastIndex = lastKept;
    cuts++;
    return new Cut(gone, last, contentEnd);
  }
}
