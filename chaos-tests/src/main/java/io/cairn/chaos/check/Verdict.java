package io.cairn.chaos.check;

import io.cairn.chaos.history.Keyword;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a checker found.
 *
 * @param details what it looked at and what it found, as values of a history; verdicts of parts are
 *     verdicts
 */
public record Verdict(Validity validity, Map<String, Object> details) {
  /** A verdict whose details nobody changes. */
  public Verdict {
    details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
  }

  /** Nothing can be said, for a reason. */
  public static Verdict unknown(String reason) {
    return new Verdict(Validity.UNKNOWN, Map.of("unsure", List.of(reason)));
  }

  /** The verdict of parts, by their names: the worst of theirs. None: unknown. */
  public static Verdict of(Map<String, Verdict> parts) {
    Validity worst = parts.isEmpty() ? Validity.UNKNOWN : Validity.VALID;
    for (Verdict part : parts.values()) {
      worst = worst.and(part.validity());
    }
    return new Verdict(worst, new LinkedHashMap<>(parts));
  }

  /** As EDN values, {@code valid?} first: true, false or {@code :unknown}. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(
        "valid?",
        switch (validity) {
          case VALID -> true;
          case INVALID -> false;
          case UNKNOWN -> new Keyword("unknown");
        });
    details.forEach((name, value) -> map.put(name, value instanceof Verdict v ? v.toMap() : value));
    return map;
  }
}
