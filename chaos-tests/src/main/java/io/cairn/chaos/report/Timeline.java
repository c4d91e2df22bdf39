package io.cairn.chaos.report;

import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import io.cairn.chaos.run.RunOptions;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Every operation as a bar, by client and in time. Of a long history its beginning and its end. */
final class Timeline {
  private static final int OPS_MAX = 40_000;
  private static final int VALUE_CHARACTERS_MAX = 160;

  private final RunOptions options;
  private final Spans spans;
  private final Map<String, String> colours;

  Timeline(RunOptions options, Spans spans, Map<String, String> colours) {
    this.options = options;
    this.spans = spans;
    this.colours = colours;
  }

  String page() {
    List<Spans.Done> all = spans.ops();
    String cut =
        all.size() <= OPS_MAX
            ? ""
            : "Only the first and the last %,d of %,d operations are shown. "
                .formatted(OPS_MAX / 2, all.size());
    Page page = new Page("Timeline");
    page.add(
        "<p class=\"eyebrow\"><a href=\"index.html\">Cairn chaos: %s</a></p><h1>Timeline</h1>"
            + "<p class=\"said\">%sA row is a client; bars are operations. Turn the wheel to go"
            + " nearer, drag to go along, point at a bar to read it.</p>\n"
            + "<canvas id=\"t\" style=\"width:100%%;display:block;background:#fff;"
            + "border:1px solid var(--rule);border-radius:10px\"></canvas>"
            + "<pre id=\"said\">&nbsp;</pre>\n",
        Markup.escaped(options.workload()), cut);
    page.add("%s", "<script>\nconst CLIENTS=" + options.concurrency() + ";\n");
    page.add("const END=%.6f;\n", spans.endSeconds());
    page.add("%s", "const FAULTS=" + faults() + ";\n");
    page.add("%s", "const OPS=" + ops() + ";\n" + Page.resource("timeline.js") + "</script>\n");
    return page.text();
  }

  private String faults() {
    StringBuilder json = new StringBuilder("[");
    spans
        .faults()
        .forEach(
            (name, stretches) ->
                stretches.forEach(
                    stretch ->
                        json.append(json.length() == 1 ? "" : ",")
                            .append(
                                String.format(
                                    Locale.ROOT,
                                    "[%s,%s,%.3f,%.3f]",
                                    quoted(name),
                                    quoted(colours.getOrDefault(name, "#7a7a72")),
                                    stretch.fromSeconds(),
                                    stretch.toSeconds()))));
    return json.append("]").toString();
  }

  private String ops() {
    List<Spans.Done> all = spans.ops();
    StringBuilder json = new StringBuilder("[");
    for (int i = 0; i < all.size(); i++) {
      if (all.size() > OPS_MAX && i >= OPS_MAX / 2 && i < all.size() - OPS_MAX / 2) {
        continue;
      }
      Spans.Done done = all.get(i);
      Op begun = done.begun();
      Op ended = done.ended();
      String text =
          "%s %s -> %s %s"
              .formatted(
                  begun.f(),
                  begun.value(),
                  ended == null ? "" : ended.value(),
                  ended == null || ended.extras().isEmpty() ? "" : ended.extras());
      json.append(json.length() == 1 ? "" : ",\n")
          .append(
              String.format(
                  Locale.ROOT,
                  "[%d,%d,%.6f,%.6f,%d,%s]",
                  begun.process() % options.concurrency(),
                  begun.process(),
                  done.fromSeconds(),
                  done.toSeconds(),
                  colour(done.type()),
                  quoted(shortened(text))));
    }
    return json.append("]").toString();
  }

  /** As the script numbers them. */
  private static int colour(OpType type) {
    return switch (type) {
      case OK -> 1;
      case FAIL -> 2;
      case INFO, INVOKE -> 3;
    };
  }

  private static String shortened(String text) {
    return text.length() <= VALUE_CHARACTERS_MAX
        ? text
        : text.substring(0, VALUE_CHARACTERS_MAX) + "...";
  }

  /** A string of a script; it cannot end the script's element. */
  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\' || c == '<' || c < ' ' || c > '~') {
        quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
