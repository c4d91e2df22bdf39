package io.cairn.client.codec.hessian;

import java.io.IOException;
import java.util.Collection;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A list, set or queue: its elements in its own order. */
class CollectionType extends StateType {
  private final Supplier<Collection<@Nullable Object>> maker;

  CollectionType(
      String wireName, Class<?> decodedType, Supplier<Collection<@Nullable Object>> maker) {
    super(wireName, decodedType, Form.LIST, true);
    this.maker = maker;
  }

  @Override
  void write(Object value, StateOutput out) throws IOException {
    Object[] elements = ((Collection<?>) value).toArray(); // one moment, also of a concurrent one
    boolean hasEnd = out.writeListBegin(elements.length, wireName());
    for (int i = 0; i < elements.length; i++) {
      out.writeElement(i, Object.class, elements[i]);
    }
    if (hasEnd) {
      out.writeListEnd();
    }
  }

  @Override
  Object readElements(StateInput in, int length) throws IOException {
    Collection<@Nullable Object> collection = maker.get();
    in.addRef(collection);
    for (int i = 0; i < length; i++) {
      collection.add(in.value());
    }
    return collection;
  }
}
