package io.cairn.server.cli;

/** What a command ends with. The numbers are promised to scripts. */
enum Exit {
  /** Done as asked. */
  DONE(0, "done"),
  /** It failed. */
  FAILED(1, "failed"),
  /** The command line, or a value in it, is wrong. */
  USAGE(2, "wrong usage"),
  /** What was asked for does not exist. */
  NOT_FOUND(3, "not found"),
  /** The condition of a write, or the state of a thing, did not allow it. */
  CONDITION(4, "condition failed"),
  /** No server could do it now. */
  UNAVAILABLE(5, "unavailable");

  private final int code;
  private final String meaning;

  Exit(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  /** The number. */
  int code() {
    return code;
  }

  /** The number in words. */
  String meaning() {
    return meaning;
  }
}
