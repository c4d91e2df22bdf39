package io.cairn.chaos.history;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import us.bpsm.edn.EdnSyntaxException;
import us.bpsm.edn.TaggedValue;

/**
 * Values of the EDN parser as values of a history. Whole numbers are longs where they fit, sets are
 * lists, tags are dropped, keys of maps that are keywords are strings, and what history has no word
 * for is its text.
 */
final class EdnValues {
  private EdnValues() {}

  static @Nullable Object of(@Nullable Object value) {
    if (value == null
        || value instanceof String
        || value instanceof Long
        || value instanceof Boolean
        || value instanceof Double) {
      return value;
    }
    if (value instanceof us.bpsm.edn.Keyword keyword) {
      return new Keyword(name(keyword));
    }
    if (value instanceof BigInteger big) {
      return big.bitLength() < Long.SIZE ? (Object) big.longValue() : big;
    }
    if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
      return ((Number) value).longValue();
    }
    if (value instanceof TaggedValue tagged) {
      return of(tagged.getValue());
    }
    if (value instanceof Map<?, ?> map) {
      return map(map);
    }
    if (value instanceof Collection<?> collection) {
      List<Object> list = new ArrayList<>(collection.size());
      for (Object element : collection) {
        list.add(of(element));
      }
      return Collections.unmodifiableList(list);
    }
    return value instanceof java.math.BigDecimal ? value : String.valueOf(value);
  }

  private static Map<Object, Object> map(Map<?, ?> map) {
    Map<Object, Object> copy = new LinkedHashMap<>();
    map.forEach(
        (key, value) -> {
          Object word = key instanceof us.bpsm.edn.Keyword keyword ? name(keyword) : of(key);
          if (copy.containsKey(word)) {
            throw new EdnSyntaxException("a map has the key " + word + " twice");
          }
          copy.put(word, of(value));
        });
    return Collections.unmodifiableMap(copy);
  }

  private static String name(us.bpsm.edn.Keyword keyword) {
    String prefix = keyword.getPrefix();
    return prefix.isEmpty() ? keyword.getName() : prefix + "/" + keyword.getName();
  }
}
