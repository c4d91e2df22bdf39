package io.cairn.client.codec;

import io.cairn.client.codec.hessian.HessianCodec;

/** The built-in codecs. All of them may be shared between threads. */
public final class Codecs {
  private Codecs() {}

  /**
   * The default codec: Java values in Hessian tokens, behind an exact list of classes.
   *
   * <p>Allowed are the state class; the classes its fields or record components are declared with,
   * their type arguments, superclasses and permitted subclasses, and theirs in turn; {@code
   * alsoAllowed} and what those are made of; primitives, String, Object arrays, enums among the
   * above, the collections of java.util, and the value types of java.lang, java.math, java.net.URI,
   * java.time and java.util. Everything else is refused when it is encoded, with the path to it,
   * and when it is decoded, before any constructor runs. Classes are never looked up by a stored
   * name.
   *
   * <p>Records are built by their canonical constructor, other classes by their constructor without
   * arguments, and then field by field; {@code transient} fields are left out, {@code readResolve}
   * and {@code Serializable} play no part. A field or component that is not in the bytes gets its
   * default; one that the class no longer has is passed over.
   *
   * <p>Equal values have equal bytes, except that hash-ordered collections (HashMap, HashSet,
   * Set.of, Map.of) are written in their own order, and that an object reachable twice is written
   * once. Unmodifiable and other special collections decode to an equal ArrayList, LinkedHashSet or
   * LinkedHashMap.
   *
   * @throws IllegalArgumentException when the state class can never be stored, with the reason
   */
  public static <T> Codec<T> hessian(Class<T> stateType, Class<?>... alsoAllowed) {
    return new HessianCodec<>(stateType, alsoAllowed);
  }

  /**
   * JSON by jackson-databind, which is an optional dependency. Modules on the class path are
   * registered; properties the class no longer has are passed over.
   *
   * @throws IllegalStateException when jackson-databind is not on the class path
   */
  public static <T> Codec<T> json(Class<T> type) {
    try {
      return new JsonCodec<>(type);
    } catch (NoClassDefFoundError e) {
      throw new IllegalStateException(
          "the JSON codec needs com.fasterxml.jackson.core:jackson-databind on the class path", e);
    }
  }

  /** Bytes as they are, copied on the way in and out. */
  public static Codec<byte[]> bytes() {
    return new BytesCodec();
  }

  /** Text in UTF-8. A lone surrogate is refused, not replaced. */
  public static Codec<String> string() {
    return new StringCodec();
  }

  /**
   * The same codec under another schema version: states with a newer one are refused with {@link
   * IncompatibleStateException} rather than read with fields missing.
   *
   * @param schemaVersion from 1
   */
  public static <T> Codec<T> versioned(Codec<T> codec, int schemaVersion) {
    return new VersionedCodec<>(codec, schemaVersion);
  }

  /** Refuses a schema version that is not between 1 and the codec's own. */
  static void requireKnownSchema(String id, int known, int found) {
    if (found < 1 || found > known) {
      throw new IncompatibleStateException(
          "codec %s: expected schema version 1 to %d, found %d".formatted(id, known, found));
    }
  }
}
