package io.cairn.server.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import picocli.CommandLine.TypeConversionException;

/**
 * The fields of one mapping in a {@link SpecFile}. Each is asked for by its name and type; one that
 * nobody asked for is wrong. What is wrong is noted, and counts as absent. For one thread.
 */
final class SpecFields {
  private static final Pattern BYTES = Pattern.compile("(\\d{1,15}) ?(B|KiB|MiB|GiB)?");

  private final SpecFile file;
  private final String path;
  private final MappingNode node;
  private final Map<String, Node> values = new LinkedHashMap<>();
  private final Map<String, Node> names = new LinkedHashMap<>();
  private final Set<String> asked = new LinkedHashSet<>();

  /** The fields of {@code node}, which stands at {@code path} in the file. */
  SpecFields(SpecFile file, String path, MappingNode node) {
    this.file = file;
    this.path = path;
    this.node = node;
    for (NodeTuple entry : node.getValue()) {
      String name = entry.getKeyNode() instanceof ScalarNode key ? key.getValue() : "?";
      if (values.put(name, entry.getValueNode()) != null) {
        file.wrong(entry.getKeyNode(), "%s is there twice".formatted(at(name)));
      }
      names.put(name, entry.getKeyNode());
    }
  }

  private String at(String field) {
    return path.isEmpty() ? "'" + field + "'" : "'" + path + "." + field + "'";
  }

  private Optional<Node> value(String field) {
    asked.add(field);
    return Optional.ofNullable(values.get(field)).filter(value -> !value.getTag().equals(Tag.NULL));
  }

  /** Notes that the value of {@code field} is wrong, at its line or at that of the mapping. */
  void wrong(String field, String what) {
    file.wrong(values.getOrDefault(field, node), at(field) + " " + what);
  }

  /** True if the field is there. */
  boolean has(String field) {
    return value(field).isPresent();
  }

  /** Notes that {@code field} is missing unless it is there. */
  void need(String field) {
    if (!has(field)) {
      file.wrong(node, at(field) + " is missing");
    }
  }

  private <T> Optional<T> scalar(String field, String kind, Function<String, Optional<T>> reader) {
    Optional<Node> value = value(field);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    Optional<T> read =
        value.get() instanceof ScalarNode scalar
            ? reader.apply(scalar.getValue())
            : Optional.empty();
    if (read.isEmpty()) {
      String is = value.get() instanceof ScalarNode scalar ? "'" + scalar.getValue() + "', " : "";
      wrong(field, "is %sno %s".formatted(is, kind));
    }
    return read;
  }

  /** A text. */
  Optional<String> text(String field) {
    return scalar(field, "text", Optional::of);
  }

  /** A whole number. */
  Optional<Integer> number(String field) {
    return scalar(field, "whole number", text -> parsed(() -> Integer.parseInt(text)));
  }

  /** A whole number that may be large. */
  Optional<Long> large(String field) {
    return scalar(field, "whole number", text -> parsed(() -> Long.parseLong(text)));
  }

  /** A number. */
  Optional<Double> fraction(String field) {
    return scalar(
        field,
        "number",
        text -> parsed(() -> Double.parseDouble(text)).filter(value -> Double.isFinite(value)));
  }

  /** True or false. */
  Optional<Boolean> flag(String field) {
    return scalar(
        field,
        "true or false",
        text ->
            text.equals("true") || text.equals("false")
                ? Optional.of(text.equals("true"))
                : Optional.empty());
  }

  /** A duration as on the command line. */
  Optional<Duration> duration(String field) {
    return scalar(
        field,
        "duration such as 500ms, 5s, 2m or 1h",
        text -> {
          try {
            return Optional.of(new Durations().convert(text));
          } catch (TypeConversionException e) {
            return Optional.empty();
          }
        });
  }

  /** A number of bytes, perhaps with a unit. */
  Optional<Long> bytes(String field) {
    return scalar(
        field,
        "number of bytes such as 500 or 64KiB",
        text -> {
          Matcher matcher = BYTES.matcher(text.strip());
          if (!matcher.matches()) {
            return Optional.empty();
          }
          long count = Long.parseLong(matcher.group(1));
          String unit = Optional.ofNullable(matcher.group(2)).orElse("B");
          int shift = 10 * List.of("B", "KiB", "MiB", "GiB").indexOf(unit);
          return parsed(() -> Math.multiplyExact(count, 1L << shift));
        });
  }

  /** One of the constants, but for those of a newer server. */
  <E extends Enum<E>> Optional<E> oneOf(String field, Class<E> type) {
    return scalar(field, "one of " + constants(type), text -> constant(text, type));
  }

  private static <E extends Enum<E>> Optional<E> constant(String text, Class<E> type) {
    return Arrays.stream(type.getEnumConstants())
        .filter(value -> value.name().equals(text.toUpperCase(Locale.ROOT)))
        .filter(value -> !value.name().equals("UNKNOWN"))
        .findFirst();
  }

  private static <E extends Enum<E>> String constants(Class<E> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(Enum::name)
        .filter(name -> !name.equals("UNKNOWN"))
        .collect(Collectors.joining(", "));
  }

  /** A list of texts. */
  List<String> texts(String field) {
    List<String> texts = new ArrayList<>();
    for (Node item : items(field)) {
      if (item instanceof ScalarNode text) {
        texts.add(text.getValue());
      } else {
        file.wrong(item, at(field) + " holds something that is no text");
      }
    }
    return texts;
  }

  /** A list of constants. */
  <E extends Enum<E>> List<E> eachOf(String field, Class<E> type) {
    List<E> constants = new ArrayList<>();
    for (String text : texts(field)) {
      Optional<E> constant = constant(text, type);
      constant.ifPresent(constants::add);
      if (constant.isEmpty()) {
        wrong(field, "holds '%s', no one of %s".formatted(text, constants(type)));
      }
    }
    return constants;
  }

  /** Texts by name. */
  Map<String, String> named(String field) {
    Map<String, String> named = new LinkedHashMap<>();
    within(
        field,
        inner -> {
          List.copyOf(inner.values.keySet())
              .forEach(name -> inner.text(name).ifPresent(text -> named.put(name, text)));
          return named;
        });
    return named;
  }

  /** A mapping. */
  <T> Optional<T> within(String field, SpecFile.Reader<T> reader) {
    Optional<Node> value = value(field);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    return mapping(value.get(), path.isEmpty() ? field : path + "." + field, reader);
  }

  /** A list of mappings, in which {@code orText}, if it is given, reads what is a text instead. */
  <T> List<T> each(String field, SpecFile.Reader<T> reader, Optional<Function<String, T>> orText) {
    List<T> read = new ArrayList<>();
    List<Node> items = items(field);
    for (int i = 0; i < items.size(); i++) {
      if (orText.isPresent() && items.get(i) instanceof ScalarNode text) {
        read.add(orText.get().apply(text.getValue()));
      } else {
        String where = (path.isEmpty() ? field : path + "." + field) + "[" + i + "]";
        mapping(items.get(i), where, reader).ifPresent(read::add);
      }
    }
    return read;
  }

  private <T> Optional<T> mapping(Node value, String where, SpecFile.Reader<T> reader) {
    if (!(value instanceof MappingNode inner)) {
      file.wrong(value, "'%s' is no list of 'field: value'".formatted(where));
      return Optional.empty();
    }
    SpecFields fields = new SpecFields(file, where, inner);
    T read = reader.read(fields);
    fields.end();
    return Optional.of(read);
  }

  private List<Node> items(String field) {
    Optional<Node> value = value(field);
    if (value.isEmpty()) {
      return List.of();
    }
    if (value.get() instanceof SequenceNode list) {
      return list.getValue();
    }
    wrong(field, "is no list");
    return List.of();
  }

  /** Notes the fields that nobody asked for. */
  void end() {
    names.forEach(
        (name, key) -> {
          if (!asked.contains(name)) {
            file.wrong(
                key,
                "unknown field '%s'%s; there are %s"
                    .formatted(
                        name,
                        path.isEmpty() ? "" : " in '" + path + "'",
                        String.join(", ", asked)));
          }
        });
  }

  private static <T> Optional<T> parsed(java.util.function.Supplier<T> reader) {
    try {
      return Optional.of(reader.get());
    } catch (NumberFormatException | ArithmeticException e) {
      return Optional.empty();
    }
  }
}
