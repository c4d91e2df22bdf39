package io.cairn.server.raft.log;

import io.cairn.protocol.Crc32c;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What the start and reads need to know of a sealed segment, so that they need not go through its
 * records: a file beside the log, which can be made anew at any time and is never trusted over the
 * segments. It counts only if the segment begins as it says, and the next one goes on from where it
 * says that this one ends: that one's header has the checksum of this one's last record, to which
 * all records before it have contributed. So one that was left over from before a cut fits nowhere,
 * unless what was written since is the same.
 *
 * <p>Layout, big endian: magic (8), format (4), header of the segment: id (8), index of its first
 * entry (8), checksum of the entry before that (4); checksum of the last record (4), number of
 * records (4), number of those that are of configurations (4), zeros (4), which these are and their
 * checksums (4 and 4 each), where each record ends (4 each), CRC32C of all before it (4).
 *
 * @param header of the segment
 * @param ends of its records
 * @param lastCrc checksum of the last one; what the header goes on from, if there is none
 */
record SegmentIndex(SegmentHeader header, RecordEnds ends, int lastCrc) {
  static final int FORMAT = 1;

  private static final long MAGIC = 0x4341_4952_4e49_4458L; // "CAIRNIDX"
  private static final int HEAD_BYTES = 48;

  /** Index of the last entry. */
  long lastIndex() {
    return header.firstIndex() + ends.count() - 1;
  }

  /** Whether the segment of this header goes on from this one. */
  boolean isFollowedBy(SegmentHeader next) {
    return next.id() == header.id() + 1
        && next.firstIndex() == lastIndex() + 1
        && next.previousCrc() == lastCrc;
  }

  byte[] encode() {
    int places = 2 * ends.configurations() + ends.count();
    byte[] bytes = new byte[HEAD_BYTES + (places + 1) * Integer.BYTES];
    ByteBuffer out = ByteBuffer.wrap(bytes);
    out.putLong(MAGIC).putInt(FORMAT);
    out.putLong(header.id()).putLong(header.firstIndex()).putInt(header.previousCrc());
    out.putInt(lastCrc).putInt(ends.count()).putInt(ends.configurations());
    out.putInt(0);
    for (int i = 0; i < ends.configurations(); i++) {
      out.putInt(ends.configurationAt(i)).putInt(ends.configurationCrc(i));
    }
    for (int place = 0; place < ends.count(); place++) {
      out.putInt(ends.endOf(place));
    }
    out.putInt(Crc32c.of(out.duplicate().flip()));
    return bytes;
  }

  /** The index, or empty when the bytes are not one that was written whole. */
  static Optional<SegmentIndex> decode(byte[] bytes) {
    int crcAt = bytes.length - Integer.BYTES;
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (crcAt < HEAD_BYTES
        || in.getInt(crcAt) != Crc32c.of(ByteBuffer.wrap(bytes, 0, crcAt))
        || in.getLong() != MAGIC
        || in.getInt() != FORMAT) {
      return Optional.empty();
    }
    SegmentHeader header = new SegmentHeader(in.getLong(), in.getLong(), in.getInt());
    int lastCrc = in.getInt();
    int count = in.getInt();
    int configurations = in.getInt();
    int endsAt = HEAD_BYTES + configurations * 2 * Integer.BYTES;
    if (crcAt != endsAt + count * Integer.BYTES) {
      return Optional.empty();
    }
    RecordEnds ends = new RecordEnds(SegmentHeader.LENGTH);
    int configurationAt = HEAD_BYTES;
    for (int place = 0; place < count; place++) {
      int end = in.getInt(endsAt + place * Integer.BYTES);
      if (configurationAt < endsAt && in.getInt(configurationAt) == place) {
        ends.addConfiguration(end, in.getInt(configurationAt + Integer.BYTES));
        configurationAt += 2 * Integer.BYTES;
      } else {
        ends.add(end);
      }
    }
    ends.trim();
    return Optional.of(new SegmentIndex(header, ends, lastCrc));
  }
}
