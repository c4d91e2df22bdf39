package io.cairn.server.raft.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The part of a file that a scan has in memory: it moves forward. Of a file that cannot be read in
 * some place, everything before that place is read. One thread.
 */
final class ScanWindow {
  private static final int BYTES = 1 << 20;
  private static final int PAGE_BYTES = 4_096;

  private final LogFile file;
  private final long size;
  private byte[] bytes;
  private long start;
  private int length;

  /**
   * A window that has read nothing yet.
   *
   * @param size length of the file
   */
  ScanWindow(LogFile file, long size) {
    this.file = file;
    this.size = size;
    this.bytes = new byte[(int) Math.min(BYTES, size)];
  }

  /**
   * The bytes from {@code offset} on, {@code wanted} of them at least; they begin at {@link
   * #placeOf} in what is returned, which is valid until the next call.
   *
   * @throws UnreadableException when the disk does not give what is wanted
   */
  ByteBuffer at(long offset, int wanted) throws IOException {
    if (offset < start || offset + wanted > start + length) {
      if (wanted > bytes.length) {
        bytes = new byte[wanted];
      }
      fill(offset, wanted);
    }
    return ByteBuffer.wrap(bytes, 0, length);
  }

  private void fill(long offset, int wanted) throws UnreadableException {
    int all = (int) Math.min(bytes.length, size - offset);
    start = offset;
    length = 0;
    try {
      file.readFully(bytes, 0, all, offset);
      length = all;
    } catch (IOException e) {
      length = fillByPage(offset, all);
      if (length < wanted) {
        throw new UnreadableException(offset + length, e);
      }
    }
  }

  /** Reads up to the first page that cannot be read; answers how much. */
  private int fillByPage(long offset, int all) {
    int done = 0;
    try {
      while (done < all) {
        long at = offset + done;
        int part = (int) Math.min(all - done, PAGE_BYTES - at % PAGE_BYTES);
        file.readFully(bytes, done, part, at);
        done += part;
      }
    } catch (IOException e) {
      // the page that is in the way; whoever wants it is told
    }
    return done;
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

  /** The disk does not give a part of the file. */
  static final class UnreadableException extends IOException {
    private static final long serialVersionUID = 1;

    private final long offset;

    UnreadableException(long offset, IOException cause) {
      super("bytes that cannot be read (" + cause.getMessage() + ")", cause);
      this.offset = offset;
    }

    /** Begin of the first page that cannot be read. */
    long offset() {
      return offset;
    }
  }
}
