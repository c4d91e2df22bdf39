package io.cairn.client.internal;

import com.google.protobuf.ByteString;
import io.cairn.client.TaskName;
import io.cairn.client.TaskResult;
import io.cairn.client.codec.Codec;
import io.cairn.client.codec.Codecs;
import io.cairn.client.codec.CorruptStateException;
import io.cairn.client.codec.StoredState;
import io.cairn.protocol.Limits;
import io.cairn.protocol.Sha256;

/** Results of tasks as they are stored: framed like states, with the codec that fits the value. */
final class Results {
  private Results() {}

  /** A result as it is stored; TOO_LARGE if it may not be. */
  static ByteString checked(Object result) {
    ByteString bytes = ByteString.copyFrom(encoded(result));
    Checked.size(
        "result",
        bytes.size(),
        Limits.RESULT_BYTES_MAX,
        "; keep it in the last checkpoint or in a store of your own, and return where it is");
    return bytes;
  }

  /**
   * A result as it was read.
   *
   * @throws CorruptStateException if it does not have the digest that it was stored with
   */
  static TaskResult read(TaskName task, ByteString stored, ByteString digest) {
    if (!Sha256.of(stored).equals(digest)) {
      throw new CorruptStateException(
          "result of task %s: its %d bytes do not have the digest that is stored with them"
              .formatted(task, stored.size()));
    }
    return new TaskResult(KvWire.bytes(stored), KvWire.bytes(digest));
  }

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
