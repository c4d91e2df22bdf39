package io.cairn.server.raft.log;

import io.cairn.protocol.Crc32c;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What this node may have acknowledged, and where its log begins.
 *
 * <p>Layout, big endian: magic (8), format (4), generation (8), floor (8), checksum of the entry at
 * the floor (4), first index (8), first segment (8), zeros (to 60), CRC32C of all before it (4).
 *
 * @param generation counts saves; of two valid copies the higher one is the newer
 * @param floor no entry above it was ever acknowledged; entries up to it must be there
 * @param floorCrc checksum of the entry at the floor: the log that is found has to be this one
 * @param firstIndex first entry that counts; those before it are in a snapshot
 * @param firstSegment number of the segment that it is in; those before it are left-overs
 */
record FloorRecord(long generation, long floor, int floorCrc, long firstIndex, long firstSegment) {
  static final int LENGTH = 64;
  static final int FORMAT = 1;

  private static final long MAGIC = 0x4341_4952_4e46_4c52L; // "CAIRNFLR"
  private static final int CRC_OFFSET = LENGTH - Integer.BYTES;

  FloorRecord {
    if (floor < firstIndex - 1 || firstIndex < 1 || firstSegment < 1 || generation < 1) {
      throw new IllegalArgumentException(
          "no floor: generation %d, floor %d, first index %d, first segment %d"
              .formatted(generation, floor, firstIndex, firstSegment));
    }
  }

  /** Of a log without entries. */
  static FloorRecord first() {
    return new FloorRecord(1, 0, 0, 1, 1);
  }

  /** The same beginning, another floor. */
  FloorRecord withFloor(long newFloor, int newFloorCrc) {
    return new FloorRecord(generation + 1, newFloor, newFloorCrc, firstIndex, firstSegment);
  }

  /** The same floor, a later beginning. */
  FloorRecord withFirst(long newFirstIndex, long newFirstSegment) {
    return new FloorRecord(generation + 1, floor, floorCrc, newFirstIndex, newFirstSegment);
  }

  /** A log without entries whose next one is {@code nextIndex}. */
  FloorRecord emptied(long nextIndex, long nextSegment) {
    return new FloorRecord(generation + 1, nextIndex - 1, 0, nextIndex, nextSegment);
  }

  /** Writes the record from {@code start} on, without moving the position. */
  void encode(ByteBuffer out, int start) {
    ByteBuffer bytes = out.duplicate().limit(start + LENGTH).position(start);
    bytes.putLong(MAGIC).putInt(FORMAT).putLong(generation).putLong(floor).putInt(floorCrc);
    bytes.putLong(firstIndex).putLong(firstSegment);
    while (bytes.position() < start + CRC_OFFSET) {
      bytes.put((byte) 0);
    }
    bytes.putInt(crc(out, start));
  }

  /** The record at {@code start}, or empty when the bytes are not one that was written whole. */
  static Optional<FloorRecord> decode(ByteBuffer bytes, int start) {
    ByteBuffer in = bytes.duplicate().position(start);
    if (bytes.getInt(start + CRC_OFFSET) != crc(bytes, start)
        || in.getLong() != MAGIC
        || in.getInt() != FORMAT) {
      return Optional.empty();
    }
    long generation = in.getLong();
    long floor = in.getLong();
    int floorCrc = in.getInt();
    return Optional.of(new FloorRecord(generation, floor, floorCrc, in.getLong(), in.getLong()));
  }

  private static int crc(ByteBuffer bytes, int start) {
    return Crc32c.of(bytes.duplicate().limit(start + CRC_OFFSET).position(start));
  }
}
