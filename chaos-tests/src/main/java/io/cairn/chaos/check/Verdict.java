package io.cairn.chaos.check;

import java.util.Collections;
import java.util.LinkedHashMap;
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
}
