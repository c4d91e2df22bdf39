package io.cairn.chaos.history;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import us.bpsm.edn.EdnSyntaxException;
import us.bpsm.edn.parser.CollectionBuilder;

/**
 * Maps in the order of their text. The parser's own are in an order that depends on the addresses
 * of keywords, another one in each process.
 */
final class EdnMaps implements CollectionBuilder {
  private static final Object NONE = new Object();

  private final Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
  private @Nullable Object key = NONE;

  @Override
  public void add(@Nullable Object part) {
    if (key == NONE) {
      if (map.containsKey(part)) {
        throw new EdnSyntaxException("a map has the key " + part + " twice");
      }
      key = part;
    } else {
      map.put(key, part);
      key = NONE;
    }
  }

  @Override
  public Object build() {
    if (key != NONE) {
      throw new EdnSyntaxException("the last key of a map has no value");
    }
    return Collections.unmodifiableMap(map);
  }
}
