package io.cairn.client.codec.hessian;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** EnumSet and EnumMap: their wire names hold the enum, so that an empty one keeps it. */
final class EnumCollections {
  private EnumCollections() {}

  static String setName(String enumName) {
    return "java.util.EnumSet<" + enumName + ">";
  }

  static String mapName(String enumName) {
    return "java.util.EnumMap<" + enumName + ">";
  }

  /** The EnumSet of an enum. */
  static StateType setOf(Class<?> type) {
    return new CollectionType(setName(type.getName()), EnumSet.class, () -> emptySet(type));
  }

  /** The EnumMap of an enum. */
  static StateType mapOf(Class<?> type) {
    return new MapType(mapName(type.getName()), EnumMap.class, () -> emptyMap(type));
  }

  /** The enum of an EnumSet; none if it is empty and its enum has no constants. */
  static @Nullable Class<?> enumOf(EnumSet<?> set) {
    Iterator<?> constants = (set.isEmpty() ? EnumSet.complementOf(set) : set).iterator();
    return constants.hasNext() ? ((Enum<?>) constants.next()).getDeclaringClass() : null;
  }

  /** The enum of an EnumMap's keys. */
  static @Nullable Class<?> enumOf(EnumMap<?, ?> map) {
    if (!map.isEmpty()) {
      return map.keySet().iterator().next().getDeclaringClass();
    }
    // An empty one tells its key type to nobody but a stream.
    try (KeyTypeProbe probe = new KeyTypeProbe()) {
      probe.writeObject(map);
      return probe.keyType;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // the class is an enum's
  private static Collection<@Nullable Object> emptySet(Class<?> type) {
    return (Collection<@Nullable Object>) (Collection<?>) EnumSet.noneOf((Class) type);
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // the class is an enum's
  private static Map<@Nullable Object, @Nullable Object> emptyMap(Class<?> type) {
    return (Map<@Nullable Object, @Nullable Object>) (Map<?, ?>) new EnumMap((Class) type);
  }

  /** A stream that notes the enum class written to it, and forgets the bytes. */
  private static final class KeyTypeProbe extends ObjectOutputStream {
    private @Nullable Class<?> keyType;

    KeyTypeProbe() throws IOException {
      super(OutputStream.nullOutputStream());
    }

    @Override
    protected void annotateClass(Class<?> type) {
      if (type.isEnum()) {
        keyType = type;
      }
    }
  }
}
