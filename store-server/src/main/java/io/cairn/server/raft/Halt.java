package io.cairn.server.raft;

import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Ends the process at the point where going on could break a promise, such as after a failed fsync
 * of the log.
 *
 * <p>It is called inside the failing storage call, because JRaft may still answer success for an
 * entry whose write failed.
 */
@FunctionalInterface
public interface Halt {
  /** Exit status of a halted process: "software error" of sysexits.h. */
  int EXIT_STATUS = 70;

  /**
   * Ends the process. The production form never returns; a test form may, and the caller then
   * throws {@link Halted}.
   *
   * @param reason what failed, with values, without stored bytes
   */
  void halt(String reason, @Nullable Throwable cause);

  /**
   * The production form: one log line, then {@link Runtime#halt}: no shutdown hook may write or
   * answer anything more.
   */
  static Halt process() {
    return (reason, cause) -> {
      LoggerFactory.getLogger(Halt.class).error("halt: {}", reason, cause);
      Runtime.getRuntime().halt(EXIT_STATUS);
    };
  }

  /**
   * Thrown after a halt that returned, so that no caller mistakes the failed call for a success.
   */
  final class Halted extends IllegalStateException {
    public Halted(String reason, @Nullable Throwable cause) {
      super(reason, cause);
    }
  }
}
