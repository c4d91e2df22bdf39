package io.cairn.client.codec.hessian;

import io.cairn.client.codec.Codec;
import io.cairn.client.codec.CodecKind;
import io.cairn.client.codec.CorruptStateException;
import io.cairn.client.codec.IncompatibleStateException;
import java.io.IOException;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The Hessian codec of one state class; see {@link io.cairn.client.codec.Codecs#hessian}.
 *
 * @param <T> the state class
 */
public final class HessianCodec<T> implements Codec<T> {
  private static final int SCHEMA_VERSION = 1;

  static {
    LibraryQuiet.ensure();
  }

  private final Class<T> stateType;
  private final StateTypes types;
  private final StateFactory factory;

  /** Works out which classes the states may hold. */
  public HessianCodec(Class<T> stateType, Class<?>... alsoAllowed) {
    this.stateType = stateType;
    this.types = new StateTypes(stateType, alsoAllowed);
    this.factory = new StateFactory(types);
  }

  @Override
  public String id() {
    return CodecKind.HESSIAN.id();
  }

  @Override
  public int schemaVersion() {
    return SCHEMA_VERSION;
  }

  @Override
  public byte[] encode(T value) {
    if (!stateType.isInstance(value)) {
      throw new IllegalArgumentException(
          "expected a %s, found %s"
              .formatted(stateType.getName(), value == null ? "null" : value.getClass().getName()));
    }
    return StateOutput.encode(types, value);
  }

  @Override
  public T decode(byte[] bytes, int schemaVersion) {
    if (schemaVersion != SCHEMA_VERSION) {
      throw new IncompatibleStateException(
          "codec %s: expected schema version %d, found %d"
              .formatted(id(), SCHEMA_VERSION, schemaVersion));
    }
    BitSet skippedPasses = WireScan.check(types, bytes);
    Object value = read(new StateInput(factory, bytes, skippedPasses));
    if (!stateType.isInstance(value)) {
      throw corrupt(value == null ? "null" : value.getClass().getName());
    }
    return stateType.cast(value);
  }

  private @Nullable Object read(StateInput in) {
    try {
      return in.value();
    } catch (CorruptStateException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // Values that do not go together, for example a key its map refuses. The message may quote
      // them, so only the kind of failure and its place are told.
      throw UserCode.refused(stateType, e);
    } catch (StackOverflowError e) {
      // Nesting is bounded, but hashCode of a key that was made to hold itself is not.
      throw corrupt("a key that holds itself, or a thread with a small stack");
    }
  }

  private CorruptStateException corrupt(String found) {
    return new CorruptStateException(
        "expected a %s, found %s".formatted(stateType.getName(), found));
  }
}
