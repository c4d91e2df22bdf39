package io.cairn.client.codec;

import io.cairn.protocol.Limits;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * A payload made smaller: its length in 4 bytes, big-endian, and a raw stream of RFC 1951. The
 * length is bounded, and no byte more than it says is ever inflated.
 */
final class Deflated {
  private static final int BYTES_MIN = 512;
  private static final int SAVED_PART_MIN = 8;

  private Deflated() {}

  /** The payload made smaller by at least one eighth; empty: it is short, or that cannot be. */
  static Optional<byte[]> of(byte[] frame, int offset) {
    int length = frame.length - offset;
    if (length < BYTES_MIN || length > Limits.VALUE_BYTES_MAX) {
      return Optional.empty();
    }
    byte[] room = new byte[length - length / SAVED_PART_MIN];
    ByteBuffer.wrap(room).putInt(length);
    Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    try {
      deflater.setInput(frame, offset, length);
      deflater.finish();
      int written = deflater.deflate(room, Integer.BYTES, room.length - Integer.BYTES);
      return deflater.finished()
          ? Optional.of(Arrays.copyOf(room, Integer.BYTES + written))
          : Optional.empty();
    } finally {
      deflater.end();
    }
  }

  /** The payload as it was. */
  static byte[] inflated(byte[] deflated) {
    if (deflated.length < Integer.BYTES) {
      throw new CorruptStateException(
          "stored state: expected the length of a deflated payload, found %d bytes"
              .formatted(deflated.length));
    }
    int length = ByteBuffer.wrap(deflated).getInt();
    if (length < 0 || length > Limits.VALUE_BYTES_MAX) {
      throw new CorruptStateException(
          "stored state: expected a deflated payload of at most %d bytes, found %s"
              .formatted(Limits.VALUE_BYTES_MAX, Integer.toUnsignedString(length)));
    }
    byte[] payload = new byte[length];
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(deflated, Integer.BYTES, deflated.length - Integer.BYTES);
      int read = 0;
      int more = 1;
      while (more > 0 && read < length) {
        more = inflater.inflate(payload, read, length - read);
        read += more;
      }
      // The end of the stream may need to be read beyond the last byte; one byte more is too many.
      boolean longer = !inflater.finished() && inflater.inflate(new byte[1]) > 0;
      if (read < length || longer || !inflater.finished() || inflater.getRemaining() > 0) {
        throw new CorruptStateException(
            "stored state: expected a deflated payload of %d bytes, found %s"
                .formatted(length, longer ? "more" : read + " and another end"));
      }
      return payload;
    } catch (DataFormatException e) {
      throw new CorruptStateException(
          "stored state: the payload cannot be inflated: " + e.getMessage());
    } finally {
      inflater.end();
    }
  }
}
