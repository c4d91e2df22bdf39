package io.cairn.server;

import org.jspecify.annotations.Nullable;

/** The server does not start, for a reason that a person has to mend. The message is for them. */
public final class StartRefusedException extends RuntimeException {
  /** Exit code: the start failed. */
  public static final int FAILED = 1;

  /** Exit code: wrong settings. */
  public static final int USAGE = 2;

  /** Exit code: what is stored is damaged or lost, "data error" of sysexits.h. */
  public static final int DAMAGED = 65;

  private static final long serialVersionUID = 1;

  private final int exitCode;

  /** The start failed. */
  public StartRefusedException(String message) {
    this(FAILED, message, null);
  }

  /** The start failed because of {@code cause}. */
  public StartRefusedException(String message, Throwable cause) {
    this(FAILED, message, cause);
  }

  /** Stored bytes are not what this node wrote: it must not take part with them. */
  public static StartRefusedException damaged(String message, Throwable cause) {
    return new StartRefusedException(DAMAGED, message, cause);
  }

  private StartRefusedException(int exitCode, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** A setting is unknown or wrong. */
  public static StartRefusedException wrongSetting(
      String setting, String source, String value, String reason) {
    return new StartRefusedException(
        USAGE, "setting " + setting + " from " + source + " is '" + value + "': " + reason, null);
  }

  /** The code that the process ends with. */
  public int exitCode() {
    return exitCode;
  }
}
