package io.cairn.client.codec.hessian;

import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The classes a state class is made of: those of its fields or record components, their type
 * arguments, superclasses and permitted subclasses, and so on. Used while a codec is built.
 */
final class TypeGraph {
  private final Map<Class<?>, StateType> types = new LinkedHashMap<>();
  private final Set<Class<?>> declared = new HashSet<>();
  private final Map<Class<?>, String> unusable = new HashMap<>();
  private final Set<Type> seen = new HashSet<>();

  /** Adds a class that must be possible to store. */
  void addRoot(Class<?> root) {
    visit(root, root.getSimpleName());
    String reason = unusable.get(root);
    if (reason != null) {
      throw new IllegalArgumentException(reason);
    }
  }

  /** How each user class that can be stored is stored. */
  Map<Class<?>, StateType> types() {
    return types;
  }

  /** Every class that was named, also interfaces and abstract ones: what arrays may be of. */
  Set<Class<?>> declared() {
    return declared;
  }

  /** Classes that were named but cannot be stored, with the reason. */
  Map<Class<?>, String> unusable() {
    return unusable;
  }

  /** Whether a class comes with the JDK: then only the tables say whether it can be stored. */
  static boolean isJdk(Class<?> type) {
    ClassLoader loader = type.getClassLoader();
    return loader == null || loader == ClassLoader.getPlatformClassLoader();
  }

  private void visit(Type type, String path) {
    if (!seen.add(type)) {
      return;
    }
    if (type instanceof Class<?> plain) {
      visitClass(plain, path);
    } else if (type instanceof ParameterizedType parameterized) {
      visit(parameterized.getRawType(), path);
      for (Type argument : parameterized.getActualTypeArguments()) {
        visit(argument, path);
      }
    } else if (type instanceof GenericArrayType array) {
      visit(array.getGenericComponentType(), path);
    } else if (type instanceof WildcardType wildcard) {
      for (Type bound : wildcard.getUpperBounds()) {
        visit(bound, path);
      }
      for (Type bound : wildcard.getLowerBounds()) {
        visit(bound, path);
      }
    } else if (type instanceof TypeVariable<?> variable) {
      for (Type bound : variable.getBounds()) {
        visit(bound, path);
      }
    }
  }

  private void visitClass(Class<?> type, String path) {
    if (type.isArray()) {
      visit(type.getComponentType(), path);
      return;
    }
    declared.add(type);
    if (type.isEnum()) {
      types.put(type, new EnumType(type));
    } else if (type.isPrimitive() || isJdk(type)) {
      visitJdk(type, path);
    } else {
      visitUser(type, path);
    }
  }

  private void visitJdk(Class<?> type, String path) {
    boolean open = type.isPrimitive() || Modifier.isAbstract(type.getModifiers());
    if (!open && !JdkTypes.isKnown(type)) {
      throw new IllegalArgumentException(
          "%s: %s of the JDK cannot be stored".formatted(path, type));
    }
  }

  private void visitUser(Class<?> type, String path) {
    Class<?>[] permitted = type.getPermittedSubclasses();
    if (permitted != null) {
      for (Class<?> subclass : permitted) {
        visit(subclass, path);
      }
    }
    if (type.isInterface()) {
      return;
    }
    if (type.isRecord()) {
      for (RecordComponent component : type.getRecordComponents()) {
        visit(component.getGenericType(), path + "." + component.getName());
      }
      types.put(type, new RecordType(type));
      return;
    }
    Class<?> root = type;
    while (root.getSuperclass() != null && !isJdk(root)) {
      if (!isJdk(root.getSuperclass())) {
        visit(root.getGenericSuperclass(), path);
      }
      root = root.getSuperclass();
    }
    if (root != Object.class) {
      unusable.put(type, "%s extends %s, which cannot be stored".formatted(type, root.getName()));
      return;
    }
    for (Field field : ObjectType.fieldsOf(type)) {
      visit(field.getGenericType(), path + "." + field.getName());
    }
    if (Modifier.isAbstract(type.getModifiers())) {
      return;
    }
    try {
      types.put(type, new ObjectType(type));
    } catch (IllegalArgumentException e) {
      unusable.put(type, String.valueOf(e.getMessage()));
    }
  }
}
