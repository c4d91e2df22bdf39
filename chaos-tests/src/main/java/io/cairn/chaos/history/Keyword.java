package io.cairn.chaos.history;

/**
 * A keyword of EDN, as a value.
 *
 * @param name without the colon
 */
public record Keyword(String name) {
  /** What a completed read gives for a key that has no value. */
  public static final Keyword ABSENT = new Keyword("absent");

  /** A keyword. */
  public Keyword {
    if (name.isEmpty() || name.startsWith(":")) {
      throw new IllegalArgumentException("a keyword is named without its colon: '" + name + "'");
    }
  }

  @Override
  public String toString() {
    return ":" + name;
  }
}
