package io.cairn.chaos.history;

import java.util.Locale;

/** What an {@link Op} says of its operation. */
public enum OpType {
  /** It is about to begin. */
  INVOKE,
  /** It took effect. */
  OK,
  /** It is known to have had no effect, and never will have one. */
  FAIL,
  /** Nobody knows: it may have taken effect, may yet do so, or never will. */
  INFO;

  /** The keyword's name. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
