package io.cairn.protocol;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A SHA-256 over a sequence of fields in a fixed encoding: numbers big-endian, texts as UTF-8, what
 * has no fixed length behind its length. Not thread-safe; used once.
 */
public final class Sha256 {
  /** Length of a digest. */
  public static final int BYTES = 32;

  private final MessageDigest digest;

  /** A digest of nothing yet. */
  public Sha256() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  /** The digest of some bytes. */
  public static ByteString of(ByteString bytes) {
    return new Sha256().raw(bytes).digest();
  }

  /** Adds 8 bytes. */
  public Sha256 number(long value) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, value));
    return this;
  }

  /** Adds 4 bytes. */
  public Sha256 count(int value) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, value));
    return this;
  }

  /** Adds the length as 4 bytes, then the bytes. */
  public Sha256 bytes(ByteString value) {
    return count(value.size()).raw(value);
  }

  /** Adds the length of the UTF-8 bytes as 4 bytes, then them. */
  public Sha256 text(String value) {
    return bytes(ByteString.copyFromUtf8(value));
  }

  /** Adds the bytes alone: only where their length is known from elsewhere. */
  public Sha256 raw(ByteString value) {
    try {
      value.writeTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** The digest of all that was added. */
  public ByteString digest() {
    return ByteString.copyFrom(digest.digest());
  }
}
