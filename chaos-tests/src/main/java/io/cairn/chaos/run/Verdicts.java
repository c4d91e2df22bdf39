package io.cairn.chaos.run;

import io.cairn.chaos.check.Validity;
import io.cairn.chaos.check.Verdict;
import io.cairn.chaos.history.Keyword;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Verdicts put together, and as values. */
public final class Verdicts {
  private Verdicts() {}

  /** What a checker says; one that fails, at what it was not made for, says nothing. */
  public static Verdict guarded(Supplier<Verdict> check) {
    try {
      return check.get();
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      return of(Validity.UNKNOWN, "error", "the checker failed: " + e);
    }
  }

  /** A verdict on one fact. */
  static Verdict of(Validity validity, Object... namesAndValues) {
    Map<String, Object> details = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      details.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return new Verdict(validity, details);
  }

  /** One of several parts; the worst decides. */
  static Verdict compose(Map<String, Verdict> parts) {
    Validity all = Validity.VALID;
    Map<String, Object> details = new LinkedHashMap<>();
    for (Map.Entry<String, Verdict> part : parts.entrySet()) {
      all = all.and(part.getValue().validity());
      details.put(part.getKey(), part.getValue());
    }
    return new Verdict(all, details);
  }

  /** A verdict as a value: a map with {@code :valid?} first. */
  public static Map<String, Object> value(Verdict verdict) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("valid?", word(verdict.validity()));
    verdict.details().forEach((name, detail) -> value.put(name, plain(detail)));
    return value;
  }

  private static Object plain(Object detail) {
    if (detail instanceof Verdict part) {
      return value(part);
    }
    if (detail instanceof Map<?, ?> map) {
      Map<Object, Object> plain = new LinkedHashMap<>();
      map.forEach((key, of) -> plain.put(key, of == null ? Keyword.ABSENT : plain(of)));
      return plain;
    }
    if (detail instanceof List<?> list) {
      List<Object> plain = new ArrayList<>();
      list.forEach(of -> plain.add(of == null ? Keyword.ABSENT : plain(of)));
      return plain;
    }
    return detail;
  }

  /** True, false, or {@code :unknown}. */
  static Object word(Validity validity) {
    return switch (validity) {
      case VALID -> true;
      case INVALID -> false;
      case UNKNOWN -> new Keyword("unknown");
    };
  }
}
