package io.cairn.server.cli;

import io.cairn.client.Admin;
import io.cairn.client.Cairn;
import io.cairn.client.CairnException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Servers and workers of a demo, and the faults among them. Leaves nothing behind, also after
 * Ctrl-C.
 */
final class DemoStage implements AutoCloseable {
  /** How long the demo waits for anything. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Duration WHOLE_RUN_MAX = Duration.ofMinutes(4);
  private static final long POLL_MILLIS = 50;

  private final Path dir;
  private final DemoPlan plan;
  private final DemoReport report;
  private final boolean keep;
  private final Random random;
  private final DemoEvents events = new DemoEvents();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread onInterrupt = new Thread(this::clean, "demo-clean");
  private LocalCluster cluster;
  private final DemoWorkers workers;
  private long beginNanos;

  DemoStage(Path dir, DemoPlan plan, DemoReport report, boolean keep) throws IOException {
    this.dir = dir;
    this.plan = plan;
    this.report = report;
    this.keep = keep;
    this.random = plan.random();
    this.cluster = LocalCluster.create(dir, 3, 0);
    this.workers = new DemoWorkers(dir, plan, cluster.endpoints(), events);
    Runtime.getRuntime().addShutdownHook(onInterrupt);
  }

  /** Where clients reach the servers. */
  String endpoints() {
    return cluster.endpoints();
  }

  /** Starts the servers and waits until they serve. */
  void startServers() throws IOException, InterruptedException {
    for (LocalNode node : cluster.nodes()) {
      cluster.start(node, List.of());
    }
    boolean serving = await(PATIENCE, () -> cluster.nodes().stream().allMatch(LocalNode::isReady));
    if (!serving) {
      LocalNode first = cluster.nodes().get(0);
      throw new CommandFailure(
          Exit.UNAVAILABLE,
          "the servers do not serve: " + first.name() + " says: " + first.lastWords());
    }
    cluster = cluster.remembersForming(); // whoever starts again does not form another one
    report.happened(0, "three servers serve at " + endpoints());
  }

  /** Runs the job with its faults, to its end. */
  DemoEvents run(Cairn client) throws IOException, InterruptedException {
    beginNanos = System.nanoTime();
    for (int worker = 0; worker < plan.workers(); worker++) {
      workers.start(worker);
    }
    report.happened(
        seconds(), plan.workers() + " workers started, " + plan.partitions() + " partitions");
    DemoPlan.Moments moments = plan.moments();
    awaitShare(moments.workerKill());
    killWorker();
    awaitShare(moments.workerFreeze());
    freezeWorker();
    awaitShare(moments.leaderKill());
    killLeader(client);
    awaitShare(1.0);
    if (!await(WHOLE_RUN_MAX, () -> workers.running().isEmpty())) {
      throw tooLong();
    }
    workers.drain();
    report.progress(1.0);
    report.happened(seconds(), "all partitions complete");
    return events;
  }

  /** Seconds since the workers were started. */
  double seconds() {
    return (System.nanoTime() - beginNanos) / 1e9;
  }

  @Override
  public void close() {
    clean();
    try {
      Runtime.getRuntime().removeShutdownHook(onInterrupt);
    } catch (IllegalStateException e) {
      report.remark("stopped while ending"); // the hook is what runs now
    }
  }

  private void killWorker() throws IOException, InterruptedException {
    int victim = busyWorker();
    int held = events.owned(victim);
    workers.kill(victim);
    events.workerKilled();
    report.happened(
        seconds(), "SIGKILL of worker " + victim + ", which had " + held + " partitions");
    if (plan.workers() < 3) {
      workers.start(victim);
      report.happened(seconds(), "worker " + victim + " started again: too few are left");
    }
  }

  private void freezeWorker() throws IOException, InterruptedException {
    int victim = busyWorker();
    int held = events.owned(victim);
    int before = events.staleWrites().size();
    workers.freeze(victim);
    report.happened(
        seconds(), "SIGSTOP of worker " + victim + ", which had " + held + " partitions");
    int others = workers.running().size() - 1;
    if (others > 0) {
      // Its lease ends, and others take over what it had.
      awaitWithProgress(() -> events.owned(victim) == 0);
    } else {
      long until = System.nanoTime() + DemoPlan.LEASE.multipliedBy(2).toNanos();
      awaitWithProgress(() -> System.nanoTime() > until);
    }
    workers.wake(victim);
    report.happened(
        seconds(), "SIGCONT of worker " + victim + ": it sends writes under its old epochs");
    // A checkpoint and an append for each partition that it had and that is not complete.
    awaitWithProgress(() -> events.staleWrites().size() >= before + 2 && events.isFencingShown());
    events
        .staleWrites()
        .forEach(
            write ->
                report.happened(
                    seconds(),
                    "partition %d: %s with old epoch %d: %s"
                        .formatted(
                            write.partition(), write.kind(), write.epoch(), write.answer())));
  }

  private void killLeader(Cairn client) throws IOException, InterruptedException {
    List<LocalNode> found = new ArrayList<>();
    awaitWithProgress(() -> leader(client).map(found::add).orElse(false));
    LocalNode leader = found.get(0);
    ProcessHandle process =
        leader
            .process()
            .orElseThrow(() -> new IllegalStateException(leader.name() + " does not run"));
    process.destroyForcibly();
    process.onExit().join();
    leader.forget();
    events.leaderKilled();
    report.happened(seconds(), "SIGKILL of the leader, " + leader.name());
    awaitWithProgress(
        () -> leader(client).filter(next -> !next.name().equals(leader.name())).isPresent());
    report.happened(seconds(), "another node leads");
    cluster.start(leader, List.of());
    report.happened(seconds(), leader.name() + " started again");
  }

  private Optional<LocalNode> leader(Cairn client) {
    try {
      return client.admin().status().values().stream()
          .filter(Admin.NodeStatus.class::isInstance)
          .map(Admin.NodeStatus.class::cast)
          .filter(
              status -> status.groups().stream().anyMatch(group -> group.role().equals("LEADER")))
          .flatMap(
              status -> cluster.nodes().stream().filter(node -> node.name().equals(status.node())))
          .findFirst();
    } catch (CairnException e) {
      return Optional.empty(); // asked again
    }
  }

  /** A running worker with work, by the seed. */
  private int busyWorker() throws InterruptedException {
    awaitWithProgress(
        () -> workers.running().stream().anyMatch(worker -> events.owned(worker) > 0));
    List<Integer> busy =
        workers.running().stream().filter(worker -> events.owned(worker) > 0).toList();
    return busy.get(random.nextInt(busy.size()));
  }

  private double share() {
    long reached =
        events.rowsReached(partition -> (long) plan.rows() * partition / plan.partitions());
    return (double) reached / plan.rows();
  }

  private void awaitShare(double wanted) throws InterruptedException {
    awaitWithProgress(() -> share() >= wanted || events.completedCount() == plan.partitions());
  }

  private void awaitWithProgress(BooleanSupplier condition) throws InterruptedException {
    boolean done =
        await(
            WHOLE_RUN_MAX,
            () -> {
              report.progress(share());
              workers
                  .failed()
                  .ifPresent(
                      code -> {
                        throw new CommandFailure(
                            Exit.FAILED,
                            "a worker ended with code "
                                + code
                                + "; its log is in "
                                + dir
                                + (keep ? "" : ", kept with --keep"));
                      });
              return condition.getAsBoolean();
            });
    if (!done) {
      throw tooLong();
    }
  }

  private CommandFailure tooLong() {
    return new CommandFailure(
        Exit.FAILED,
        "not done after %d minutes: %d of %d partitions complete; workers said: %s"
            .formatted(
                WHOLE_RUN_MAX.toMinutes(),
                events.completedCount(),
                plan.partitions(),
                events.troubles().stream().limit(5).toList()));
  }

  private boolean await(Duration atMost, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      Thread.sleep(POLL_MILLIS);
    }
    return true;
  }

  private void clean() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    report.finishProgress();
    workers.close();
    for (LocalNode node : cluster.nodes()) {
      node.process()
          .ifPresent(
              process -> {
                process.destroyForcibly();
                process.onExit().join();
              });
    }
    if (keep) {
      report.remark("kept: " + dir);
      return;
    }
    try (Stream<Path> files = Files.walk(dir)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      report.remark("could not remove " + dir + ": " + e.getMessage());
    }
  }
}
