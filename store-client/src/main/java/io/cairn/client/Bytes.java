package io.cairn.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.HexFormat;

/** An immutable sequence of bytes: a key, a value, a digest. Ordered as the store orders keys. */
public final class Bytes implements Comparable<Bytes> {
  private static final Bytes EMPTY = new Bytes(new byte[0]);
  private static final int SHOWN_BYTES = 8;

  private final byte[] bytes;

  private Bytes(byte[] bytes) {
    this.bytes = bytes;
  }

  /** No bytes. */
  public static Bytes empty() {
    return EMPTY;
  }

  /** A copy of {@code bytes}. */
  public static Bytes of(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new Bytes(bytes.clone());
  }

  /** The UTF-8 bytes of {@code text}. */
  public static Bytes utf8(String text) {
    return text.isEmpty() ? EMPTY : new Bytes(text.getBytes(UTF_8));
  }

  /** A copy of the bytes. */
  public byte[] toArray() {
    return bytes.clone();
  }

  /** The bytes read as UTF-8; what is not becomes U+FFFD. */
  public String toUtf8() {
    return new String(bytes, UTF_8);
  }

  /** The bytes in lower-case hexadecimal. */
  public String toHex() {
    return HexFormat.of().formatHex(bytes);
  }

  /** How many bytes. */
  public int size() {
    return bytes.length;
  }

  /** True if there is none. */
  public boolean isEmpty() {
    return bytes.length == 0;
  }

  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** How many bytes, and the first few: a stored value must not reach a log by accident. */
  @Override
  public String toString() {
    String head = HexFormat.of().formatHex(bytes, 0, Math.min(SHOWN_BYTES, bytes.length));
    return bytes.length + " bytes" + (bytes.length == 0 ? "" : " 0x" + head);
  }
}
