package io.cairn.bench;

import io.cairn.bench.compare.Cell;
import io.cairn.bench.compare.Plan;
import io.cairn.bench.compare.Work;
import io.cairn.bench.engine.Pace;
import io.cairn.bench.load.PutLoad;
import io.cairn.bench.peers.StoreKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/** Options of {@code peers}. */
final class PeersOptions {
  private static final int MINUTES_MAX = 1_440;
  private static final int ROUNDS_MAX = 100;
  private static final int WARMUP_SECONDS_MAX = 3_600;
  private static final String NONE = "none";

  @Option(names = "--minutes", defaultValue = "10", description = "How long all of it takes.")
  private double minutes;

  @Option(
      names = "--peers",
      split = ",",
      defaultValue = "etcd,zookeeper,postgres",
      description = "Stores beside Cairn: etcd, zookeeper, postgres, or none.")
  private List<String> peers = List.of();

  @Option(
      names = "--work",
      split = ",",
      defaultValue = "puts,gets,checkpoints",
      description =
          "What is measured: puts, gets, serializable-gets, checkpoints, appends, mixed, watches,"
              + " leases.")
  private List<String> works = List.of();

  @Option(
      names = "--values",
      split = ",",
      description = "Bytes of values (256; checkpoints 65536,1048576; appends 128).")
  private List<Integer> values = List.of();

  @Option(
      names = "--outstanding",
      split = ",",
      description = "Closed loops: calls under way at a time (1,16,64,256; checkpoints 1,16).")
  private List<Integer> outstanding = List.of();

  @Option(
      names = "--rates",
      split = ",",
      description = "Open loops instead: calls per second, timed from when they were due.")
  private List<Integer> rates = List.of();

  @Option(names = "--rounds", defaultValue = "3", description = "Turns of each store.")
  private int rounds;

  @Option(
      names = "--warmup",
      defaultValue = "30",
      description = "Seconds of load on each store before its first turn.")
  private int warmup;

  @Option(names = "--json", description = "File for all figures of all rounds.")
  Optional<Path> json = Optional.empty();

  @Option(names = "--out", description = "Folder for report.html and report.json.")
  Optional<Path> out = Optional.empty();

  /** What is to be measured; refuses what cannot be. */
  Plan plan() {
    PutLoad.require("minutes", (long) Math.floor(minutes), 0, MINUTES_MAX);
    PutLoad.require("rounds", rounds, 1, ROUNDS_MAX);
    PutLoad.require("warmup", warmup, 0, WARMUP_SECONDS_MAX);
    if (!rates.isEmpty() && !outstanding.isEmpty()) {
      throw new IllegalArgumentException(
          "--rates is for open loops, --outstanding for closed ones: give one of them");
    }
    json.ifPresent(PeersOptions::requireFolderOf);
    out.ifPresent(PeersOptions::requireNoFile);
    return Plan.within(minutes, stores(peers), cells(), rounds, warmup);
  }

  /** Refuses a place for a folder where a file is. */
  static void requireNoFile(Path folder) {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new IllegalArgumentException("--out is " + folder + ", which is no folder");
    }
  }

  private static void requireFolderOf(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file)) {
      throw new IllegalArgumentException("--json is " + file + ": no file can be written there");
    }
  }

  /** Cairn, and those named. */
  static List<StoreKind> stores(List<String> peers) {
    Set<StoreKind> stores = new LinkedHashSet<>();
    stores.add(StoreKind.CAIRN);
    for (String name : peers) {
      if (!name.equals(NONE)) {
        stores.add(StoreKind.of(name));
      } else if (peers.size() > 1) {
        throw new IllegalArgumentException("--peers is none, and others: give one of them");
      }
    }
    return List.copyOf(stores);
  }

  private List<Cell> cells() {
    Set<Cell> cells = new LinkedHashSet<>();
    for (String name : works) {
      Work work = Work.of(name);
      for (int bytes : values.isEmpty() ? work.valueBytes() : values) {
        for (Pace pace : paces(work)) {
          cells.add(new Cell(work, work == Work.LEASES ? 0 : bytes, pace));
        }
      }
    }
    return List.copyOf(cells);
  }

  private List<Pace> paces(Work work) {
    List<Pace> paces = new ArrayList<>();
    rates.forEach(rate -> paces.add(new Pace.Open(rate)));
    if (rates.isEmpty()) {
      (outstanding.isEmpty() ? work.outstanding() : outstanding)
          .forEach(count -> paces.add(new Pace.Closed(count)));
    }
    return paces;
  }
}
