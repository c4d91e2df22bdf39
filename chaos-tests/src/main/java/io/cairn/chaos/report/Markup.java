package io.cairn.chaos.report;

import java.util.Locale;

/** Text within HTML and SVG. */
final class Markup {
  private Markup() {}

  /** Text that says nothing to a browser. */
  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** A number without digits that say nothing. */
  static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.1f", value);
  }
}
