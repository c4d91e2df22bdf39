package io.cairn.client.codec.hessian;

import java.time.ZoneId;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The JDK classes a state may hold, by name and by class. Immutable. */
final class JdkTypes {
  private static final Map<String, StateType> BY_NAME = new HashMap<>();
  private static final Map<Class<?>, StateType> BY_CLASS = new HashMap<>();

  /** Classes that have a token of their own, or are only ever declared. */
  private static final Set<Class<?>> PLAIN =
      Set.of(
          Object.class,
          String.class,
          Integer.class,
          Long.class,
          Double.class,
          Boolean.class,
          EnumSet.class,
          EnumMap.class);

  /** JDK enums that need not be declared. */
  private static final List<Class<?>> ENUMS =
      List.of(
          java.time.DayOfWeek.class,
          java.time.Month.class,
          java.time.temporal.ChronoUnit.class,
          java.util.concurrent.TimeUnit.class,
          java.math.RoundingMode.class);

  /** Classes that nothing is an instance of alone, but arrays may be of. */
  private static final Map<String, Class<?>> OPEN_COMPONENTS = openComponents();

  static {
    JdkValues.all().forEach(JdkTypes::add);
    JdkCollections.all().forEach(JdkTypes::add);
    for (Class<?> type : ENUMS) {
      add(new EnumType(type));
      add(EnumCollections.setOf(type));
      add(EnumCollections.mapOf(type));
    }
  }

  private JdkTypes() {}

  static @Nullable StateType byName(String name) {
    return BY_NAME.get(name);
  }

  /** The type of a class in the tables, or of the nearest one to it. */
  static @Nullable StateType forClass(Class<?> type) {
    StateType exact = BY_CLASS.get(type);
    if (exact != null || !TypeGraph.isJdk(type)) {
      return exact;
    }
    if (ZoneId.class.isAssignableFrom(type)) { // regions have a class of their own
      return BY_CLASS.get(ZoneId.class);
    }
    if (Map.Entry.class.isAssignableFrom(type)) {
      return BY_CLASS.get(Map.Entry.class);
    }
    Class<?> nearest = JdkCollections.nearest(type);
    return nearest == null ? null : BY_CLASS.get(nearest);
  }

  /** Whether a field may be declared with this concrete class. */
  static boolean isKnown(Class<?> type) {
    return PLAIN.contains(type) || BY_CLASS.containsKey(type);
  }

  /** The class of this name that arrays may be of. */
  static @Nullable Class<?> arrayComponent(String name) {
    StateType type = BY_NAME.get(name);
    if (type != null) {
      return type.wireName().equals(type.decodedType().getName()) ? type.decodedType() : null;
    }
    for (Class<?> plain : PLAIN) {
      if (plain.getName().equals(name)) {
        return plain;
      }
    }
    return OPEN_COMPONENTS.get(name);
  }

  private static Map<String, Class<?>> openComponents() {
    Map<String, Class<?>> open = new HashMap<>();
    for (Class<?> type :
        List.of(
            Number.class,
            Comparable.class,
            CharSequence.class,
            java.io.Serializable.class,
            Map.class,
            Collection.class,
            List.class,
            Set.class)) {
      open.put(type.getName(), type);
    }
    return Map.copyOf(open);
  }

  private static void add(StateType type) {
    BY_NAME.put(type.wireName(), type);
    if (type.wireName().equals(type.decodedType().getName())) {
      BY_CLASS.put(type.decodedType(), type);
    }
  }
}
