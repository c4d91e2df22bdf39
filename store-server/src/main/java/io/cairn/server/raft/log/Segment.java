package io.cairn.server.raft.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One file of the log: a header and records one after another, then zeros to the end of the file,
 * or what was in it when it was another segment.
 *
 * <p>The file has its full length, and all of it has been written, before the first record comes:
 * an fsync then has bytes to write and no news of the file system's own.
 *
 * <p>A segment that another one follows is *sealed*: nothing is added to it, but a cut of the end
 * may make it the last one again. Where its records end is in memory only until its {@link
 * SegmentIndex} is written.
 *
 * <p>How much it holds changes with {@link SegmentLog} locked, where its records end with {@link
 * LogIndex} locked; the file may be read without a lock, and what was read is checked.
 */
final class Segment {
  private static final String ENDING = ".segment";
  private static final int ZEROS = 1 << 20;

  private final SegmentHeader header;
  private final LogFile file;
  private final long capacity;
  private int count;
  private int end = SegmentHeader.LENGTH;
  private @Nullable RecordEnds ends = new RecordEnds(SegmentHeader.LENGTH); // null: released
  private @Nullable Released released; // null: not released
  private volatile boolean unread;

  /**
   * A segment whose records' ends are not in memory, as it was when they were written to its index.
   *
   * @param count number of its records
   * @param lastCrc checksum of the last one
   */
  record Released(Segment segment, int count, int lastCrc) {
    /** Whether this is the index of just these records. */
    boolean isOf(SegmentIndex index) {
      return index.header().equals(segment.header)
          && index.ends().count() == count
          && index.lastCrc() == lastCrc;
    }
  }

  Segment(SegmentHeader header, LogFile file) throws IOException {
    this.header = header;
    this.file = file;
    this.capacity = Math.min(file.size(), Integer.MAX_VALUE);
  }

  /** Name of the file of the segment of this number. */
  static String name(long id) {
    return "%010d%s".formatted(id, ENDING);
  }

  /** Number of the segment of this file, or 0 if it is of another kind. */
  static long idOf(String name) {
    boolean ours = name.matches("\\d{10}" + ENDING.replace(".", "\\."));
    return ours ? Long.parseLong(name.substring(0, 10)) : 0;
  }

  SegmentHeader header() {
    return header;
  }

  LogFile file() {
    return file;
  }

  String name() {
    return name(header.id());
  }

  /** Where its records end; empty if that was released. */
  Optional<RecordEnds> ends() {
    return Optional.ofNullable(ends);
  }

  /** What it was released as; empty if its records' ends are in memory. */
  Optional<Released> released() {
    return Optional.ofNullable(released);
  }

  /** Adds records that come next. */
  void add(RecordEnds next) {
    if (ends == null) {
      throw new IllegalStateException(name() + " is released");
    }
    ends.addAll(next);
    count = ends.count();
    end = ends.startOf(count);
  }

  /** Takes these for all of its records. */
  void hold(RecordEnds all) {
    ends = all;
    released = null;
    count = all.count();
    end = all.startOf(count);
  }

  /** What its index has to say, now that another segment goes on from this checksum. */
  SegmentIndex seal(int lastCrc) {
    if (ends == null) {
      throw new IllegalStateException(name() + " is released already");
    }
    ends.trim();
    return new SegmentIndex(header, ends, lastCrc);
  }

  /** Forgets where its records end, as its index says it. */
  void release(SegmentIndex index) {
    released = new Released(this, index.ends().count(), index.lastCrc());
    ends = null;
  }

  /** The start takes what its index says of it: its records are to be checked before any counts. */
  void leaveUnread() {
    unread = true;
  }

  /** Whether nobody has checked its records since the start. */
  boolean isUnread() {
    return unread;
  }

  /** All of its records have been read and are sound. */
  void checked() {
    unread = false;
  }

  long lastIndex() {
    return header.firstIndex() + count - 1;
  }

  boolean holds(long index) {
    return header.firstIndex() <= index && index <= lastIndex();
  }

  /** Length of the file. */
  long capacity() {
    return capacity;
  }

  /** Bytes that still fit. */
  long room() {
    return capacity - end();
  }

  /** Where the next record begins. */
  int end() {
    return end;
  }

  int placeOf(long index) {
    return Math.toIntExact(index - header.firstIndex());
  }

  /**
   * Reads one record and checks that it is the one of {@code index}.
   *
   * @throws DamagedRecordException when it is not
   */
  byte[] read(long index, int offset, int length) throws IOException {
    byte[] record = new byte[length];
    file.readFully(record, 0, length, offset);
    ByteBuffer in = ByteBuffer.wrap(record);
    if (length < RecordFormat.HEADER_BYTES
        || RecordFormat.sizeAt(in, 0) != length
        || !RecordFormat.isWhole(in, 0, length)
        || RecordFormat.indexAt(in, 0) != index) {
      throw new DamagedRecordException(SegmentScan.WRONG_CHECKSUM, index, offset);
    }
    return record;
  }

  /** Overwrites everything from the last record to {@code until} with zeros, and syncs the file. */
  void blank(long until) throws IOException {
    int piece = (int) Math.max(0, Math.min(ZEROS, until - end()));
    ByteBuffer zeros = ByteBuffer.allocateDirect(piece);
    for (long at = end(); at < until; at += zeros.limit()) {
      zeros.clear().limit((int) Math.min(piece, until - at));
      file.writeFully(zeros, at);
    }
    file.force();
  }

  /** Bytes that are not the record they should be. */
  static final class DamagedRecordException extends IOException {
    private static final long serialVersionUID = 1;

    private final String what;
    private final long index;
    private final long offset;

    DamagedRecordException(String what, long index, long offset) {
      super(what + " in place of entry " + index);
      this.what = what;
      this.index = index;
      this.offset = offset;
    }

    /** As damage to the log, whose entries up to {@code floor} may have been acknowledged. */
    DamagedLogException in(String file, long floor) {
      DamagedLogException damage = new DamagedLogException(what, file, offset, index, floor);
      damage.initCause(this);
      return damage;
    }
  }
}
