package io.cairn.client.codec.hessian;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A record: its components by name, built by its canonical constructor, which may refuse them. */
final class RecordType extends StateType {
  private final String[] names;
  private final Class<?>[] declared;
  private final Method[] accessors;
  private final Map<String, Integer> positions = new HashMap<>();
  private final Constructor<?> constructor;

  RecordType(Class<?> type) {
    super(type.getName(), type, Form.OBJECT, true);
    RecordComponent[] components = type.getRecordComponents();
    this.names = new String[components.length];
    this.declared = new Class<?>[components.length];
    this.accessors = new Method[components.length];
    for (int i = 0; i < components.length; i++) {
      names[i] = components[i].getName();
      declared[i] = components[i].getType();
      accessors[i] = UserCode.open(components[i].getAccessor(), type);
      positions.put(names[i], i);
    }
    try {
      this.constructor = UserCode.open(type.getDeclaredConstructor(declared), type);
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(type.getName() + ": no canonical constructor", e);
    }
  }

  @Override
  boolean builtAtOnce() {
    return true;
  }

  @Override
  boolean knowsField(String name) {
    return positions.containsKey(name);
  }

  @Override
  void write(Object value, StateOutput out) throws IOException {
    out.beginObject(wireName(), names);
    for (int i = 0; i < names.length; i++) {
      out.writeField(names[i], declared[i], component(value, i, out));
    }
  }

  @Override
  Object readFields(StateInput in, String[] found) throws IOException {
    int ref = in.addAbsentRef();
    @Nullable Object[] values = new Object[names.length];
    for (int i = 0; i < names.length; i++) {
      values[i] = FieldFit.absent(declared[i]);
    }
    for (String name : found) {
      Integer position = positions.get(name);
      if (position == null) {
        in.pass();
      } else {
        String field = wireName() + "." + name;
        values[position] = FieldFit.fit(in.value(), declared[position], field);
      }
    }
    Object value = UserCode.build(constructor, values);
    in.setRef(ref, value);
    return value;
  }

  private @Nullable Object component(Object value, int position, StateOutput out) {
    try {
      return accessors[position].invoke(value);
    } catch (InvocationTargetException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw out.refuse(
          "accessor %s.%s failed: %s"
              .formatted(wireName(), names[position], cause.getClass().getName()));
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(wireName() + ": accessor was opened before", e);
    }
  }
}
