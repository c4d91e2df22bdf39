package io.cairn.bench.compare;

import io.cairn.bench.engine.LoadRun;
import io.cairn.bench.engine.Measured;
import io.cairn.bench.engine.Operation;
import io.cairn.bench.engine.Pace;
import io.cairn.bench.engine.Window;
import io.cairn.bench.nodes.BenchFailure;
import io.cairn.bench.nodes.Daemon;
import io.cairn.bench.nodes.Device;
import io.cairn.bench.nodes.Pause;
import io.cairn.bench.nodes.ProcessUse;
import io.cairn.bench.nodes.WorkFolder;
import io.cairn.bench.peers.StoreClient;
import io.cairn.bench.peers.StoreCluster;
import io.cairn.bench.peers.StoreKind;
import io.cairn.bench.peers.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Measures a plan. All stores run from the beginning, and all but the one whose turn it is are
 * frozen, so that they cost nothing. For one thread.
 */
public final class Rounds implements AutoCloseable {
  private static final int WARMUP_OUTSTANDING = 32;
  private static final long SERVES_SECONDS_MAX = 60;
  private static final long POLL_MILLIS = 50;

  private final Path launcher;
  private final Path folder;
  private final Consumer<String> progress;
  private final List<StoreCluster> running = new CopyOnWriteArrayList<>();

  /**
   * Measures in a folder.
   *
   * @param wanted a folder that is empty or absent; without, a temporary one
   */
  public Rounds(Path launcher, Optional<Path> wanted, Consumer<String> progress) {
    this.launcher = launcher;
    this.folder = WorkFolder.claim(wanted);
    this.progress = progress;
    Runtime.getRuntime().addShutdownHook(new Thread(this::clear, "cairn-bench-stores-clear"));
    try {
      // A server that runs as another user has to get through.
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    } catch (IOException e) {
      throw new BenchFailure("cannot use the folder " + folder + ": " + e.getMessage(), e);
    }
  }

  /** The folder with all that is kept. */
  public Path folder() {
    return folder;
  }

  /** Starts a store, which is ready and not frozen on return; empty, and told, if it is missing. */
  public Optional<StoreCluster> start(StoreKind kind, Comparison found) {
    Optional<String> missing = Stores.missing(kind);
    if (missing.isPresent()) {
      found.isMissing(kind, missing.get());
      progress.accept("SKIPPED " + kind.label() + ": " + missing.get());
      return Optional.empty();
    }
    try {
      Path place = Files.createDirectories(folder.resolve(kind.label()));
      StoreCluster store = Stores.start(kind, launcher, place);
      running.add(store);
      found.started(new Comparison.Store(kind, store.version(), store.setup()));
      progress.accept("%s %s: %s".formatted(kind.label(), store.version(), store.setup()));
      return Optional.of(store);
    } catch (IOException e) {
      throw new BenchFailure("cannot make a folder: " + e.getMessage(), e);
    }
  }

  /** Measures everything. */
  public Comparison run(Plan plan) {
    Comparison found = new Comparison(plan);
    List<StoreCluster> stores = new ArrayList<>();
    for (StoreKind kind : plan.stores()) {
      start(kind, found)
          .ifPresent(
              store -> {
                prepare(store, plan);
                rest(store);
                stores.add(store);
              });
    }
    for (int round = 1; round <= plan.rounds(); round++) {
      for (StoreCluster store : stores) {
        turn(store, plan, round, found);
      }
    }
    return found;
  }

  /** Writes what will be read, and warms up with all works in turn. */
  private void prepare(StoreCluster store, Plan plan) {
    List<Cell> cells =
        plan.cells().stream().filter(cell -> cell.leftOut(store.kind()).isEmpty()).toList();
    try (StoreClient client = store.connect()) {
      cells.stream()
          .filter(cell -> cell.work().readsKeys() || cell.work() == Work.PUTS)
          .map(cell -> new Cell(Work.PUTS, cell.valueBytes(), new Pace.Closed(1)))
          .distinct()
          .forEach(cell -> new Workload(cell, client).fill());
    }
    List<Cell> loads =
        cells.stream()
            .map(cell -> new Cell(cell.work(), cell.valueBytes(), warmup(cell)))
            .distinct()
            .toList();
    for (Cell cell : loads) {
      measure(store, cell, 0, 1e3 * plan.warmupSeconds() / loads.size());
    }
  }

  private static Pace warmup(Cell cell) {
    return new Pace.Closed(Math.min(WARMUP_OUTSTANDING, cell.pace().outstandingMax()));
  }

  private void turn(StoreCluster store, Plan plan, int round, Comparison found) {
    store.thaw();
    awaitServing(store);
    Cell first = plan.cells().get(0);
    if (first.leftOut(store.kind()).isEmpty()) {
      Cell load = new Cell(first.work(), first.valueBytes(), warmup(first));
      measure(store, load, 0, 1e3 * Plan.TURN_WARMUP_SECONDS);
    }
    for (Cell cell : plan.cells()) {
      Optional<String> leftOut = cell.leftOut(store.kind());
      if (leftOut.isPresent()) {
        found.isLeftOut(cell, store.kind(), leftOut.get());
        if (round == 1) {
          progress.accept(
              "SKIPPED %s, %s, %s: %s"
                  .formatted(
                      store.kind().label(), cell.title(), cell.pace().label(), leftOut.get()));
        }
        continue;
      }
      Sample sample = measure(store, cell, 1e3 * Plan.RAMP_SECONDS, 1e3 * plan.cellSeconds());
      found.add(cell, store.kind(), sample);
      progress.accept(
          String.format(
              Locale.ROOT,
              "round %d of %d, %s, %s, %s: %,.0f/s, p99 %.1f ms%s",
              round,
              plan.rounds(),
              store.kind().label(),
              cell.title(),
              cell.pace().label(),
              sample.perSecond(),
              sample.millis(99),
              sample.failed() == 0
                  ? ""
                  : ", " + sample.failed() + " FAILED: " + sample.firstError()));
    }
    rest(store);
  }

  /** From here on it costs the others nothing, neither processors nor the disk. */
  private static void rest(StoreCluster store) {
    store.freeze();
    Device.flush();
  }

  private Sample measure(StoreCluster store, Cell cell, double rampMillis, double millis) {
    Looks looks = new Looks(store);
    Measured measured;
    try (StoreClient client = store.connect()) {
      Workload workload = new Workload(cell, client);
      if (cell.work() == Work.WATCHES) {
        try (FanOut fanOut = new FanOut(store)) {
          Operation puts = fanOut.puts(client, new byte[cell.valueBytes()]);
          measured = run(puts, cell, rampMillis, millis, looks);
        }
      } else {
        measured = run(workload.operation(), cell, rampMillis, millis, looks);
      }
      client.compact();
    }
    return Sample.of(measured, looks.before, looks.after);
  }

  private static Measured run(
      Operation operation, Cell cell, double rampMillis, double millis, Looks looks) {
    return new LoadRun(operation, cell.pace())
        .run(Math.round(rampMillis), Math.round(millis), looks);
  }

  /** A store that was frozen elects a leader first. */
  private static void awaitServing(StoreCluster store) {
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(SERVES_SECONDS_MAX);
    while (true) {
      try (StoreClient client = store.connect()) {
        client.put("bench/thawed", new byte[1]).get(SERVES_SECONDS_MAX, TimeUnit.SECONDS);
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new BenchFailure("interrupted", e);
      } catch (Exception e) {
        if (System.nanoTime() - deadlineNanos > 0) {
          throw new BenchFailure(
              "%s does not serve %d s after it was let go on: %s"
                  .formatted(store.kind().label(), SERVES_SECONDS_MAX, e),
              e);
        }
        Pause.millis(POLL_MILLIS);
      }
    }
  }

  /** What was used when the window opened and closed. */
  private static final class Looks implements Window {
    private final StoreCluster store;
    private Sample.Use before;
    private Sample.Use after;

    Looks(StoreCluster store) {
      this.store = store;
      this.before = look();
      this.after = before;
    }

    private Sample.Use look() {
      long written = Device.writtenBytes(store.folder());
      return new Sample.Use(store.use(), ProcessUse.ofThis(), written);
    }

    @Override
    public void opened() {
      before = look();
    }

    @Override
    public void closed() {
      after = look();
    }
  }

  /** Ends all stores and removes the folder. */
  @Override
  public void close() {
    running.forEach(StoreCluster::close);
    running.clear();
    removeFolder();
  }

  /** What close does, beside the hooks of the stores, which may not have come to it yet. */
  private void clear() {
    for (StoreCluster store : List.copyOf(running)) {
      store.servers().forEach(Daemon::kill);
    }
    removeFolder();
  }

  private void removeFolder() {
    if (Files.exists(folder)) {
      WorkFolder.remove(folder);
    }
  }
}
