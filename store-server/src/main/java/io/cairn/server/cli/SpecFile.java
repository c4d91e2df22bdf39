package io.cairn.server.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;

/**
 * A file of fields in YAML or JSON, which is YAML, too. What is wrong in it is gathered with its
 * line, and told at once. For one thread.
 */
final class SpecFile {
  /** More of them would not help. */
  private static final int TOLD_MAX = 5;

  private static final int CHARACTERS_MAX = 16 << 20;

  private static final Pattern ESCAPE = Pattern.compile("\\\\.");

  private record Wrong(int line, String what) {}

  private final String name;
  private final List<Wrong> wrong = new ArrayList<>();

  private SpecFile(String name) {
    this.name = name;
  }

  /** What a file is read into. */
  @FunctionalInterface
  interface Reader<T> {
    /** Asks for all fields that there may be. */
    T read(SpecFields fields);
  }

  /** Reads {@code text}, which came from {@code name}. */
  static <T> T read(String name, String text, Reader<T> reader) {
    SpecFile file = new SpecFile(name);
    Node root = file.parse(text);
    if (!(root instanceof MappingNode fields)) {
      throw file.failure("is no list of 'field: value'");
    }
    SpecFields top = new SpecFields(file, "", fields);
    T value = reader.read(top);
    top.end();
    file.check();
    return value;
  }

  private Node parse(String text) {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(CHARACTERS_MAX);
    String plain = isJson(text) ? asYaml(text) : text;
    try {
      @Nullable Node root = new Yaml(options).compose(new StringReader(plain));
      if (root == null) {
        throw failure("is empty");
      }
      return root;
    } catch (MarkedYAMLException e) {
      @Nullable Mark mark = e.getProblemMark();
      String at = mark == null ? "" : ":" + (mark.getLine() + 1);
      throw failure(at + ": is neither YAML nor JSON: " + e.getProblem());
    } catch (YAMLException e) {
      throw failure(
          "is neither YAML nor JSON: "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
  }

  private static boolean isJson(String text) {
    if (!text.stripLeading().startsWith("{")) {
      return false;
    }
    try (JsonParser tokens = new JsonFactory().createParser(text)) {
      while (tokens.nextToken() != null) {
        // to its end
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * JSON without the two things that YAML does not have: tabs between words, where JSON has its
   * only ones, and escaped slashes.
   */
  private static String asYaml(String json) {
    return ESCAPE
        .matcher(json.replace('\t', ' '))
        .replaceAll(
            found -> found.group().equals("\\/") ? "/" : Matcher.quoteReplacement(found.group()));
  }

  private CommandFailure failure(String what) {
    String gap = what.startsWith(":") ? "" : " ";
    return new CommandFailure(Exit.USAGE, name + gap + what + "; nothing was done");
  }

  /** Notes that something is wrong. */
  void wrong(Node node, String what) {
    wrong.add(new Wrong(line(node), what));
  }

  private static int line(Node node) {
    return Optional.ofNullable(node.getStartMark()).map(mark -> mark.getLine() + 1).orElse(1);
  }

  private void check() {
    if (wrong.isEmpty()) {
      return;
    }
    String told =
        wrong.stream()
            .sorted(Comparator.comparingInt(Wrong::line))
            .limit(TOLD_MAX)
            .map(one -> "%s:%d: %s".formatted(name, one.line(), one.what()))
            .collect(Collectors.joining("; "));
    int more = wrong.size() - TOLD_MAX;
    throw new CommandFailure(
        Exit.USAGE, told + (more > 0 ? "; and " + more + " more" : "") + "; nothing was done");
  }
}
