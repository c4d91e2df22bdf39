package io.cairn.server.raft.log;

import io.cairn.protocol.Crc32c;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The first bytes of a segment: what it goes on from.
 *
 * <p>Layout, big endian: magic (8), format (4), id (8), index of its first entry (8), checksum of
 * the entry before (4), zeros (to 60), CRC32C of all before it (4). It is written with the first
 * batch; a segment that only was prepared has zeros there, or the header of the one it was before.
 *
 * @param id number of the segment, which is its name
 * @param firstIndex index of its first entry
 * @param previousCrc checksum of the entry before that: the chain goes on across segments
 */
record SegmentHeader(long id, long firstIndex, int previousCrc) {
  static final int LENGTH = 64;
  static final int FORMAT = 1;

  private static final long MAGIC = 0x4341_4952_4e4c_4f47L; // "CAIRNLOG"
  private static final int CRC_OFFSET = LENGTH - Integer.BYTES;

  /** Writes the header at the position of {@code out}. */
  void encode(ByteBuffer out) {
    int start = out.position();
    out.putLong(MAGIC).putInt(FORMAT).putLong(id).putLong(firstIndex).putInt(previousCrc);
    while (out.position() < start + CRC_OFFSET) {
      out.put((byte) 0);
    }
    out.putInt(crc(out, start));
  }

  /** The header, or empty when the bytes are not one that was written whole. */
  static Optional<SegmentHeader> decode(ByteBuffer in) {
    int start = in.position();
    if (in.remaining() < LENGTH || in.getInt(start + CRC_OFFSET) != crc(in, start)) {
      return Optional.empty();
    }
    if (in.getLong() != MAGIC || in.getInt() != FORMAT) {
      return Optional.empty();
    }
    return Optional.of(new SegmentHeader(in.getLong(), in.getLong(), in.getInt()));
  }

  private static int crc(ByteBuffer bytes, int start) {
    return Crc32c.of(bytes.duplicate().limit(start + CRC_OFFSET).position(start));
  }
}
