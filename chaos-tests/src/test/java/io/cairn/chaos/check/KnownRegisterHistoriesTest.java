package io.cairn.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Registers with known verdicts, in the manner of the examples of Porcupine and of Knossos. A line
 * is a history: {@code (} begins and {@code )} ends what a process does, {@code ?} ends it with
 * nobody knowing, {@code x} in failure. {@code 0(w1} is process 0 that begins to write 1, {@code
 * 0)} its end; {@code 1)r1} a read of 1 that ends; {@code c12} is a cas of 1 by 2, {@code n}
 * nothing.
 */
class KnownRegisterHistoriesTest {
  @ParameterizedTest
  @CsvSource({
    // Porcupine: a read beside a write may see it or not, and no later one may go back.
    "3(w0 3) 0(w9 1(r 1)r9 0) 2(r 2)r0,                           false",
    "3(w0 3) 0(w9 1(r 1)r9 2(r 2)r0 0),                           false",
    "3(w0 3) 0(w9 1(r 2(r 2)r0 1)r9 0),                           true",
    "3(w0 3) 0(w9 2(r 2)r0 1(r 1)r9 0),                           true",
    "3(w0 3) 0(w9 0) 1(r 1)r0,                                    false",
    // Nobody has written yet.
    "0(r 0)rn,                                                    true",
    "0(r 0)r1 0(w1 0),                                            false",
    "0(r 1(w1 1) 0)r1,                                            true",
    "0(r 1(w1 1) 0)rn,                                            true",
    "1(w1 1) 0(r 0)rn,                                            false",
    // Knossos: what crashed may take effect at any time since, or never.
    "0(w1 0) 1(w2 1? 0(r 0)r1,                                    true",
    "0(w1 0) 1(w2 1? 0(r 0)r2,                                    true",
    "0(w1 0) 1(w2 1? 0(r 0)r1 0(r 0)r2 0(r 0)r2,                  true",
    "0(w1 0) 1(w2 1? 0(r 0)r2 0(r 0)r1,                           false",
    "0(w1 0) 1(w2 1? 0(r 0)r2 0(w1 0) 0(r 0)r2,                   false",
    "0(w1 0) 1(w2 1? 2(w2 2? 0(r 0)r2 0(w1 0) 0(r 0)r2,           true",
    "0(w1 0) 1(w2 1x 0(r 0)r2,                                    false",
    "0(w1 0) 1(w2 1x 0(r 0)r1,                                    true",
    "0(w1 0) 1(w2 0(r 0)r2,                                       true",
    "0(w1 0) 0(r 0)r2 1(w2 1),                                    false",
    // Of two that swap the same value only one can have found it.
    "0(w1 0) 0(c12 1(c13 0) 1) 2(r 2)r3,                          false",
    "0(w1 0) 0(c12 1(c13 0) 1x 2(r 2)r2,                          true",
    "0(w1 0) 0(c12 1(c21 0) 1) 2(r 2)r1,                          true",
    "0(w1 0) 0(c12 1(c23 0) 1) 2(r 2)r1,                          false",
    "0(w1 0) 0(c21 0),                                            false",
    "0(w1 0) 0(c12 0? 1(r 1)r2 1(r 1)r1,                          false",
    "0(w1 0) 0(c12 0? 1(r 1)r1 1(r 1)r2,                          true",
    "0(c12 0? 1(w1 1) 1(r 1)r2,                                   true",
    "0(d 1(w1 1) 0) 2(r 2)rn,                                     true",
    "0(w1 0) 0(d 0) 2(r 2)r1,                                     false",
    // Two writes beside each other: readers must agree which came first.
    "0(w1 1(w2 0) 1) 2(r 2)r1 3(r 3)r2,                           false",
    "0(w1 1(w2 0) 1) 2(r 2)r1 3(r 3)r1,                           true",
    "0(w1 1(w2 2(r 2)r1 2(r 2)r2 0) 1) 3(r 3)r1,                  false",
    "0(w1 1(w2 2(r 2)r2 2(r 2)r1 0) 1) 3(r 3)r1,                  true",
    // Dekker: each reads before the other's write, of one key that cannot be.
    "0(w1 0) 1(w2 1) 0(r 1(r 0)r1 1)r2,                           false",
    // Nothing is told.
    "0(w1 0) 1(w2 1),                                             :unknown",
    "0(r 0? 1(w2 1),                                              :unknown",
  })
  void verdictIsTheKnownOne(String history, String valid) {
    assertThat(Checkers.check("register", Histories.of(lines(history))).toMap().get("valid?"))
        .asString()
        .isEqualTo(valid);
  }

  private static String[] lines(String history) {
    List<String> lines = new ArrayList<>();
    String[] open = new String[10];
    for (String step : history.strip().split(" ", -1)) {
      int process = step.charAt(0) - '0';
      String told = step.substring(2);
      switch (step.charAt(1)) {
        case '(' -> {
          open[process] = operation(told);
          lines.add(process + " invoke " + open[process]);
        }
        case ')' ->
            lines.add(process + " ok " + (told.isEmpty() ? open[process] : operation(told)));
        case '?' -> lines.add(process + " info " + open[process]);
        default -> lines.add(process + " fail " + open[process]);
      }
    }
    return lines.toArray(new String[0]);
  }

  private static String operation(String told) {
    return switch (told.charAt(0)) {
      case 'w' -> "write " + told.charAt(1);
      case 'c' -> "cas [" + told.charAt(1) + " " + told.charAt(2) + "]";
      case 'd' -> "delete nil";
      default ->
          "read "
              + (told.length() == 1 ? "nil" : told.equals("rn") ? ":absent" : told.substring(1));
    };
  }
}
