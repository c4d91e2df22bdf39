package io.cairn.server.raft.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The part of a file that a scan has in memory: it moves forward. One thread. */
final class ScanWindow {
  private static final int BYTES = 1 << 20;

  private final LogFile file;
  private final long size;
  private byte[] bytes;
  private long start;
  private int length;

  ScanWindow(LogFile file) throws IOException {
    this.file = file;
    this.size = file.size();
    this.bytes = new byte[(int) Math.min(BYTES, size)];
  }

  /** Length of the file. */
  long size() {
    return size;
  }

  /**
   * The bytes from {@code offset} on, {@code wanted} of them at least; they begin at {@link
   * #placeOf} in what is returned, which is valid until the next call.
   */
  ByteBuffer at(long offset, int wanted) throws IOException {
    if (offset < start || offset + wanted > start + length) {
      if (wanted > bytes.length) {
        bytes = new byte[wanted];
      }
      length = (int) Math.min(bytes.length, size - offset);
      start = offset;
      file.readFully(bytes, length, offset);
    }
    return ByteBuffer.wrap(bytes, 0, length);
  }

  /** Where the bytes at this offset are in what {@link #at} returned. */
  int placeOf(long offset) {
    return (int) (offset - start);
  }

  /** End of the last byte from {@code offset} on that is not zero; {@code offset} if all are. */
  long contentEnd(long offset) throws IOException {
    long end = offset;
    for (long at = offset; at < size; at += length) {
      ByteBuffer part = at(at, (int) Math.min(BYTES, size - at));
      for (int i = placeOf(at); i < length; i++) {
        if (part.get(i) != 0) {
          end = start + i + 1;
        }
      }
      at = start; // the window may have begun before
    }
    return end;
  }
}
