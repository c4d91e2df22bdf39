package io.cairn.examples.flights;

import io.cairn.client.Cairn;
import io.cairn.client.TaskResult;
import io.cairn.client.job.CheckpointPolicy;
import io.cairn.client.job.JobName;
import io.cairn.client.job.JobSpec;
import io.cairn.client.job.Partitions;
import io.cairn.client.job.StageSpec;
import io.cairn.client.job.WorkerBuilder;
import java.time.Duration;
import java.util.Map;

/** The count of flights as a job: a stage that counts partitions, and one that adds them up. */
public final class FlightsJob {
  /** The stage that counts, and its handler. */
  public static final String COUNT = "count";

  /** The stage that adds up, and its handler. */
  public static final String SUM = "sum";

  /** Rows between two checkpoints. */
  public static final int CHECKPOINT_ROWS = 1_000;

  private FlightsJob() {}

  /**
   * The job over rows 0 to {@code rows}; a state is saved every {@link #CHECKPOINT_ROWS} rows.
   * Settings may still be added.
   */
  public static JobSpec.Builder spec(String name, long rows, int partitions) {
    return JobSpec.builder(name)
        .stage(StageSpec.ofRanges(COUNT, COUNT, Partitions.range(0, rows, partitions)))
        .stage(StageSpec.of(SUM, SUM, 1).after(COUNT))
        .checkpoints(
            CheckpointPolicy.builder().every(CHECKPOINT_ROWS).every(Duration.ZERO).build());
  }

  /** A worker of the job that has the input; {@code listener} is told of each block. */
  public static WorkerBuilder worker(Cairn cairn, FlightsFile flights, BlockListener listener) {
    return cairn
        .worker()
        .handle(COUNT, new CountHandler(flights, listener))
        .handle(SUM, new SumHandler());
  }

  /** What the job has found; it must have succeeded. */
  public static Totals result(Cairn cairn, JobName name) {
    Map<Integer, TaskResult> results = cairn.jobs().results(name, SUM);
    TaskResult sum = results.get(0);
    if (sum == null) {
      throw new IllegalStateException("job " + name + " has no result");
    }
    return Totals.ofBytes(sum.as(byte[].class));
  }
}
