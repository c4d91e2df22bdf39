package io.cairn.client.internal;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import io.cairn.client.job.Worker;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A worker whose connection ends, and that comes back before its lease does. */
class WorkerReconnectTest {
  @Test
  void lostConnectionIsToldInTheNextReportAndTheTaskRunsOn() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    try (FakeCluster cluster = new FakeCluster(1)) {
      FakeWorkers store = cluster.store.workers.ttlMillis(600);
      try (Worker worker = worker(cluster, asked)) {
        await().atMost(10, SECONDS).until(() -> store.count("WORKER_TASKS") > 0);
        cluster.push(store.claim("t", "w"));
        await().atMost(10, SECONDS).until(() -> told(store, 0));
        cluster.leader().drop();
        await().atMost(10, SECONDS).until(() -> told(store, 1));
        asked.countDown();
        await().atMost(10, SECONDS).until(() -> worker.tasks().isEmpty());
      }
    }
  }

  private static Worker worker(FakeCluster cluster, CountDownLatch asked) {
    return cluster
        .client()
        .worker()
        .id("w")
        .node("n")
        .handle(
            "work",
            context -> {
              asked.await();
              return null;
            })
        .leaseTtl(Duration.ofSeconds(1))
        .withoutShutdownHook()
        .start();
  }

  private static boolean told(FakeWorkers store, int connectionsLost) {
    return store.reports.stream()
        .anyMatch(
            report ->
                report.getTasksCount() == 1
                    && report.getLoad().getConnectionsLost() == connectionsLost);
  }
}
