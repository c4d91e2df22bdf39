package io.cairn.chaos.fault;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** Signs of a fault, counted. Any thread. */
final class Evidence {
  private final Map<String, Long> counts = new TreeMap<>();

  synchronized void add(String sign, long times) {
    counts.merge(sign, times, Long::sum);
  }

  synchronized void addAll(Map<String, Long> signs) {
    signs.forEach(this::add);
  }

  synchronized Map<String, Long> counts() {
    return Collections.unmodifiableMap(new TreeMap<>(counts));
  }
}
