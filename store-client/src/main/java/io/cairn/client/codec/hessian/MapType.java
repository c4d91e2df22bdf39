package io.cairn.client.codec.hessian;

import java.io.IOException;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A map: its keys and values in its own order. */
class MapType extends StateType {
  private final Supplier<Map<@Nullable Object, @Nullable Object>> maker;

  MapType(
      String wireName,
      Class<?> decodedType,
      Supplier<Map<@Nullable Object, @Nullable Object>> maker) {
    super(wireName, decodedType, Form.MAP, true);
    this.maker = maker;
  }

  @Override
  void write(Object value, StateOutput out) throws IOException {
    out.writeMapBegin(wireName());
    int index = 0;
    for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
      out.writeElement(index, Object.class, entry.getKey());
      out.writeElement(index, Object.class, entry.getValue());
      index++;
    }
    out.writeMapEnd();
  }

  @Override
  Object readEntries(StateInput in) throws IOException {
    Map<@Nullable Object, @Nullable Object> map = maker.get();
    in.addRef(map);
    while (!in.isEnd()) {
      Object key = in.value();
      map.put(key, in.value());
    }
    return map;
  }
}
