package io.cairn.examples.flights;

import io.cairn.client.Acquisition;
import io.cairn.client.Bytes;
import io.cairn.client.Cairn;
import io.cairn.client.CairnException;
import io.cairn.client.FencedException;
import io.cairn.client.LogEntry;
import io.cairn.client.TaskName;
import io.cairn.client.TaskRun;
import io.cairn.client.TaskWrites.CheckpointDraft;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The job for one partition: take it when it is free, count its rows, survive. One thread. */
final class PartitionRun {
  /** Rows of a block: one record of the recovery log. */
  static final int BLOCK_ROWS = 500;

  /** Rows between two checkpoints. */
  static final int CHECKPOINT_ROWS = 2_000;

  private final Cairn cairn;
  private final WorkerSettings settings;
  private final FlightsFile flights;
  private final int partition;
  private final WorkerLog log;

  PartitionRun(
      Cairn cairn, WorkerSettings settings, FlightsFile flights, int partition, WorkerLog log) {
    this.cairn = cairn;
    this.settings = settings;
    this.flights = flights;
    this.partition = partition;
    this.log = log;
  }

  /** True if somebody has worked on the partition. */
  boolean wasBegun() {
    return cairn
        .tasks()
        .get(new TaskName("default", name()))
        .filter(task -> task.attempt() > 0)
        .isPresent();
  }

  /**
   * Owns the partition if it is free within {@code patience}, and works on it to its end.
   *
   * @return true if the partition is complete, by whomever
   */
  boolean attempt(Duration patience) throws InterruptedException {
    Acquisition<Totals> acquisition =
        cairn
            .task(name(), Totals.class)
            .owner("worker-" + settings.worker())
            .leaseTtl(settings.leaseTtl())
            .checkpointEvery(CHECKPOINT_ROWS)
            .keepLog()
            .acquire(patience);
    if (acquisition instanceof Acquisition.Acquired<Totals> acquired) {
      return work(acquired.run());
    }
    return !(acquisition instanceof Acquisition.HeldBy<Totals>);
  }

  private boolean work(TaskRun<Totals> run) throws InterruptedException {
    try (run) {
      Totals totals = run.stateOr(() -> Totals.startingAt(first()));
      for (LogEntry record : run.recovered()) {
        totals = totals.plus(Totals.ofBytes(record.payload().toArray()));
      }
      log.resumed(partition, totals.nextRow(), run.recoveredSeq(), run.epoch(), run.attempt());
      while (totals.nextRow() < end()) {
        long to = Math.min(end(), totals.nextRow() + BLOCK_ROWS);
        log.block(partition, totals.nextRow(), to);
        Totals block = flights.totals(totals.nextRow(), to);
        Thread.sleep(settings.blockPause().toMillis());
        totals = totals.plus(block);
        run.append(block.toBytes());
        run.update(totals, (int) block.rows(), 0);
      }
      run.complete(totals.toBytes());
      log.completed(partition, totals.rows());
      return true;
    } catch (FencedException e) {
      showThatTheServerFences(run);
      return false;
    }
  }

  /**
   * This worker was away for longer than its lease, and its client knows. A client that did not
   * would write all the same: do so, past the client's own check, and say what the server answers.
   */
  private void showThatTheServerFences(TaskRun<Totals> run) {
    TaskName name = run.name();
    Bytes payload = Bytes.of(Totals.startingAt(first()).toBytes());
    cairn
        .tasks()
        .get(name)
        .ifPresent(
            task -> {
              CheckpointDraft draft =
                  new CheckpointDraft(
                      task.checkpointSeq() + 1,
                      "stale",
                      Map.of(),
                      Map.of("state", payload),
                      task.lastLsn());
              say(
                  "checkpoint",
                  run.epoch(),
                  cairn
                      .tasks()
                      .raw()
                      .save(name, run.epoch(), task.lastLsn() + 1, List.of(), Optional.of(draft)));
              say(
                  "append",
                  run.epoch(),
                  cairn
                      .tasks()
                      .raw()
                      .append(name, run.epoch(), task.lastLsn() + 1, List.of(payload)));
            });
  }

  private void say(String kind, long epoch, CompletableFuture<?> write) {
    String answer;
    try {
      write.join();
      answer = "ACCEPTED";
    } catch (CompletionException e) {
      answer =
          e.getCause() instanceof CairnException refused
              ? refused.code().name()
              : String.valueOf(e.getCause());
    }
    log.staleWrite(partition, kind, epoch, answer);
  }

  private String name() {
    return settings.job() + "/" + partition;
  }

  private long first() {
    return flights.firstRow(partition, settings.partitions());
  }

  private long end() {
    return flights.firstRow(partition + 1, settings.partitions());
  }
}
