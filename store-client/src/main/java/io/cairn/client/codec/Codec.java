package io.cairn.client.codec;

/**
 * A Codec turns a value into bytes and back. Implementations are immutable and may be shared
 * between threads.
 *
 * <p>A codec of your own answers an id that no built-in codec has; its states are stored under
 * {@link CodecKind#CUSTOM}.
 *
 * @param <T> the type of the values
 */
public interface Codec<T> {
  /** The stable name of the format, for example {@code hessian}. */
  String id();

  /** The version of the value's schema that {@link #encode} writes, from 1. */
  int schemaVersion();

  /**
   * Encodes a value. The value is not kept, and no byte of the result changes when the value does.
   *
   * @throws IllegalArgumentException when the value holds something the codec cannot store; the
   *     message names the class and the path to it
   */
  byte[] encode(T value);

  /**
   * Decodes what {@link #encode} has written under the given schema version.
   *
   * @throws CorruptStateException when the bytes are not what a codec of this kind has written
   * @throws IncompatibleStateException when the schema version is newer than this codec's
   */
  T decode(byte[] bytes, int schemaVersion);
}
