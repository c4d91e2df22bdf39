package io.cairn.chaos.run;

import io.cairn.chaos.check.Validity;
import io.cairn.chaos.check.Verdict;
import io.cairn.chaos.cluster.OwnExit;
import io.cairn.chaos.fault.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Servers that ended by themselves, and what their logs say of broken invariants.
 *
 * <ul>
 *   <li>own-exit: a server ended with a code that no fault of the run explains. Ended by a signal
 *       that the run did not send, it leaves the run unknown: somebody else killed it.
 *   <li>two-leaders, cuts-applied, applies-older, applies-damage: the Raft library of a server says
 *       so, under whatever fault.
 * </ul>
 */
final class ExitCheck {
  private static final int EXAMPLES_MAX = 8;
  private static final int LINE_CHARACTERS_MAX = 300;

  /** SIGHUP, SIGINT, SIGKILL, SIGTERM. */
  private static final Set<Integer> SIGNALS = Set.of(129, 130, 137, 143);

  /** What a server's log says of a broken invariant, and its name here. */
  private static final Map<String, String> BROKEN =
      Map.of(
          "which was occupied by leader", "two-leaders",
          "Can't truncate logs before appliedId", "cuts-applied",
          "is not behind the applied index", "applies-older",
          "meet critical error when applying", "applies-damage");

  private final Map<String, Long> wrong = new TreeMap<>();
  private final List<Object> examples = new ArrayList<>();
  private final List<Object> unsure = new ArrayList<>();

  private ExitCheck() {}

  /** Judges ends and logs, by node, of a run with these faults. */
  static Verdict of(List<Fault> faults, List<OwnExit> exits, Map<String, Path> logs) {
    ExitCheck check = new ExitCheck();
    long allowed = 0;
    for (OwnExit exit : exits) {
      allowed += check.isAllowed(exit, faults) ? 1 : 0;
    }
    logs.forEach(check::read);
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("own-exits", (long) exits.size());
    details.put("allowed", allowed);
    if (!check.wrong.isEmpty()) {
      details.put("wrong", check.wrong);
      details.put("examples", check.examples);
    }
    if (!check.unsure.isEmpty()) {
      details.put("unsure", check.unsure);
    }
    Validity sure = check.unsure.isEmpty() ? Validity.VALID : Validity.UNKNOWN;
    return new Verdict(check.wrong.isEmpty() ? sure : Validity.INVALID, details);
  }

  private boolean isAllowed(OwnExit exit, List<Fault> faults) {
    if (faults.stream().anyMatch(fault -> fault.allowsExit(exit.code()))) {
      return true;
    }
    if (SIGNALS.contains(exit.code())) {
      unsure.add("%s was ended by a signal: %d".formatted(exit.node(), exit.code()));
    } else {
      wrong("own-exit", exit.node(), exit.lastLine(), (long) exit.code());
    }
    return false;
  }

  private void wrong(String kind, String node, String line, @Nullable Long code) {
    wrong.merge(kind, 1L, Long::sum);
    if (examples.size() < EXAMPLES_MAX) {
      Map<String, Object> example = new LinkedHashMap<>();
      example.put("kind", kind);
      example.put("node", node);
      if (code != null) {
        example.put("exit-code", code);
      }
      example.put("logged", shortened(line));
      examples.add(example);
    }
  }

  /** Not by the checks of a decoder: a killed process may leave half a character. */
  private void read(String node, Path log) {
    if (!Files.isRegularFile(log)) {
      return;
    }
    try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
      lines.forEach(
          line ->
              BROKEN.forEach(
                  (text, kind) -> {
                    if (line.contains(text)) {
                      wrong(kind, node, line, null);
                    }
                  }));
    } catch (IOException e) {
      unsure.add("the log of %s cannot be read: %s".formatted(node, e));
    }
  }

  private static String shortened(String line) {
    return line.length() <= LINE_CHARACTERS_MAX
        ? line
        : line.substring(0, LINE_CHARACTERS_MAX) + "...";
  }
}
