package io.cairn.protocol;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC32C, the checksum of everything that Cairn stores or proposes. */
public final class Crc32c {
  private Crc32c() {}

  /** The checksum of a buffer's remaining bytes; the buffer is left as it is. */
  public static int of(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate());
    return (int) crc.getValue();
  }
}
