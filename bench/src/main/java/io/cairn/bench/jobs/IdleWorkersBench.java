package io.cairn.bench.jobs;

import io.cairn.bench.load.Leader;
import io.cairn.bench.nodes.Machine;
import io.cairn.bench.nodes.NodeCluster;
import io.cairn.bench.nodes.Pause;
import io.cairn.bench.nodes.ServerNode;
import io.cairn.bench.report.Figures;
import io.cairn.client.Cairn;
import io.cairn.client.job.Listing;
import io.cairn.client.job.WorkerQuery;
import io.cairn.client.job.WorkerStatus;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What workers without a task cost: the leader's processor time without them, and with them. */
public final class IdleWorkersBench {
  private static final long SETTLE_MILLIS = 10_000;
  private static final double MILLIS_PER_CORE_SECOND = 1e3;

  private final NodeCluster cluster;
  private final Consumer<String> progress;

  /** Over a running cluster. */
  public IdleWorkersBench(NodeCluster cluster, Consumer<String> progress) {
    this.cluster = cluster;
    this.progress = progress;
  }

  /** Looks for {@code seconds} at servers alone, and for as long at servers with workers. */
  public Figures run(int workers, int clients, int seconds) {
    double loadBefore = Machine.load();
    try (Cairn client = Cairn.connect(cluster.endpoints())) {
      ServerNode leader = Leader.of(cluster, client);
      Pause.millis(SETTLE_MILLIS);
      progress.accept("looking at the servers alone for " + seconds + " s");
      List<Double> alone = cores(seconds);
      progress.accept("starting %d workers on %d clients".formatted(workers, clients));
      long startNanos = System.nanoTime();
      try (WorkerCrew crew =
          WorkerCrew.start(
              cluster.endpoints(),
              clients,
              workers,
              cairn -> cairn.worker().handle("idle", context -> null).concurrency(1),
              progress)) {
        double startSeconds = (System.nanoTime() - startNanos) / 1e9;
        Pause.millis(SETTLE_MILLIS);
        progress.accept("looking at the servers with the workers for " + seconds + " s");
        CpuMeter own = CpuMeter.of(List.of());
        List<Double> with = cores(seconds);
        double clientCores = own.clientMillis() / MILLIS_PER_CORE_SECOND / own.seconds();
        int at = cluster.nodes().indexOf(leader);
        boolean led = Leader.of(cluster, client).equals(leader);
        return new Figures()
            .put("idle_workers", workers)
            .put("clients", clients)
            .put("register_seconds", startSeconds)
            .put("seconds", seconds)
            .put("leader_cores_alone", alone.get(at))
            .put("leader_cores", with.get(at))
            .put("server_cores", with)
            .put("client_cores", clientCores)
            .put("leader_changed", led ? "no" : "yes")
            .put("workers_registered", registered(client))
            .put("workers_stopped", crew.stopped())
            .putAll(Machine.figures(loadBefore));
      }
    }
  }

  private List<Double> cores(int seconds) {
    CpuMeter cpu = CpuMeter.of(cluster.nodes());
    Pause.millis(seconds * 1_000L);
    double elapsed = cpu.seconds();
    return cpu.serverMillis().stream()
        .map(millis -> millis / MILLIS_PER_CORE_SECOND / elapsed)
        .toList();
  }

  private static long registered(Cairn client) {
    long count = 0;
    Optional<WorkerQuery> query = Optional.of(WorkerQuery.all());
    while (query.isPresent()) {
      Listing<WorkerStatus, WorkerQuery> page = client.workers().list(query.get());
      count += page.items().size();
      query = page.next();
    }
    return count;
  }
}
