package io.cairn.client;

import io.cairn.client.codec.Codec;
import io.cairn.client.codec.Codecs;
import io.cairn.client.codec.StoredState;

/**
 * The result of a completed task.
 *
 * @param stored the bytes that are stored: the result in the frame of {@link StoredState}
 * @param digest SHA-256 of the stored bytes
 */
public record TaskResult(Bytes stored, Bytes digest) {
  /**
   * The result as a value.
   *
   * @throws io.cairn.client.codec.CorruptStateException if the bytes are not what was stored
   * @throws io.cairn.client.codec.IncompatibleStateException if it was stored by another codec
   */
  public <R> R as(Codec<R> codec) {
    return StoredState.decode(codec, stored.toArray());
  }

  /**
   * The result as a value of a class: of a string, a byte array, or a class that the default codec
   * stores.
   *
   * @throws io.cairn.client.codec.CorruptStateException if the bytes are not what was stored
   * @throws io.cairn.client.codec.IncompatibleStateException if it is of another kind
   */
  public <R> R as(Class<R> type) {
    if (type == String.class) {
      return type.cast(as(Codecs.string()));
    }
    if (type == byte[].class) {
      return type.cast(as(Codecs.bytes()));
    }
    return as(Codecs.hessian(type));
  }
}
