package io.cairn.client.codec.hessian;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An ordinary class: its fields by name, set on what its constructor without arguments makes.
 * Fields of superclasses come first, each class's by name; a field hidden by one of the same name
 * is written as {@code Class.field}.
 */
final class ObjectType extends StateType {
  private final String[] names;
  private final Field[] fields;
  private final Map<String, Field> byName = new HashMap<>();
  private final Constructor<?> constructor;

  /**
   * Describes a class.
   *
   * @throws IllegalArgumentException when it cannot be built, with the reason
   */
  ObjectType(Class<?> type) {
    super(type.getName(), type, Form.OBJECT, true);
    List<Field> found = fieldsOf(type);
    this.fields = found.toArray(new Field[0]);
    this.names = new String[fields.length];
    for (int i = fields.length - 1; i >= 0; i--) { // the innermost class has the plain name
      Field field = UserCode.open(fields[i], type);
      String plain = field.getName();
      names[i] =
          byName.containsKey(plain)
              ? field.getDeclaringClass().getSimpleName() + "." + plain
              : plain;
      if (byName.put(names[i], field) != null) {
        throw new IllegalArgumentException(
            "%s has two fields of the name %s".formatted(type.getName(), names[i]));
      }
    }
    try {
      this.constructor = UserCode.open(type.getDeclaredConstructor(), type);
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(
          type.getName() + " is no record and has no constructor without arguments", e);
    }
  }

  /** The instance fields of a class and its superclasses that are stored. */
  static List<Field> fieldsOf(Class<?> type) {
    List<Field> fields = new ArrayList<>();
    if (type.getSuperclass() != null && type.getSuperclass() != Object.class) {
      fields.addAll(fieldsOf(type.getSuperclass()));
    }
    Arrays.stream(type.getDeclaredFields())
        .filter(field -> (field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0)
        .sorted(Comparator.comparing(Field::getName))
        .forEach(fields::add);
    return fields;
  }

  @Override
  boolean knowsField(String name) {
    return byName.containsKey(name);
  }

  @Override
  void write(Object value, StateOutput out) throws IOException {
    out.beginObject(wireName(), names);
    for (int i = 0; i < names.length; i++) {
      out.writeField(names[i], fields[i].getType(), get(fields[i], value));
    }
  }

  @Override
  Object readFields(StateInput in, String[] found) throws IOException {
    Object value = UserCode.build(constructor);
    in.addRef(value);
    for (String name : found) {
      Field field = byName.get(name);
      if (field == null) {
        in.pass();
      } else {
        set(field, value, FieldFit.fit(in.value(), field.getType(), wireName() + "." + name));
      }
    }
    return value;
  }

  private static @Nullable Object get(Field field, Object owner) {
    try {
      return field.get(owner);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(field + " was opened before", e);
    }
  }

  private static void set(Field field, Object owner, @Nullable Object value) {
    try {
      field.set(owner, value);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(field + " was opened before", e);
    }
  }
}
