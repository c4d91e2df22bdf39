package io.cairn.client.job;

import io.cairn.client.Bytes;
import java.nio.ByteBuffer;

/** The numbers from {@code from}, inclusive, to {@code to}, exclusive, which is not less. */
public record RangePartition(long from, long to) {
  private static final int PAYLOAD_BYTES = 2 * Long.BYTES;

  /** Checks the order. */
  public RangePartition {
    if (to < from) {
      throw new IllegalArgumentException(
          "range from " + from + " to " + to + " ends before it begins");
    }
  }

  /**
   * The range in a payload.
   *
   * @throws IllegalArgumentException if the payload is none that {@link #payload} made
   */
  public static RangePartition of(Bytes payload) {
    if (payload.size() != PAYLOAD_BYTES) {
      throw new IllegalArgumentException(
          "payload of %d bytes is no range, which has %d".formatted(payload.size(), PAYLOAD_BYTES));
    }
    ByteBuffer bytes = ByteBuffer.wrap(payload.toArray());
    return new RangePartition(bytes.getLong(), bytes.getLong());
  }

  /** How many numbers there are in it. */
  public long size() {
    return to - from;
  }

  /** The range as a payload: from and to, 8 bytes each, big-endian. */
  public Bytes payload() {
    return Bytes.of(ByteBuffer.allocate(PAYLOAD_BYTES).putLong(from).putLong(to).array());
  }
}
