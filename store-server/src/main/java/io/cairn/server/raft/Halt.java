package io.cairn.server.raft;

import io.cairn.server.ops.EventLog;
import io.cairn.server.ops.LogEvent;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

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
   * The production form: one event in the log, then {@link Runtime#halt}: no shutdown hook may
   * write or answer anything more.
   */
  static Halt process() {
    return ending(status -> Runtime.getRuntime().halt(status));
  }

  /** The production form with another end: {@code end} is given the exit status. */
  static Halt ending(IntConsumer end) {
    EventLog log = new EventLog();
    return (reason, cause) -> {
      try {
        if (cause == null) {
          log.log(LogEvent.HALTED, "reason", reason);
        } else {
          log.failure(LogEvent.HALTED, cause, "reason", reason);
        }
      } finally {
        end.accept(EXIT_STATUS); // also when the line cannot be written, as on a full disk
      }
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
