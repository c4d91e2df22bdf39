package io.cairn.chaos.history;

/** What claims to be a history is none. Nothing can be said of it but where it breaks. */
public final class MalformedHistory extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final long line;

  /** Broken at a line, counted from 1. */
  public MalformedHistory(long line, String problem) {
    super("line " + line + ": " + problem);
    this.line = line;
  }

  /** The line, from 1; for a history that was never a file, the index and 1. */
  public long line() {
    return line;
  }
}
