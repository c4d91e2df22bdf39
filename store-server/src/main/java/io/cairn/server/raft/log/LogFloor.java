package io.cairn.server.raft.log;

import io.cairn.server.ops.EventLog;
import io.cairn.server.ops.LogEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/**
 * The file {@code floor}: up to which index this node may have acknowledged entries.
 *
 * <p>After the entries of a batch are on the disk the floor is raised to the last of them, and only
 * then may they be answered: acknowledged {@code <=} floor {@code <=} what the log holds. So an end
 * of the log that is cut short can be told apart: above the floor it is a write that a crash
 * interrupted and nobody was promised; at or below it entries are lost.
 *
 * <p>The file has two places, each of two pages with a copy of the record. A save of generation
 * {@code g} overwrites the place {@code g mod 2}, with one write and one fsync: a crash can tear
 * both of its copies, but never the place of the generation before; and once it has returned,
 * damage to one page leaves the other copy. Term and vote ({@code MetaStorage}) keep their copies
 * in two files and sync one after the other; with each batch that would be one fsync too many.
 *
 * <p>Confined to the thread that writes the log.
 */
final class LogFloor implements AutoCloseable {
  static final String NAME = "floor";
  static final int PAGE_BYTES = 4_096;

  private static final String FRESH = NAME + ".new";
  private static final int COPIES = 2;
  private static final int PLACE_BYTES = COPIES * PAGE_BYTES;
  private static final int PLACES = 2;
  private static final int FILE_BYTES = PLACES * PLACE_BYTES;
  private static final EventLog LOG = new EventLog();

  private final LogFile file;
  private final ByteBuffer place = ByteBuffer.allocateDirect(PLACE_BYTES);
  private FloorRecord current;

  private LogFloor(LogFile file, FloorRecord current) {
    this.file = file;
    this.current = current;
  }

  /** The floor of the log in this folder, or of a new one if it holds none. */
  static LogFloor openOrCreate(LogFolder folder) throws IOException {
    List<String> names = folder.names();
    for (String name : names) {
      String whole = name.replace(SegmentMaker.FRESH_ENDING, "");
      if (!whole.equals(NAME) && Segment.idOf(whole) == 0) {
        throw new IOException(
            folder.pathOf(name)
                + " is no file of this log. A log kept in RocksDB was written by an earlier"
                + " version, and only that can read it: start it, or remove this member from the"
                + " cluster and add it again with an empty folder");
      }
    }
    if (names.contains(NAME)) {
      return open(folder);
    }
    if (names.stream().anyMatch(name -> Segment.idOf(name) > 0)) {
      throw damaged(folder, "there is no such file beside segments");
    }
    return create(folder);
  }

  /** Makes the file of a new log: whole, by rename. */
  private static LogFloor create(LogFolder folder) throws IOException {
    FloorRecord first = FloorRecord.first();
    LogFile file = folder.create(FRESH);
    file.writeFully(ByteBuffer.allocate(FILE_BYTES), 0);
    LogFloor made = new LogFloor(file, first);
    made.write(first);
    folder.rename(FRESH, NAME);
    folder.sync();
    return made;
  }

  /**
   * Reads the newest floor and writes it again. It may be in memory only, after a crash of the
   * process alone or an fsync that failed; the next save overwrites the other place, and one of the
   * two has to be on the disk at any time. That mends a damaged copy, too.
   *
   * @throws IOException when there is none to rely on
   */
  private static LogFloor open(LogFolder folder) throws IOException {
    LogFile file = folder.open(NAME);
    try {
      if (file.size() != FILE_BYTES) {
        throw damaged(folder, "it has " + file.size() + " bytes, not " + FILE_BYTES);
      }
      List<Optional<FloorRecord>> copies = new ArrayList<>();
      for (int page = 0; page < PLACES * COPIES; page++) {
        copies.add(copyAt(file, page));
      }
      FloorRecord newest =
          copies.stream()
              .flatMap(Optional::stream)
              .max(Comparator.comparingLong(FloorRecord::generation))
              .orElseThrow(() -> damaged(folder, "no copy in it is valid"));
      tellOfDamage(folder, copies, newest);
      LogFloor floor = new LogFloor(file, newest);
      floor.write(newest);
      return floor;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** The copy in this page: none if the page cannot be read. */
  private static Optional<FloorRecord> copyAt(LogFile file, int page) {
    byte[] bytes = new byte[PAGE_BYTES];
    try {
      file.readFully(bytes, 0, PAGE_BYTES, (long) page * PAGE_BYTES);
    } catch (IOException e) {
      return Optional.empty();
    }
    return FloorRecord.decode(ByteBuffer.wrap(bytes), 0)
        .filter(copy -> placeOf(copy.generation()) == page / COPIES);
  }

  private static void tellOfDamage(
      LogFolder folder, List<Optional<FloorRecord>> copies, FloorRecord newest)
      throws DamagedLogException {
    for (int copy = 0; copy < COPIES; copy++) {
      int page = placeOf(newest.generation()) * COPIES + copy;
      Optional<FloorRecord> found = copies.get(page);
      if (found.isEmpty()) { // a crash in the write of it may have torn it, too
        LOG.log(
            LogEvent.DAMAGE_FOUND,
            "file",
            folder.pathOf(NAME),
            "offset",
            page * PAGE_BYTES,
            "repairedFrom",
            "the other copy",
            "floor",
            newest.floor());
      } else if (found.get().generation() == newest.generation() && !found.get().equals(newest)) {
        throw damaged(folder, "its copies of generation " + newest.generation() + " differ");
      }
    }
  }

  /** Segments below this one are no part of the log, for good; 0: none is known to be so. */
  static long firstSegmentIn(LogFolder folder) {
    try {
      if (folder.names().contains(NAME)) {
        try (LogFloor floor = open(folder)) {
          return floor.current().firstSegment();
        }
      }
    } catch (IOException e) {
      LoggerFactory.getLogger(LogFloor.class).debug("the log's start will say what is wrong", e);
    }
    return 0;
  }

  static DamagedLogException damaged(LogFolder folder, String what) {
    return new DamagedLogException("the floor of the log is damaged: " + what, folder.pathOf(NAME));
  }

  FloorRecord current() {
    return current;
  }

  /** Returns when the record is on the disk. */
  void save(FloorRecord next) throws IOException {
    if (next.generation() != current.generation() + 1) {
      throw new IllegalStateException(
          "generation " + next.generation() + " after " + current.generation());
    }
    write(next);
    current = next;
  }

  private void write(FloorRecord record) throws IOException {
    for (int copy = 0; copy < COPIES; copy++) {
      record.encode(place, copy * PAGE_BYTES);
    }
    file.writeFully(place.clear(), (long) placeOf(record.generation()) * PLACE_BYTES);
    file.force();
  }

  private static int placeOf(long generation) {
    return (int) (generation % PLACES);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
