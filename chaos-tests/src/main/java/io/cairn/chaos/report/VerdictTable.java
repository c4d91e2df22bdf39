package io.cairn.chaos.report;

import io.cairn.chaos.check.Validity;
import io.cairn.chaos.check.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A verdict for people: its word, its parts, its faults. */
final class VerdictTable {
  private static final int SUMMARY_CHARACTERS_MAX = 160;
  private static final int DETAIL_CHARACTERS_MAX = 20_000;

  private final Verdict verdict;

  VerdictTable(Verdict verdict) {
    this.verdict = verdict;
  }

  /** The word of a verdict, as the style sheet names it. */
  static String word(Validity validity) {
    return validity.name().toLowerCase(Locale.ROOT);
  }

  /** A word with its colour. */
  static String chip(Validity validity) {
    return "<span class=\"chip %s\">%s</span>".formatted(word(validity), word(validity));
  }

  String headline() {
    String word = word(verdict.validity());
    return "<div class=\"verdict %s\"><b>%s</b><span>%s</span></div>\n"
        .formatted(word, capital(word), Markup.escaped(sentence()));
  }

  private String sentence() {
    List<String> blamed = new ArrayList<>();
    verdict
        .details()
        .forEach(
            (name, part) -> {
              if (part instanceof Verdict each && each.validity() == verdict.validity()) {
                blamed.add(name);
              }
            });
    return switch (verdict.validity()) {
      case VALID -> "Every fault has left its sign, and no promise was broken.";
      case INVALID -> "A promise was broken: " + String.join(", ", blamed) + ".";
      case UNKNOWN ->
          "No broken promise was found, but not enough could be looked at: "
              + String.join(", ", blamed)
              + ".";
    };
  }

  private static String capital(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }

  /** All parts but the faults. */
  String table() {
    StringBuilder table =
        new StringBuilder("<table><tr><th>part</th><th>verdict</th><th>what it says</th></tr>\n");
    verdict
        .details()
        .forEach(
            (name, part) -> {
              if (part instanceof Verdict each && !name.equals("faults")) {
                table.append(
                    "<tr><td>%s</td><td>%s</td><td class=\"said\">%s</td></tr>\n"
                        .formatted(Markup.escaped(name), chip(each.validity()), said(each)));
              }
            });
    return table.append("</table>\n").toString();
  }

  private static String said(Verdict part) {
    String text = plain(part.details());
    if (text.length() <= SUMMARY_CHARACTERS_MAX) {
      return Markup.escaped(text);
    }
    String whole =
        text.length() <= DETAIL_CHARACTERS_MAX
            ? text
            : text.substring(0, DETAIL_CHARACTERS_MAX) + " ... more in results.edn";
    return "<details><summary>%s</summary><pre>%s</pre></details>"
        .formatted(
            Markup.escaped(text.substring(0, SUMMARY_CHARACTERS_MAX)) + "&hellip;",
            Markup.escaped(whole));
  }

  private static String plain(Object value) {
    if (value instanceof Verdict part) {
      return word(part.validity())
          + (part.details().isEmpty() ? "" : " (" + plain(part.details()) + ")");
    }
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(entry -> entry.getKey() + " " + braced(entry.getValue()))
          .collect(Collectors.joining(", "));
    }
    return String.valueOf(value);
  }

  private static String braced(Object value) {
    return value instanceof Map<?, ?> ? "(" + plain(value) + ")" : plain(value);
  }

  /** The faults with their signs. */
  String faults(Map<String, String> colours) {
    StringBuilder table =
        new StringBuilder(
            "<table><tr><th>fault</th><th class=\"n\">times</th><th>evidence</th><th>verdict</th>"
                + "</tr>\n");
    if (verdict.details().get("faults") instanceof Verdict all) {
      all.details()
          .forEach(
              (name, part) -> {
                if (part instanceof Verdict each) {
                  table.append(fault(name, each, colours.getOrDefault(name, "#7a7a72")));
                }
              });
    }
    return table.append("</table>\n").toString();
  }

  private static String fault(String name, Verdict part, String colour) {
    Object evidence = part.details().getOrDefault("evidence", Map.of());
    Object errors = part.details().get("errors");
    return ("<tr><td><span class=\"swatch\" style=\"background:%s\"></span>%s</td>"
            + "<td class=\"n\">%s</td><td class=\"said\">%s%s</td><td>%s</td></tr>\n")
        .formatted(
            Markup.escaped(colour),
            Markup.escaped(name),
            part.details().getOrDefault("times", ""),
            Markup.escaped(plain(evidence)),
            errors == null ? "" : "<br>" + Markup.escaped(errors.toString()),
            chip(part.validity()));
  }
}
