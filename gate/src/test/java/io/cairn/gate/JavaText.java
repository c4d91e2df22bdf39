package io.cairn.gate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The text of one Java file, with comments and literals blanked out, and the extent of its methods.
 * Methods are found by counting braces: good enough to measure length, not a parser.
 */
final class JavaText {
  private static final Pattern LITERAL_OR_COMMENT =
      Pattern.compile(
          "\"\"\"[\\s\\S]*?(?<!\\\\)\"\"\""
              + "|\"(?:\\\\.|[^\"\\\\\\n])*+\""
              + "|'(?:\\\\.|[^'\\\\\\n])*+'"
              + "|//[^\\n]*+"
              + "|/\\*[\\s\\S]*?\\*/");
  private static final Pattern TYPE_HEADER =
      Pattern.compile("\\b(class|interface|enum|record)\\s+\\w+");
  private static final Pattern ENUM_CONSTANT =
      Pattern.compile("\\s*,?\\s*[A-Z][A-Z0-9_]*\\s*(\\(.*\\))?\\s*", Pattern.DOTALL);

  /** A method body or initializer: the line of its opening brace and how many lines it spans. */
  record Body(String header, int firstLine, int lineCount) {}

  private enum Kind {
    TYPE,
    BODY,
    INNER
  }

  private record Open(Kind kind, String header, int line) {}

  private final String code;

  JavaText(String text) {
    code =
        LITERAL_OR_COMMENT
            .matcher(text)
            .replaceAll(
                match -> {
                  String found = match.group();
                  return found.startsWith("/")
                      ? found.replaceAll("[^\\n]", " ")
                      : found.replaceAll("[^\\n]", "_");
                });
  }

  /** The text with every comment and literal blanked, line breaks kept. */
  String code() {
    return code;
  }

  /** Bodies of methods, constructors, lambdas and initializers that stand directly in a type. */
  List<Body> bodies() {
    List<Body> bodies = new ArrayList<>();
    Deque<Open> open = new ArrayDeque<>();
    int line = 1;
    int headerStart = 0;
    for (int i = 0; i < code.length(); i++) {
      char c = code.charAt(i);
      if (c == '\n') {
        line++;
      } else if (c == ';') {
        headerStart = i + 1;
      } else if (c == '{') {
        String header = code.substring(headerStart, i);
        open.push(new Open(kindOf(header, open.peek()), header.strip(), line));
        headerStart = i + 1;
      } else if (c == '}' && !open.isEmpty()) {
        Open closed = open.pop();
        if (closed.kind() == Kind.BODY) {
          bodies.add(new Body(closed.header(), closed.line(), line - closed.line() + 1));
        }
        headerStart = i + 1;
      }
    }
    return bodies;
  }

  private static Kind kindOf(String header, @Nullable Open around) {
    if (around != null && around.kind() != Kind.TYPE) {
      return Kind.INNER;
    }
    if (TYPE_HEADER.matcher(header).find() || ENUM_CONSTANT.matcher(header).matches()) {
      return Kind.TYPE;
    }
    boolean anonymousClass = header.contains("=") && !header.strip().endsWith("->");
    return anonymousClass && header.strip().endsWith(")") ? Kind.TYPE : Kind.BODY;
  }
}
