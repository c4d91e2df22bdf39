package io.cairn.examples.flights;

import io.cairn.client.Cairn;
import io.cairn.client.CairnException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A worker process: works on its share of the partitions at once, takes over those of others when
 * they are free, and ends when all are complete.
 */
public final class FlightsWorker {
  /** How long a partition that nobody has begun is left to the worker in whose share it is. */
  private static final Duration COURTESY = Duration.ofSeconds(10);

  /** Spreads the workers that look for the same free partition. */
  private static final Duration SPREAD = Duration.ofMillis(150);

  private static final Duration TAKE_OVER_PATIENCE = Duration.ofMillis(500);

  private FlightsWorker() {}

  /** Runs until all partitions are complete; exit code 1 if that is out of reach. */
  public static void main(String[] arguments) {
    WorkerSettings settings;
    FlightsFile flights;
    try {
      settings = WorkerSettings.parse(arguments);
      flights = FlightsFile.read(settings.input());
    } catch (IOException | IllegalArgumentException e) {
      System.err.println("flights worker: " + e.getMessage());
      System.exit(2);
      return;
    }
    System.exit(run(settings, flights) ? 0 : 1);
  }

  private static boolean run(WorkerSettings settings, FlightsFile flights) {
    ExecutorService threads = Executors.newFixedThreadPool(settings.partitions());
    try (Cairn cairn =
        Cairn.builder()
            .endpoints(settings.endpoints())
            .clientName("worker-" + settings.worker())
            .leaseTtl(settings.leaseTtl())
            .build()) {
      WorkerLog log = new WorkerLog(settings.worker());
      List<Future<Boolean>> ends = new ArrayList<>();
      for (int partition = 0; partition < settings.partitions(); partition++) {
        PartitionRun run = new PartitionRun(cairn, settings, flights, partition, log);
        ends.add(threads.submit(untilComplete(run, partition, settings, log)));
      }
      boolean all = true;
      for (Future<Boolean> end : ends) {
        all &= end.get();
      }
      return all;
    } catch (ExecutionException e) {
      System.err.println("flights worker: " + e.getCause());
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      threads.shutdownNow();
    }
  }

  private static Callable<Boolean> untilComplete(
      PartitionRun run, int partition, WorkerSettings settings, WorkerLog log) {
    int turn = Math.floorMod(partition - settings.worker(), settings.workers());
    long courtesyEndNanos = System.nanoTime() + COURTESY.toNanos();
    return () -> {
      while (true) {
        try {
          boolean mayTake = turn == 0 || System.nanoTime() > courtesyEndNanos || run.wasBegun();
          if (mayTake && run.attempt(TAKE_OVER_PATIENCE)) {
            return true;
          }
        } catch (CairnException e) {
          // The attempt is over, the partition is not: its state is in the store.
          log.trouble(partition, e.code() + ": " + e.getMessage());
        }
        Thread.sleep(SPREAD.toMillis() * (1 + turn));
      }
    };
  }
}
