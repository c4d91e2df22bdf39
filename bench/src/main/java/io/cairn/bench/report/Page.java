package io.cairn.bench.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;

/** A page of HTML that stands by itself. For one thread. */
public final class Page {
  private final StringBuilder html = new StringBuilder();

  /** A page of this title. */
  public Page(String title) {
    add(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
            + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
            + "<title>%s</title>\n<style>\n%s</style></head>\n<body><main>\n",
        escaped(title), style());
  }

  /** Adds a piece; text within it must be {@link #escaped}. */
  public void add(String format, Object... values) {
    html.append(String.format(Locale.ROOT, format, values));
  }

  /** The whole page. */
  public String text() {
    return html + "</main></body></html>\n";
  }

  /** Text that says nothing to a browser. */
  public static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static String style() {
    try (InputStream stream = Page.class.getResourceAsStream("page.css")) {
      if (stream == null) {
        throw new IllegalStateException("the program lacks its resource page.css");
      }
      return new String(stream.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read page.css", e);
    }
  }
}
