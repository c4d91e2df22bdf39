package io.cairn.client.internal;

import io.cairn.client.codec.Codec;
import io.cairn.client.codec.Codecs;
import io.cairn.client.codec.StoredState;

/** Results of tasks as they are stored: framed like states, with the codec that fits the value. */
final class Results {
  private Results() {}

  static byte[] encoded(Object result) {
    if (result instanceof byte[] bytes) {
      return StoredState.encode(Codecs.bytes(), bytes);
    }
    if (result instanceof String text) {
      return StoredState.encode(Codecs.string(), text);
    }
    return byClass(result, result.getClass());
  }

  private static <R> byte[] byClass(Object result, Class<R> type) {
    Codec<R> codec = Codecs.hessian(type);
    return StoredState.encode(codec, type.cast(result));
  }
}
