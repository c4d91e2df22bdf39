package io.cairn.core.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.StateDigest;
import io.cairn.protocol.v1.Worker;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random commands about jobs, workers and tasks: after each of them the rows are in order, and what
 * is kept in memory is what the rows say. Bounds are small, so that much is done in steps.
 */
class JobsAtRandomTest {
  private static final int STEPS = 3_000;

  private static final String[] EVENTS = {
    "CLAIMED",
    "STARTED",
    "UNACKNOWLEDGED",
    "SUSPECTED",
    "RELIEVED",
    "RELEASED",
    "LOST",
    "FAILED",
    "RETRIED",
    "SUCCEEDED",
    "CANCELLED",
    "DELETED"
  };

  @TempDir Path folder;

  @Test
  void theRowsAreInOrderAfterEveryCommand() {
    long seed = Long.getLong("seed", 20_261_125L);
    System.out.println("JobsAtRandomTest: -Dseed=" + seed);
    Random cuts = new Random(seed + 1);
    JobInvariants invariants = new JobInvariants();
    try (JobStore store = new JobStore(folder.resolve("db"), 5, 3)) {
      RandomJobs commands = new RandomJobs(store, seed);
      for (int i = 0; i < STEPS; i++) {
        String what = commands.step();
        try {
          invariants.check(store);
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError("after step " + i + ", " + what, e);
        }
        if (cuts.nextInt(200) == 0) {
          store.commit();
          assertThat(store.digest()).isEqualTo(StateDigest.recompute(store.rows()).toBytes());
        }
      }
      assertThat(commands.done()).as("refused: " + commands.refused()).isGreaterThan(STEPS / 2);
      Map<String, Integer> kinds = new TreeMap<>();
      store.allEvents().forEach(event -> kinds.merge(event.getEvent().getKind(), 1, Integer::sum));
      assertThat(kinds).as("what has happened").containsKeys(EVENTS);
      System.out.println("JobsAtRandomTest: " + commands.counts() + " " + kinds);
      empty(store, invariants);
    }
  }

  /** In the end all jobs can end and be deleted, and nothing is left of them. */
  private static void empty(JobStore store, JobInvariants invariants) {
    for (byte[] key : store.keys(ColumnFamily.WORKER)) {
      Worker worker = WorkerRows.worker(store.rows().get(ColumnFamily.WORKER, key)).getWorker();
      store.run(JobRequests.leave(worker));
      invariants.check(store);
    }
    for (byte[] key : store.keys(ColumnFamily.JOB_NAME)) {
      String name = JobNames.nameOfKey(key);
      StoredJob.id(store.rows(), key)
          .map(id -> store.rows().get(ColumnFamily.JOB_STATE, KeyLayout.id(id)))
          .ifPresent(
              unused -> {
                if (store.job(name).getEndTimeMillis() == 0) {
                  store.run(JobRequests.cancel(name));
                }
                store.expire();
                store.run(JobRequests.delete(name));
                invariants.check(store);
              });
    }
    store.expire();
    int steps = 0;
    while (store.collect(7)) {
      assertThat(++steps).isLessThan(10_000);
    }
    for (ColumnFamily family : ColumnFamily.values()) {
      boolean stays =
          family == ColumnFamily.LOCAL
              || family == ColumnFamily.COUNTER
              || family == ColumnFamily.LEASE
              || family == ColumnFamily.DEADLINE;
      assertThat(stays ? 0 : store.keys(family).size()).as(family.name()).isZero();
    }
  }
}
