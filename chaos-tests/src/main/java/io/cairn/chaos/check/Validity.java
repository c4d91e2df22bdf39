package io.cairn.chaos.check;

/** A verdict's first word. The worse one wins: {@code INVALID}, then {@code UNKNOWN}. */
public enum Validity {
  /** Nothing was found, and enough was looked at. */
  VALID(0),
  /** Nothing was found, but not enough could be looked at. */
  UNKNOWN(2),
  /** A promise was broken; the details show where. */
  INVALID(1);

  private final int exitCode;

  Validity(int exitCode) {
    this.exitCode = exitCode;
  }

  /** The exit code of a program whose verdict this is. */
  public int exitCode() {
    return exitCode;
  }

  /** The worse of both. */
  public Validity and(Validity other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
