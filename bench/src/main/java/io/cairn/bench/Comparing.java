package io.cairn.bench;

import io.cairn.bench.compare.Comparison;
import io.cairn.bench.compare.ComparisonJson;
import io.cairn.bench.compare.ComparisonPage;
import io.cairn.bench.compare.ComparisonTable;
import io.cairn.bench.compare.FailoverReport;
import io.cairn.bench.compare.Failovers;
import io.cairn.bench.compare.Fault;
import io.cairn.bench.compare.Plan;
import io.cairn.bench.compare.Rounds;
import io.cairn.bench.nodes.BenchFailure;
import io.cairn.bench.nodes.Machine;
import io.cairn.bench.nodes.MachineFacts;
import io.cairn.bench.peers.StoreCluster;
import io.cairn.bench.peers.StoreKind;
import io.cairn.bench.report.Figures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Runs what has other stores beside Cairn, and writes the reports. */
final class Comparing {
  private final Path launcher;
  private final Optional<Path> dir;
  private final Consumer<String> progress;

  Comparing(Path launcher, Optional<Path> dir, Consumer<String> progress) {
    this.launcher = launcher;
    this.dir = dir;
    this.progress = progress;
  }

  /** Loads in turn. Returns the table, or the JSON. */
  String peers(Plan plan, Optional<Path> json, Optional<Path> out, boolean isJson) {
    double loadBefore = Machine.load();
    try (Rounds rounds = new Rounds(launcher, dir, progress)) {
      Comparison found = rounds.run(plan);
      Map<String, String> machine = machine(rounds, loadBefore);
      String object = ComparisonJson.of(found, machine);
      json.ifPresent(file -> write(file, object));
      out.ifPresent(
          folder -> {
            write(folder.resolve("report.json"), object);
            page(folder, ComparisonPage.of(found, machine));
          });
      return isJson ? object : ComparisonTable.of(found);
    }
  }

  /** Faults of leaders, one store after the other. */
  Figures failover(List<StoreKind> kinds, Fault fault, int repeats, Optional<Path> out) {
    double loadBefore = Machine.load();
    FailoverReport report = new FailoverReport(fault);
    try (Rounds rounds = new Rounds(launcher, dir, progress)) {
      Map<String, String> machine = machine(rounds, loadBefore);
      for (StoreKind kind : kinds) {
        if (kind == StoreKind.POSTGRES) {
          report.skip(kind, "one server, nobody takes over");
          progress.accept("SKIPPED postgres: one server, nobody takes over");
          continue;
        }
        Comparison started = new Comparison(new Plan(kinds, List.of(), 1, 0, 0));
        Optional<StoreCluster> store = rounds.start(kind, started);
        started.missing().forEach(report::skip);
        store.ifPresent(
            running -> {
              report.add(started.stores().get(0), Failovers.run(running, fault, repeats, progress));
              running.freeze();
            });
      }
      out.ifPresent(folder -> page(folder, report.page(machine)));
    }
    return report.figures().putAll(Machine.figures(loadBefore));
  }

  private static Map<String, String> machine(Rounds rounds, double loadBefore) {
    Map<String, String> machine = MachineFacts.of(rounds.folder());
    machine.put(
        "load over a minute",
        String.format(Locale.ROOT, "%.1f before, %.1f after", loadBefore, Machine.load()));
    return machine;
  }

  private void page(Path folder, String html) {
    write(folder.resolve("report.html"), html);
    progress.accept("report: " + folder.resolve("report.html"));
  }

  private static void write(Path file, String text) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new BenchFailure("cannot write " + e.getMessage(), e);
    }
  }
}
