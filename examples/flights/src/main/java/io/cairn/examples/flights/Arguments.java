package io.cairn.examples.flights;

import java.util.HashMap;
import java.util.Map;

/** {@code --name value} pairs of a command line, each taken once. For one thread. */
final class Arguments {
  private final Map<String, String> given = new HashMap<>();

  /** Reads the pairs. */
  Arguments(String... arguments) {
    for (int i = 0; i < arguments.length; i += 2) {
      if (!arguments[i].startsWith("--") || i + 1 == arguments.length) {
        throw new IllegalArgumentException("expected --name value, found " + arguments[i]);
      }
      given.put(arguments[i].substring(2), arguments[i + 1]);
    }
  }

  /** A value, or what holds when it was not given. */
  String take(String name, String otherwise) {
    String value = given.remove(name);
    return value == null ? otherwise : value;
  }

  /** A whole number within bounds, or what holds when it was not given. */
  int take(String name, int otherwise, int least, int most) {
    String value = take(name, Integer.toString(otherwise));
    int number = Integer.parseInt(value);
    if (number < least || number > most) {
      throw new IllegalArgumentException(
          "--%s is %d, must be %d to %d".formatted(name, number, least, most));
    }
    return number;
  }

  /** Refuses pairs that nobody took. */
  void end() {
    if (!given.isEmpty()) {
      throw new IllegalArgumentException("unknown settings: " + given.keySet());
    }
  }
}
