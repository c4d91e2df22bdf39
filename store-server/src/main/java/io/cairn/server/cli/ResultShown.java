package io.cairn.server.cli;

import io.cairn.client.Bytes;
import io.cairn.client.codec.CodecKind;
import io.cairn.client.codec.Codecs;
import io.cairn.client.codec.CorruptStateException;
import io.cairn.client.codec.IncompatibleStateException;
import io.cairn.client.codec.StoredState;
import java.util.List;
import java.util.Optional;

/**
 * The result of a task, as far as it can be shown without the classes of the task.
 *
 * @param codec by which it was stored, {@code unknown} if that cannot be told
 * @param value what it says, or the stored bytes
 */
record ResultShown(String codec, Bytes value) {
  private static final List<Class<?>> PLAIN =
      List.of(Long.class, Integer.class, Double.class, Boolean.class);

  /** Looks into stored bytes. */
  static ResultShown of(Bytes stored) {
    StoredState state;
    try {
      state = StoredState.parse(stored.toArray());
    } catch (CorruptStateException | IncompatibleStateException e) {
      return new ResultShown("unknown", stored);
    }
    String codec = state.codec().id();
    if (state.codec() != CodecKind.HESSIAN) {
      return new ResultShown(codec, Bytes.of(state.payload()));
    }
    for (Class<?> type : PLAIN) {
      Optional<String> text = decoded(type, stored);
      if (text.isPresent()) {
        return new ResultShown(codec, Bytes.utf8(text.get()));
      }
    }
    return new ResultShown(codec, stored);
  }

  private static Optional<String> decoded(Class<?> type, Bytes stored) {
    try {
      Object value = StoredState.decode(Codecs.hessian(type), stored.toArray());
      return type.isInstance(value) ? Optional.of(value.toString()) : Optional.empty();
    } catch (CorruptStateException | IncompatibleStateException | ClassCastException e) {
      return Optional.empty(); // a value of another type
    }
  }
}
