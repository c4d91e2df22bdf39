package io.cairn.server.raft;

import io.cairn.protocol.Crc32c;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Term and vote as stored: one record of fixed length, so that a save overwrites exactly the bytes
 * of the one before it.
 *
 * <p>Layout, big endian: magic (8), format (4), generation (8), term (8), length of vote (4), vote
 * in UTF-8 padded with zeros (to 508), CRC32C of all before it (4).
 *
 * @param generation counts saves; of two valid copies the higher one is the newer
 * @param votedFor peer that got this server's vote in {@code term}, or empty
 */
record MetaRecord(long generation, long term, String votedFor) {
  static final int LENGTH = 512;
  static final int FORMAT = 1;

  private static final long MAGIC = 0x4341_4952_4e4d_4554L; // "CAIRNMET"
  private static final int VOTE_OFFSET = 32;
  private static final int CRC_OFFSET = LENGTH - Integer.BYTES;
  private static final int VOTE_LENGTH_MAX = CRC_OFFSET - VOTE_OFFSET;

  MetaRecord next(long nextTerm, String nextVotedFor) {
    return new MetaRecord(generation + 1, nextTerm, nextVotedFor);
  }

  ByteBuffer encode() {
    byte[] vote = votedFor.getBytes(StandardCharsets.UTF_8);
    if (vote.length > VOTE_LENGTH_MAX) {
      throw new IllegalArgumentException(
          "vote of " + vote.length + " bytes exceeds " + VOTE_LENGTH_MAX);
    }
    ByteBuffer bytes = ByteBuffer.allocate(LENGTH);
    bytes
        .putLong(MAGIC)
        .putInt(FORMAT)
        .putLong(generation)
        .putLong(term)
        .putInt(vote.length)
        .put(vote);
    bytes.putInt(CRC_OFFSET, crc(bytes));
    return bytes.clear();
  }

  /** The record, or empty when the bytes are not one that was written whole. */
  static Optional<MetaRecord> decode(ByteBuffer bytes) {
    if (bytes.remaining() != LENGTH || bytes.getInt(bytes.position() + CRC_OFFSET) != crc(bytes)) {
      return Optional.empty();
    }
    ByteBuffer in = bytes.duplicate();
    if (in.getLong() != MAGIC || in.getInt() != FORMAT) {
      return Optional.empty();
    }
    long generation = in.getLong();
    long term = in.getLong();
    int voteLength = in.getInt();
    if (generation < 1 || term < 0 || voteLength < 0 || voteLength > VOTE_LENGTH_MAX) {
      return Optional.empty();
    }
    byte[] vote = new byte[voteLength];
    in.get(vote);
    return Optional.of(new MetaRecord(generation, term, new String(vote, StandardCharsets.UTF_8)));
  }

  private static int crc(ByteBuffer bytes) {
    return Crc32c.of(bytes.duplicate().clear().limit(CRC_OFFSET));
  }
}
