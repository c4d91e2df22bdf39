package io.cairn.client.codec.hessian;

import io.cairn.client.codec.CorruptStateException;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A JDK class that is taken apart into named parts, and put together from all of them. */
final class ValueType<T> extends StateType {
  private final Class<T> type;
  private final String[] names;
  private final Function<T, @Nullable Object[]> split;
  private final Function<Parts, T> join;

  ValueType(
      Class<T> type,
      boolean shared,
      List<String> names,
      Function<T, @Nullable Object[]> split,
      Function<Parts, T> join) {
    super(type.getName(), type, Form.OBJECT, shared);
    this.type = type;
    this.names = names.toArray(new String[0]);
    this.split = split;
    this.join = join;
  }

  @Override
  boolean builtAtOnce() {
    return true;
  }

  @Override
  void write(Object value, StateOutput out) throws IOException {
    @Nullable Object[] parts = split.apply(type.cast(value));
    out.beginObject(wireName(), names);
    for (int i = 0; i < names.length; i++) {
      out.writeField(names[i], Object.class, parts[i]);
    }
  }

  @Override
  Object readFields(StateInput in, String[] found) throws IOException {
    int ref = shared() ? in.addAbsentRef() : -1;
    @Nullable Object[] values = new Object[found.length];
    for (int i = 0; i < found.length; i++) {
      values[i] = in.value();
      if (found.length != names.length || !names[i].equals(found[i])) {
        throw new CorruptStateException(
            "%s: expected its %d parts, found %d others"
                .formatted(wireName(), names.length, found.length));
      }
    }
    if (found.length != names.length) {
      throw new CorruptStateException(
          "%s: expected its %d parts, found none".formatted(wireName(), names.length));
    }
    T value = join(new Parts(wireName(), values));
    if (shared()) {
      in.setRef(ref, value);
    }
    return value;
  }

  private T join(Parts parts) {
    try {
      return join.apply(parts);
    } catch (CorruptStateException e) {
      throw e;
    } catch (RuntimeException e) { // what the JDK's own factories throw for values out of range
      throw UserCode.refused(type, e);
    }
  }

  /** The parts of a value as they were read. */
  static final class Parts {
    private final String owner;
    private final @Nullable Object[] values;

    Parts(String owner, @Nullable Object[] values) {
      this.owner = owner;
      this.values = values;
    }

    @Nullable Object any(int index) {
      return values[index];
    }

    int integer(int index) {
      return as(Integer.class, index);
    }

    long number(int index) {
      return as(Long.class, index);
    }

    String text(int index) {
      return as(String.class, index);
    }

    byte[] bytes(int index) {
      return as(byte[].class, index);
    }

    <P> P as(Class<P> type, int index) {
      Object value = values[index];
      if (!type.isInstance(value)) {
        throw new CorruptStateException(
            "%s: expected part %d as %s, found %s"
                .formatted(
                    owner, index, type.getName(), value == null ? "null" : value.getClass()));
      }
      return type.cast(value);
    }
  }
}
