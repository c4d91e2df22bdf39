package io.cairn.chaos.check;

import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.Operation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a checker gathers while it looks: how much it saw, what was wrong, and what it could not
 * see. Of each kind of wrong all are counted and the first few kept.
 */
final class Findings {
  private static final int EXAMPLES_MAX = 8;

  private final Map<String, Object> counts = new LinkedHashMap<>();
  private final Map<String, Long> wrongs = new TreeMap<>();
  private final Map<String, List<Object>> examples = new TreeMap<>();
  private final List<Object> unsure = new ArrayList<>();

  /** Says how much was seen of something. */
  void count(String name, long number) {
    counts.put(name, number);
  }

  /** A promise was broken. {@code facts} are names and values in turn. */
  void wrong(String kind, @Nullable Object... facts) {
    wrongs.merge(kind, 1L, Long::sum);
    List<Object> kept = examples.computeIfAbsent(kind, k -> new ArrayList<>());
    if (kept.size() < EXAMPLES_MAX) {
      kept.add(facts(facts));
    }
  }

  /** Something could not be judged, and why. */
  void unsure(String reason) {
    if (unsure.size() < EXAMPLES_MAX) {
      unsure.add(reason);
    }
  }

  /**
   * The whole number that an operation has somewhere, or null. One that is there, and is none or
   * does not fit into 64 bits, cannot be judged.
   */
  @Nullable Long number(Operation operation, String name, @Nullable Object value) {
    Long number = Fields.number(value);
    if (number == null && !Fields.isAbsent(value)) {
      noNumber(operation, name);
    }
    return number;
  }

  /** The same where there must be one. */
  @Nullable Long neededNumber(Operation operation, String name, @Nullable Object value) {
    Long number = Fields.number(value);
    if (number == null) {
      noNumber(operation, name);
    }
    return number;
  }

  private void noNumber(Operation operation, String name) {
    unsure("the " + name + " of index " + operation.begin() + " is no whole number of 64 bits");
  }

  /** True if a promise was broken. */
  boolean isWrong() {
    return !wrongs.isEmpty();
  }

  /** What it comes to. */
  Verdict verdict() {
    Map<String, Object> details = new LinkedHashMap<>(counts);
    if (!wrongs.isEmpty()) {
      details.put("wrong", new LinkedHashMap<>(wrongs));
      details.put("examples", new LinkedHashMap<>(examples));
    }
    if (!unsure.isEmpty()) {
      details.put("unsure", List.copyOf(unsure));
    }
    Validity validity =
        !wrongs.isEmpty() ? Validity.INVALID : unsure.isEmpty() ? Validity.VALID : Validity.UNKNOWN;
    return new Verdict(validity, details);
  }

  /** Names and values in turn as a map; operations as what one looks for in the history. */
  static Map<String, Object> facts(@Nullable Object... facts) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < facts.length; i += 2) {
      Object value = facts[i + 1];
      map.put(String.valueOf(facts[i]), value instanceof Operation seen ? shown(seen) : value);
    }
    return map;
  }

  /** An operation, as verdicts show it. */
  static Map<String, Object> shown(Operation operation) {
    Op end = operation.completion();
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("index", operation.begin());
    map.put("end-index", end == null ? null : end.index());
    map.put("process", operation.process());
    map.put("type", operation.outcome().text());
    map.put("f", operation.f());
    map.put("value", operation.isOk() ? operation.result() : operation.argument());
    if (operation.isOk() && operation.result() == null) {
      map.put("value", operation.argument());
    }
    return map;
  }
}
