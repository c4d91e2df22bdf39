package io.cairn.client.codec.hessian;

import io.cairn.client.codec.CorruptStateException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** An enum: a constant by its name, also one with a body. */
final class EnumType extends StateType {
  private static final String[] NAMES = {"name"};

  private final Map<String, Object> constants = new HashMap<>();

  EnumType(Class<?> type) {
    super(type.getName(), type, Form.OBJECT, true);
    for (Object constant : type.getEnumConstants()) {
      constants.put(((Enum<?>) constant).name(), constant);
    }
  }

  @Override
  boolean builtAtOnce() {
    return true;
  }

  @Override
  void write(Object value, StateOutput out) throws IOException {
    out.beginObject(wireName(), NAMES);
    out.writeString(((Enum<?>) value).name());
  }

  @Override
  Object readFields(StateInput in, String[] names) throws IOException {
    int ref = in.addAbsentRef();
    Object name = null;
    for (String field : names) {
      name = in.value();
      if (!field.equals(NAMES[0])) {
        throw new CorruptStateException(wireName() + ": expected the name of a constant");
      }
    }
    Object constant = name instanceof String ? constants.get(name) : null;
    if (constant == null) {
      throw new CorruptStateException(
          "%s has no such constant among its %d".formatted(wireName(), constants.size()));
    }
    in.setRef(ref, constant);
    return constant;
  }
}
