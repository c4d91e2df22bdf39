package io.cairn.server.raft.log;

import com.alipay.sofa.jraft.entity.LogEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Lays out the records of one batch one after another and writes them in one piece; a batch larger
 * than the buffer is written in several. Bytes of an entry are copied once, into the buffer that
 * the system is given. Confined to the thread that appends.
 */
final class BatchWriter {
  private final ByteBuffer buffer;
  private @Nullable LogFile file;
  private long position;

  /**
   * A writer.
   *
   * @param bufferBytes of memory outside the heap, kept as long as the writer
   */
  BatchWriter(int bufferBytes) {
    if (bufferBytes < SegmentHeader.LENGTH) {
      throw new IllegalArgumentException("buffer of " + bufferBytes + " bytes holds no header");
    }
    this.buffer = ByteBuffer.allocateDirect(bufferBytes);
  }

  /** Begins a batch at this place. */
  void begin(LogFile in, long at) {
    buffer.clear();
    file = in;
    position = at;
  }

  void put(SegmentHeader header) throws IOException {
    reserve(SegmentHeader.LENGTH);
    header.encode(buffer);
  }

  /** Adds the record of an entry; its checksum is the answer. */
  int put(LogEntry entry, byte[] members, int previousCrc) throws IOException {
    reserve(RecordFormat.HEADER_BYTES);
    int crc = RecordFormat.putHeader(entry, members, previousCrc, buffer);
    put(ByteBuffer.wrap(members));
    ByteBuffer data = entry.getData();
    if (data != null) {
      put(data.duplicate());
    }
    return crc;
  }

  /** Adds zeros to the end of the page, but none from {@code end} on. */
  void fillUp(long end, int pageBytes) throws IOException {
    long at = position + buffer.position();
    long until = Math.min(end, (at + pageBytes - 1) / pageBytes * pageBytes);
    if (at < until) {
      put(ByteBuffer.allocate((int) (until - at)));
    }
  }

  /** Hands what is left to the system. */
  void flush() throws IOException {
    buffer.flip();
    int length = buffer.remaining();
    if (length > 0) {
      Objects.requireNonNull(file, "begun").writeFully(buffer, position);
    }
    position += length;
    buffer.clear();
  }

  private void put(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      reserve(1);
      int length = Math.min(bytes.remaining(), buffer.remaining());
      buffer.put(bytes.slice().limit(length));
      bytes.position(bytes.position() + length);
    }
  }

  private void reserve(int length) throws IOException {
    if (buffer.remaining() < length) {
      flush();
    }
  }
}
