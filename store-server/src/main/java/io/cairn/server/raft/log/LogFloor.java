package io.cairn.server.raft.log;

import io.cairn.server.ops.EventLog;
import io.cairn.server.ops.LogEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

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
   * Reads the newest floor; if one of its copies is damaged both are written again.
   *
   * @throws IOException when there is none to rely on
   */
  private static LogFloor open(LogFolder folder) throws IOException {
    LogFile file = folder.open(NAME);
    try {
      if (file.size() != FILE_BYTES) {
        throw damaged(folder, "it has " + file.size() + " bytes, not " + FILE_BYTES);
      }
      byte[] bytes = new byte[FILE_BYTES];
      file.readFully(bytes, FILE_BYTES, 0);
      ByteBuffer in = ByteBuffer.wrap(bytes);
      FloorRecord newest = null;
      for (int page = 0; page < PLACES * COPIES; page++) {
        Optional<FloorRecord> copy = copyAt(in, page);
        if (copy.isPresent() && (newest == null || copy.get().generation() > newest.generation())) {
          newest = copy.get();
        }
      }
      if (newest == null) {
        throw damaged(folder, "no copy in it is valid");
      }
      LogFloor floor = new LogFloor(file, newest);
      // What was read may be in memory only, after a crash of the process alone; the next save
      // overwrites the other place, and one of the two has to be on the disk at any time.
      file.force();
      floor.repair(folder, in);
      return floor;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static Optional<FloorRecord> copyAt(ByteBuffer in, int page) {
    return FloorRecord.decode(in, page * PAGE_BYTES)
        .filter(copy -> placeOf(copy.generation()) == page / COPIES);
  }

  /** Writes the floor again if one of its two copies is not what the other is. */
  private void repair(LogFolder folder, ByteBuffer in) throws IOException {
    int place = placeOf(current.generation());
    for (int copy = 0; copy < COPIES; copy++) {
      int page = place * COPIES + copy;
      Optional<FloorRecord> found = copyAt(in, page);
      if (found.filter(current::equals).isPresent()) {
        continue;
      }
      if (found.filter(other -> other.generation() == current.generation()).isPresent()) {
        throw damaged(folder, "its copies of generation " + current.generation() + " differ");
      }
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
            current.floor());
      }
      save(current.withFloor(current.floor(), current.floorCrc()));
      return;
    }
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
