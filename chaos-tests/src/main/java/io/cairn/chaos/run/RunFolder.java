package io.cairn.chaos.run;

import io.cairn.chaos.check.Premises;
import io.cairn.chaos.cluster.Cluster;
import io.cairn.chaos.cluster.TestNode;
import io.cairn.chaos.history.EdnText;
import io.cairn.chaos.history.HistoryWriter;
import io.cairn.chaos.history.Op;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import us.bpsm.edn.EdnException;
import us.bpsm.edn.Keyword;
import us.bpsm.edn.parser.Parsers;

/** The folder of a run: what was to be done, what happened, and what that says. */
public final class RunFolder {
  /** The history. */
  public static final String HISTORY = "history.edn";

  private static final String TEST = "test.edn";

  /** Field of {@link #TEST}: {@link Premises#clockFastPpm}, by which the history was judged. */
  private static final String CLOCK_FAST = "clock-fast-ppm";

  private final Path folder;

  private RunFolder(Path folder) {
    this.folder = folder;
  }

  /** A new folder; an IllegalArgumentException if something is there. */
  public static RunFolder create(Path folder) {
    if (Files.exists(folder)) {
      throw new IllegalArgumentException(
          folder + " exists already: give --out a folder that does not");
    }
    try {
      return new RunFolder(Files.createDirectories(folder.toAbsolutePath()));
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot make the folder " + folder + ": " + e, e);
    }
  }

  /** Where it is. */
  public Path path() {
    return folder;
  }

  /**
   * Writes {@code test.edn}: the options, the planted bug if the server had one, and where they
   * were used.
   */
  public void writeTest(RunOptions options, Optional<String> mutant, Map<String, Object> machine) {
    Map<String, Object> test = new LinkedHashMap<>(options.values());
    mutant.ifPresent(name -> test.put("mutant", name));
    test.put("command", mutant.isPresent() ? "./cairn chaos replay DIR" : options.command());
    test.put(CLOCK_FAST, options.premises().clockFastPpm());
    test.put("machine", machine);
    write(TEST, lines(test));
  }

  /** What {@code test.edn} of a run says, by the names of its keywords. */
  public static Map<String, Object> readTest(Path folder) throws IOException {
    try (Reader text = Files.newBufferedReader(folder.resolve(TEST))) {
      Object value =
          Parsers.newParser(Parsers.defaultConfiguration()).nextValue(Parsers.newParseable(text));
      if (!(value instanceof Map<?, ?> map)) {
        throw new IllegalArgumentException("test.edn is no map");
      }
      Map<String, Object> fields = new LinkedHashMap<>();
      map.forEach(
          (key, of) ->
              fields.put(key instanceof Keyword word ? word.getName() : String.valueOf(key), of));
      return fields;
    } catch (EdnException e) {
      throw new IllegalArgumentException("test.edn is no EDN: " + e.getMessage(), e);
    }
  }

  /**
   * What a checker may take for granted of a history: what {@code test.edn} beside it says, if that
   * is of a run of the same workload.
   *
   * @throws IllegalArgumentException if it is no EDN
   */
  public static Premises premisesOf(Path history, String workload) throws IOException {
    Path folder = Objects.requireNonNullElse(history.toAbsolutePath().getParent(), history);
    if (!Files.isRegularFile(folder.resolve(TEST))) {
      return Premises.NONE;
    }
    Map<String, Object> test = readTest(folder);
    return workload.equals(test.get("workload")) && test.get(CLOCK_FAST) instanceof Long ppm
        ? Premises.ofRun(ppm)
        : Premises.NONE;
  }

  /** Writes the history, for programs and for people. */
  public void writeHistory(List<Op> ops) {
    try (HistoryWriter edn = new HistoryWriter(folder.resolve(HISTORY));
        BufferedWriter text = Files.newBufferedWriter(folder.resolve("history.txt"))) {
      for (Op op : ops) {
        edn.write(op);
        text.write(line(op));
        text.newLine();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the history", e);
    }
  }

  private static String line(Op op) {
    String process = op.isClient() ? Long.toString(op.process()) : "nemesis";
    String extras = op.extras().isEmpty() ? "" : "  " + EdnText.of(op.extras());
    return String.format(
        Locale.ROOT,
        "%12.6f  %-8s %-7s %-14s %s%s",
        op.timeNanos() / 1e9,
        process,
        op.isClient() ? op.type().text() : "",
        op.f(),
        EdnText.of(op.value()),
        extras);
  }

  /** Writes {@code results.edn}. */
  public void writeResults(Map<String, Object> results) {
    write("results.edn", lines(results));
  }

  /** Takes over the logs of nodes that are not in the folder anyway. Returns them by node. */
  public Map<String, Path> takeLogs(Cluster cluster) {
    Map<String, Path> logs = new LinkedHashMap<>();
    for (TestNode node : cluster.nodes()) {
      Path log = cluster.log(node).toAbsolutePath();
      if (!Files.isRegularFile(log)) {
        continue;
      }
      Path place = log;
      if (!log.startsWith(folder)) {
        try {
          place = Files.createDirectories(folder.resolve("logs")).resolve(node.name() + ".log");
          Files.copy(log, place);
        } catch (IOException e) {
          throw new UncheckedIOException("cannot copy " + log, e);
        }
      }
      logs.put(node.name(), folder.relativize(place));
    }
    return logs;
  }

  private void write(String name, String text) {
    try {
      Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + name, e);
    }
  }

  /** A map as EDN, one entry a line. */
  private static String lines(Map<String, Object> map) {
    StringBuilder text = new StringBuilder("{");
    String gap = "";
    for (Map.Entry<String, Object> entry : map.entrySet()) {
      text.append(gap).append(':').append(entry.getKey()).append(' ');
      text.append(EdnText.of(entry.getValue()));
      gap = ",\n ";
    }
    return text.append("}\n").toString();
  }
}
