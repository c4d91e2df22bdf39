package io.cairn.server.raft.log;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** One open file of the log. Writes come from one thread, reads from any. */
interface LogFile extends AutoCloseable {
  /** Largest piece of one read: the JVM keeps a buffer of that size for each thread that reads. */
  int READ_BYTES_MAX = 128 * 1024;

  /** Writes some or all of the bytes, as the system does. */
  int write(ByteBuffer bytes, long position) throws IOException;

  /** Reads some or all of what fits; -1 at the end of the file. */
  int read(ByteBuffer bytes, long position) throws IOException;

  /** Returns when all that was written is on the disk, and the length that it needs. */
  void force() throws IOException;

  long size() throws IOException;

  @Override
  void close() throws IOException;

  /** Writes all of the bytes: a short write is completed, one of nothing is a failure. */
  default void writeFully(ByteBuffer bytes, long position) throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      int written = write(bytes, at);
      if (written <= 0) {
        throw new IOException("wrote " + written + " of " + bytes.remaining() + " bytes at " + at);
      }
      at += written;
    }
  }

  /**
   * Reads {@code length} bytes from {@code position} on into {@code bytes} from {@code start} on.
   */
  default void readFully(byte[] bytes, int start, int length, long position) throws IOException {
    int done = 0;
    while (done < length) {
      ByteBuffer part =
          ByteBuffer.wrap(bytes, start + done, Math.min(READ_BYTES_MAX, length - done));
      int read = read(part, position + done);
      if (read <= 0) {
        throw new EOFException(
            "file ends at " + (position + done) + ", needed up to " + (position + length));
      }
      done += read;
    }
  }
}
