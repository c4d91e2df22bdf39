package io.cairn.server.cli;

/** A command that ends without success, for a reason that is told in one line. */
final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Exit exit;

  /** Ends the command with {@code exit}; the message says why and what to do. */
  CommandFailure(Exit exit, String message) {
    super(message);
    this.exit = exit;
  }

  /** The same, because of {@code cause}. */
  CommandFailure(Exit exit, String message, Throwable cause) {
    super(message, cause);
    this.exit = exit;
  }

  /** How the process ends. */
  Exit exit() {
    return exit;
  }
}
