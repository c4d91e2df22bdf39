package io.cairn.client.codec.hessian;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything a state of one class may hold: the classes it is made of, those the user has allowed
 * beside them, and the JDK's. A name is looked up here and nowhere else. Shared by all threads.
 */
final class StateTypes {
  /** Dimensions of an array, at most. */
  private static final int DIMENSIONS_MAX = 16;

  private final Class<?> root;
  private final Map<Class<?>, String> unusable;
  private final Map<String, StateType> byName = new HashMap<>();
  private final Map<String, Class<?>> declared = new HashMap<>();

  /** Bounded by the classes that are allowed. */
  private final Map<Class<?>, StateType> byClass = new ConcurrentHashMap<>();

  StateTypes(Class<?> root, Class<?>... alsoAllowed) {
    this.root = root;
    TypeGraph graph = new TypeGraph();
    graph.addRoot(root);
    for (Class<?> allowed : alsoAllowed) {
      graph.addRoot(allowed);
    }
    this.unusable = graph.unusable();
    graph.declared().forEach(type -> declared.put(type.getName(), type));
    graph.types().forEach(this::add);
  }

  /** How errors call the state. */
  String rootName() {
    return root.getSimpleName();
  }

  /** The type of this wire name, if it is allowed. */
  @Nullable StateType byName(String name) {
    StateType known = byName.get(name);
    if (known == null) {
      known = JdkTypes.byName(name);
    }
    if (known == null && name.startsWith("[")) {
      known = arrayByName(name);
    }
    return known;
  }

  /** The type that values of a class are written as, if it is allowed. */
  @Nullable StateType forClass(Class<?> type) {
    StateType known = byClass.get(type);
    if (known == null) {
      known = find(type);
      if (known != null) {
        byClass.put(type, known);
      }
    }
    return known;
  }

  /** Why values of a class are refused. */
  String whyNot(Class<?> type) {
    String reason = unusable.get(type);
    if (reason != null) {
      return reason;
    }
    String name = type.getName();
    if (type.isArray()) {
      return "array of %s is not allowed; allow its elements' class"
          .formatted(type.getComponentType().getName());
    }
    if (TypeGraph.isJdk(type)) {
      return "class %s of the JDK cannot be stored".formatted(name);
    }
    return "class %s is not allowed; add it with Codecs.hessian(%s.class, %s.class)"
        .formatted(name, root.getSimpleName(), type.getSimpleName());
  }

  private void add(Class<?> type, StateType stateType) {
    byClass.put(type, stateType);
    byName.put(stateType.wireName(), stateType);
    if (type.isEnum()) {
      addEnumCollections(type);
    }
  }

  private void addEnumCollections(Class<?> type) {
    byName.put(EnumCollections.setName(type.getName()), EnumCollections.setOf(type));
    byName.put(EnumCollections.mapName(type.getName()), EnumCollections.mapOf(type));
  }

  private @Nullable StateType find(Class<?> type) {
    if (Enum.class.isAssignableFrom(type) && !type.isEnum()) { // a constant with a body
      return forClass(type.getSuperclass());
    }
    if (EnumSet.class.isAssignableFrom(type)) {
      return new EnumVariants(EnumSet.class);
    }
    if (EnumMap.class == type) {
      return new EnumVariants(EnumMap.class);
    }
    if (type.isArray()) {
      return isArrayAllowed(type) ? new ArrayType(type.getComponentType()) : null;
    }
    return JdkTypes.forClass(type);
  }

  private boolean isArrayAllowed(Class<?> array) {
    int dimensions = 0;
    Class<?> innermost = array;
    while (innermost.isArray()) {
      innermost = innermost.getComponentType();
      dimensions++;
    }
    return dimensions <= DIMENSIONS_MAX
        && (innermost.isPrimitive() || component(innermost.getName()) == innermost);
  }

  private @Nullable StateType arrayByName(String name) {
    int dimensions = 0;
    while (dimensions < name.length() && name.charAt(dimensions) == '[') {
      dimensions++;
    }
    String rest = name.substring(dimensions);
    Class<?> type;
    if (rest.length() == 1) {
      type = primitive(rest.charAt(0));
    } else if (rest.startsWith("L") && rest.endsWith(";")) {
      type = component(rest.substring(1, rest.length() - 1));
    } else {
      return null;
    }
    if (type == null || dimensions > DIMENSIONS_MAX) {
      return null;
    }
    for (int i = 1; i < dimensions; i++) {
      type = type.arrayType();
    }
    return new ArrayType(type);
  }

  private @Nullable Class<?> component(String name) {
    Class<?> user = declared.get(name);
    return user == null ? JdkTypes.arrayComponent(name) : user;
  }

  private static @Nullable Class<?> primitive(char descriptor) {
    return switch (descriptor) {
      case 'Z' -> boolean.class;
      case 'C' -> char.class;
      case 'S' -> short.class;
      case 'I' -> int.class;
      case 'J' -> long.class;
      case 'F' -> float.class;
      case 'D' -> double.class;
      case 'B' -> byte.class; // arrays of byte arrays; those themselves have a token
      default -> null;
    };
  }

  /** EnumSet or EnumMap before its enum is known. */
  private final class EnumVariants extends StateType {
    EnumVariants(Class<?> type) {
      super(type.getName(), type, Form.LIST, true);
    }

    @Override
    StateType variantFor(Object value, StateOutput out) {
      boolean isSet = value instanceof EnumSet<?>;
      Class<?> type =
          value instanceof EnumSet<?> set
              ? EnumCollections.enumOf(set)
              : EnumCollections.enumOf((EnumMap<?, ?>) value);
      if (type == null) {
        throw out.refuse("an empty EnumSet of an enum without constants cannot be stored");
      }
      String name = type.getName();
      StateType known =
          byName(isSet ? EnumCollections.setName(name) : EnumCollections.mapName(name));
      if (known == null) {
        throw out.refuse(whyNot(type));
      }
      return known;
    }

    @Override
    void write(Object value, StateOutput out) {
      throw new IllegalStateException("written as its variant");
    }
  }
}
