package io.cairn.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.client.Cairn;
import io.cairn.client.job.Detection;
import io.cairn.client.job.Job;
import io.cairn.client.job.JobName;
import io.cairn.client.job.JobSpec;
import io.cairn.client.job.JobState;
import io.cairn.client.job.Worker;
import io.cairn.examples.flights.BlockListener;
import io.cairn.examples.flights.FlightsFile;
import io.cairn.examples.flights.FlightsJob;
import io.cairn.examples.flights.Totals;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The example job on the worker runtime. It stands here because the server brings the example. */
@WithCairn(nodes = 3)
class FlightsJobTest {
  private static final int PARTITIONS = 8;
  private static final int ROWS = 200_000;
  private static final long CUT_OFF_AFTER_ROWS = 2_000;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Stands still in the midst of a partition, until it is taken from it. */
  private static final class StandsStill implements BlockListener {
    final CountDownLatch stands = new CountDownLatch(1);

    @Override
    public void before(int partition, long from, long to) throws InterruptedException {
      if (from - partition * (long) (ROWS / PARTITIONS) >= CUT_OFF_AFTER_ROWS) {
        stands.countDown();
        new CountDownLatch(1).await();
      }
    }
  }

  @Test
  void allRowsAreCountedOnceWhenAWorkerIsCutOff(CairnCluster cluster, Cairn cairn)
      throws IOException, InterruptedException {
    FlightsFile flights = FlightsFile.read(Path.of("../examples/flights/flights-200k.csv.gz"));
    JobSpec spec =
        FlightsJob.spec("flights", flights.rows(), PARTITIONS)
            .detection(Detection.builder().ttl(Duration.ofSeconds(1)).build())
            .build();
    StandsStill standing = new StandsStill();
    Map<Integer, Long> firstRows = new ConcurrentHashMap<>();
    Cairn cutOff = cluster.connect();
    Worker lost = FlightsJob.worker(cutOff, flights, standing).concurrency(2).start();
    cairn.jobs().submit(spec);
    assertThat(standing.stands.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    cutOff.close(); // as a process that dies: the store is told nothing
    assertThat(lost.isRunning()).isFalse();
    try (Cairn one = cluster.connect();
        Cairn other = cluster.connect();
        Worker first = worker(one, flights, firstRows);
        Worker second = worker(other, flights, firstRows)) {
      Job job = cairn.jobs().await(spec.name(), PATIENCE).orElseThrow();
      assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(job.stats().faults()).isBetween(1L, 2L);
      assertThat(first.isRunning() && second.isRunning()).isTrue();
    }
    assertExact(flights, FlightsJob.result(cairn, JobName.of("flights")));
    // A partition that was half done went on behind a checkpoint.
    assertThat(firstRows.entrySet())
        .anyMatch(at -> at.getValue() == at.getKey() * (long) (ROWS / PARTITIONS) + 2_000);
  }

  private static Worker worker(Cairn cairn, FlightsFile flights, Map<Integer, Long> firstRows) {
    return FlightsJob.worker(
            cairn, flights, (partition, from, to) -> firstRows.putIfAbsent(partition, from))
        .concurrency(2)
        .start();
  }

  private static void assertExact(FlightsFile flights, Totals found) {
    assertThat(found.rows()).isEqualTo(ROWS);
    assertThat(found.delayMinutes().stream().mapToLong(Long::longValue).sum()).isEqualTo(1_500_159);
    assertThat(found).isEqualTo(flights.totals(0, ROWS));
  }
}
