package io.cairn.server.raft.log;

import com.alipay.sofa.jraft.entity.LogEntry;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Goes through the records of a segment in their order and checks each: its checksum, its index,
 * and that it goes on from the one before. It ends at the first place that holds no such record.
 * One thread.
 */
final class SegmentScan {
  static final String NO_RECORD = "no record";
  static final String WRONG_CHECKSUM = "a record with a wrong checksum";
  static final String ANOTHER_PLACE = "a record of another place";

  private final ScanWindow window;
  private final long size;
  private long index;
  private int crc;
  private int start;
  private int end = SegmentHeader.LENGTH;
  private boolean configuration;
  private String stop = "";

  /** A scan that has met no record yet. */
  SegmentScan(Segment segment) {
    this.size = segment.capacity();
    this.window = new ScanWindow(segment.file(), size);
    this.index = segment.header().firstIndex() - 1;
    this.crc = segment.header().previousCrc();
  }

  /**
   * Goes to the next record. False if there is none that goes on from this one: {@link #stop} says
   * what is there instead, at {@link #end}.
   *
   * @throws ScanWindow.UnreadableException when the disk does not give what is there
   */
  boolean next() throws IOException {
    if (size - end < RecordFormat.HEADER_BYTES) {
      return stopped("the file ends");
    }
    ByteBuffer bytes = window.at(end, RecordFormat.HEADER_BYTES);
    if (RecordFormat.isBlank(bytes, window.placeOf(end))) {
      return stopped(NO_RECORD);
    }
    long length = RecordFormat.sizeAt(bytes, window.placeOf(end));
    if (length < RecordFormat.HEADER_BYTES || length > size - end) {
      return stopped("a record of " + length + " bytes");
    }
    bytes = window.at(end, (int) length);
    int place = window.placeOf(end);
    if (!RecordFormat.isWhole(bytes, place, (int) length)) {
      return stopped(WRONG_CHECKSUM);
    }
    if (RecordFormat.indexAt(bytes, place) != index + 1
        || RecordFormat.previousCrcAt(bytes, place) != crc) {
      return stopped(ANOTHER_PLACE);
    }
    index++;
    crc = RecordFormat.crcAt(bytes, place);
    configuration = RecordFormat.isConfiguration(bytes, place);
    start = end;
    end += (int) length;
    return true;
  }

  /**
   * Goes to the next record, which has to be there.
   *
   * @throws Segment.DamagedRecordException when it is not, or cannot be read
   */
  void step() throws IOException {
    boolean found;
    try {
      found = next();
    } catch (ScanWindow.UnreadableException e) {
      throw new Segment.DamagedRecordException(
          String.valueOf(e.getMessage()), index + 1, e.offset());
    }
    if (!found) {
      throw new Segment.DamagedRecordException(stop, index + 1, end);
    }
  }

  /**
   * Compares the last record with the checksum that what comes next goes on from.
   *
   * @throws Segment.DamagedRecordException when it is another record
   */
  void requireEnd(int lastCrc) throws Segment.DamagedRecordException {
    if (crc != lastCrc) {
      throw new Segment.DamagedRecordException(ANOTHER_PLACE, index, start);
    }
  }

  private boolean stopped(String what) {
    stop = what;
    return false;
  }

  /** Index of the record that was met last; the one before the segment's first at the beginning. */
  long index() {
    return index;
  }

  /** Its checksum; what the segment goes on from at the beginning. */
  int crc() {
    return crc;
  }

  int start() {
    return start;
  }

  /** Where it ends: the next one, if there is one, begins here. */
  int end() {
    return end;
  }

  String stop() {
    return stop;
  }

  boolean isConfiguration() {
    return configuration;
  }

  /** Adds the record that was met last. */
  void addTo(RecordEnds ends) {
    if (configuration) {
      ends.addConfiguration(end, crc);
    } else {
      ends.add(end);
    }
  }

  /** The entry of the record that was met last. */
  LogEntry entry() throws IOException {
    byte[] record = new byte[end - start];
    window.at(start, record.length).position(window.placeOf(start)).get(record);
    return RecordFormat.decode(record);
  }
}
