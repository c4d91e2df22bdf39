package io.cairn.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cairn.client.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;

/** How values are shown to people. */
final class Shown {
  private static final int DIGEST_CHARACTERS = 12;

  private Shown() {}

  /** True if the bytes are valid UTF-8. */
  static boolean isUtf8(Bytes bytes) {
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toArray()));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /** The bytes in base64. */
  static String base64(Bytes bytes) {
    return Base64.getEncoder().encodeToString(bytes.toArray());
  }

  /**
   * The bytes on one line: text as it is, but control characters, backslashes and what is not UTF-8
   * escaped as {@code \n}, {@code \t}, {@code \\} and {@code \xNN}.
   */
  static String line(Bytes bytes) {
    StringBuilder line = new StringBuilder(bytes.size());
    if (isUtf8(bytes)) {
      bytes.toUtf8().codePoints().forEach(point -> escape(line, point));
      return line.toString();
    }
    for (byte octet : bytes.toArray()) {
      int point = octet & 0xff;
      escape(line, point < 0x80 ? point : -point);
    }
    return line.toString();
  }

  private static void escape(StringBuilder line, int point) {
    switch (point) {
      case '\n' -> line.append("\\n");
      case '\r' -> line.append("\\r");
      case '\t' -> line.append("\\t");
      case '\\' -> line.append("\\\\");
      default -> {
        if (point < 0) {
          line.append(String.format(Locale.ROOT, "\\x%02x", -point));
        } else if (Character.isISOControl(point)) {
          for (byte octet : Character.toString(point).getBytes(UTF_8)) {
            line.append(String.format(Locale.ROOT, "\\x%02x", octet & 0xff));
          }
        } else {
          line.appendCodePoint(point);
        }
      }
    }
  }

  /** The first characters of a digest, enough to tell two apart; a dash for none. */
  static String digest(Bytes digest) {
    String hex = digest.toHex();
    return hex.isEmpty() ? "-" : hex.substring(0, Math.min(DIGEST_CHARACTERS, hex.length()));
  }

  /** A number of bytes in a unit that people read. */
  static String bytes(long count) {
    if (count < 1024) {
      return count + " B";
    }
    double value = count;
    String unit = "B";
    for (String larger : new String[] {"KiB", "MiB", "GiB", "TiB"}) {
      if (value < 1024) {
        break;
      }
      value /= 1024;
      unit = larger;
    }
    return String.format(Locale.ROOT, "%.1f %s", value, unit);
  }

  /** A duration in the largest unit that does not hide much. */
  static String duration(Duration duration) {
    long millis = duration.toMillis();
    if (millis < 1_000) {
      return millis + "ms";
    }
    if (millis < 120_000) {
      return String.format(Locale.ROOT, "%.1fs", millis / 1_000.0);
    }
    long minutes = millis / 60_000;
    return minutes < 120 ? minutes + "m" : minutes / 60 + "h" + minutes % 60 + "m";
  }
}
