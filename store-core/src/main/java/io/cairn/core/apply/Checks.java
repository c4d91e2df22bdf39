package io.cairn.core.apply;

import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import java.nio.charset.StandardCharsets;

/**
 * Checks of names and sizes that several commands share. Each refuses with the value's size, never
 * its content.
 */
public final class Checks {
  private Checks() {}

  /** A name of at most {@link Limits#NAME_BYTES_MAX} UTF-8 bytes, without control characters. */
  public static void name(String what, String name, boolean mayBeEmpty) {
    text(what, name, mayBeEmpty, Limits.NAME_BYTES_MAX);
  }

  /** A text of at most {@code bytesMax} UTF-8 bytes, without control characters. */
  public static void text(String what, String text, boolean mayBeEmpty, int bytesMax) {
    if (text.isEmpty() && !mayBeEmpty) {
      throw new Refusal(ErrorCode.INVALID_ARGUMENT, what + " is empty");
    }
    size(what, text.getBytes(StandardCharsets.UTF_8).length, bytesMax);
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        throw new Refusal(
            ErrorCode.INVALID_ARGUMENT,
            what
                + " has control character U+"
                + String.format("%04X", (int) text.charAt(i))
                + " at "
                + i);
      }
    }
  }

  /** Refuses TOO_LARGE. */
  public static void size(String what, long actual, long max) {
    if (actual > max) {
      throw new Refusal(
          ErrorCode.TOO_LARGE,
          what + " of " + actual + ", at most " + max + " allowed",
          max,
          actual);
    }
  }
}
