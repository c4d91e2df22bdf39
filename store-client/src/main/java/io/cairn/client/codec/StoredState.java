package io.cairn.client.codec;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The frame around every stored state. All numbers are big-endian:
 *
 * <pre>
 * offset  bytes
 *      0      4  magic "CRNS"
 *      4      1  format version, 1
 *      5      1  codec number, see {@link CodecKind}; plus 128: the payload is deflated
 *      6      4  schema version of the value
 *     10      4  length of the payload in bytes
 *     14      4  CRC32C of bytes 0 to 13 and of the payload
 *     18         payload
 * </pre>
 *
 * <p>A deflated payload is the length of what the codec wrote, in 4 bytes, and a raw stream of RFC
 * 1951 that inflates to exactly so many.
 *
 * <p>Magic, length and checksum stay where they are in later format versions, so that damage is
 * told from a newer format. Immutable; may be used from any thread.
 */
public final class StoredState {
  /** Bytes before the payload. */
  public static final int HEADER_BYTES = 18;

  private static final int MAGIC = 0x43524e53;
  private static final int FORMAT_VERSION = 1;
  private static final int CHECKED_HEADER_BYTES = 14;
  private static final int CODEC_OFFSET = 5;
  private static final int DEFLATED = 0x80;

  private final CodecKind codec;
  private final int schemaVersion;
  private final byte[] payload;
  private final boolean deflated;

  private StoredState(CodecKind codec, int schemaVersion, byte[] payload, boolean deflated) {
    this.codec = codec;
    this.schemaVersion = schemaVersion;
    this.payload = payload;
    this.deflated = deflated;
  }

  /** Encodes a value with a codec and frames it. */
  public static <T> byte[] encode(Codec<T> codec, T value) {
    return frame(CodecKind.ofId(codec.id()), codec.schemaVersion(), codec.encode(value));
  }

  /**
   * Verifies a frame and decodes its value.
   *
   * @throws CorruptStateException when any bit is not as it was written
   * @throws IncompatibleStateException when it was written by a codec of another kind, or with a
   *     newer schema version
   */
  public static <T> T decode(Codec<T> codec, byte[] bytes) {
    StoredState stored = parse(bytes);
    CodecKind expected = CodecKind.ofId(codec.id());
    if (stored.codec != expected) {
      throw new IncompatibleStateException(
          "stored state: expected codec %s, found codec %s"
              .formatted(expected.id(), stored.codec.id()));
    }
    return codec.decode(stored.payload, stored.schemaVersion);
  }

  /** Frames a payload. */
  public static byte[] frame(CodecKind codec, int schemaVersion, byte[] payload) {
    return frame(codec.number(), schemaVersion, payload);
  }

  /**
   * The same state in a frame with a deflated payload; or {@code frame} itself, if its payload has
   * less than 512 bytes, more than a section may have, would not lose an eighth of them, or is
   * deflated already. Different versions of Java may deflate to different bytes.
   *
   * @param frame as {@link #encode} has made it
   */
  public static byte[] deflated(byte[] frame) {
    int codecNumber = Byte.toUnsignedInt(frame[CODEC_OFFSET]);
    if (codecNumber >= DEFLATED) {
      return frame;
    }
    int schemaVersion = ByteBuffer.wrap(frame).getInt(CODEC_OFFSET + 1);
    return Deflated.of(frame, HEADER_BYTES)
        .map(payload -> frame(codecNumber + DEFLATED, schemaVersion, payload))
        .orElse(frame);
  }

  private static byte[] frame(int codecNumber, int schemaVersion, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(HEADER_BYTES + payload.length);
    frame.putInt(MAGIC).put((byte) FORMAT_VERSION).put((byte) codecNumber);
    frame.putInt(schemaVersion).putInt(payload.length);
    frame.putInt(checksum(frame.array(), payload)).put(payload);
    return frame.array();
  }

  /**
   * Verifies a frame without decoding its value, and inflates its payload.
   *
   * @throws CorruptStateException when any bit is not as it was written, or the payload does not
   *     inflate to what it says
   * @throws IncompatibleStateException when it is whole, but of a newer format or codec
   */
  public static StoredState parse(byte[] bytes) {
    if (bytes.length < HEADER_BYTES) {
      throw new CorruptStateException(
          "stored state: expected at least %d bytes, found %d"
              .formatted(HEADER_BYTES, bytes.length));
    }
    ByteBuffer frame = ByteBuffer.wrap(bytes);
    int magic = frame.getInt();
    if (magic != MAGIC) {
      throw new CorruptStateException(
          "stored state: expected magic %08x, found %08x".formatted(MAGIC, magic));
    }
    int formatVersion = Byte.toUnsignedInt(frame.get());
    int codecNumber = Byte.toUnsignedInt(frame.get());
    int schemaVersion = frame.getInt();
    int length = frame.getInt();
    int checksum = frame.getInt();
    if (length != frame.remaining()) {
      throw new CorruptStateException(
          "stored state: expected a payload of %d bytes, found %d"
              .formatted(length, frame.remaining()));
    }
    byte[] payload = new byte[length];
    frame.get(payload);
    int actual = checksum(bytes, payload);
    if (actual != checksum) {
      throw new CorruptStateException(
          "stored state: expected CRC32C %08x, found %08x over %d bytes"
              .formatted(checksum, actual, length));
    }
    if (formatVersion != FORMAT_VERSION) {
      throw new IncompatibleStateException(
          "stored state: expected format version %d, found %d"
              .formatted(FORMAT_VERSION, formatVersion));
    }
    boolean deflated = codecNumber >= DEFLATED;
    CodecKind codec =
        CodecKind.ofNumber(deflated ? codecNumber - DEFLATED : codecNumber)
            .orElseThrow(
                () ->
                    new IncompatibleStateException(
                        "stored state: unknown codec number " + codecNumber));
    return new StoredState(
        codec, schemaVersion, deflated ? Deflated.inflated(payload) : payload, deflated);
  }

  /** The kind of codec that wrote the payload. */
  public CodecKind codec() {
    return codec;
  }

  /** The schema version it was written with. */
  public int schemaVersion() {
    return schemaVersion;
  }

  /** True if the payload is stored deflated. */
  public boolean isDeflated() {
    return deflated;
  }

  /** A copy of the payload, as the codec wrote it. */
  public byte[] payload() {
    return payload.clone();
  }

  private static int checksum(byte[] header, byte[] payload) {
    CRC32C crc = new CRC32C();
    crc.update(header, 0, CHECKED_HEADER_BYTES);
    crc.update(payload);
    return (int) crc.getValue();
  }
}
