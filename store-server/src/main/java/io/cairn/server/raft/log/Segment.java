package io.cairn.server.raft.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One file of the log: a header and records one after another, then zeros to the end of the file,
 * or what was in it when it was another segment.
 *
 * <p>The file has its full length, and all of it has been written, before the first record comes:
 * an fsync then has bytes to write and no news of the file system's own.
 *
 * <p>The fields that change, {@link #ends}, are guarded by {@link SegmentLog}; the file may be read
 * without a lock, and what was read is checked.
 */
final class Segment {
  private static final String ENDING = ".segment";
  private static final int ZEROS = 1 << 20;

  private final SegmentHeader header;
  private final LogFile file;
  private final long capacity;
  private final RecordEnds ends = new RecordEnds(SegmentHeader.LENGTH);

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

  RecordEnds ends() {
    return ends;
  }

  long lastIndex() {
    return header.firstIndex() + ends.count() - 1;
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
    return ends.startOf(ends.count());
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
      throw new DamagedRecordException(index);
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

    DamagedRecordException(long index) {
      super("record of entry " + index + " does not match its checksum");
    }
  }
}
