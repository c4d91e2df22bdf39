package io.cairn.examples.flights;

import io.cairn.client.TaskRun;
import io.cairn.client.job.JobContext;
import io.cairn.client.job.JobHandler;
import io.cairn.client.job.RangePartition;

/** Counts the rows of one partition, block by block. Its result is their totals. */
public final class CountHandler implements JobHandler {
  private final FlightsFile flights;
  private final BlockListener listener;

  /** Counts rows of {@code flights}, and tells {@code listener} of each block before. */
  public CountHandler(FlightsFile flights, BlockListener listener) {
    this.flights = flights;
    this.listener = listener;
  }

  @Override
  public Object run(JobContext context) throws InterruptedException {
    RangePartition rows = RangePartition.of(context.payload());
    TaskRun<Totals> task = context.task(Totals.class);
    Totals totals = task.stateOr(() -> Totals.startingAt(rows.from()));
    while (totals.nextRow() < rows.to()) {
      context.stopIfAsked();
      long to = Math.min(rows.to(), totals.nextRow() + PartitionRun.BLOCK_ROWS);
      listener.before(context.partition(), totals.nextRow(), to);
      Totals block = flights.totals(totals.nextRow(), to);
      totals = totals.plus(block);
      task.update(totals, (int) block.rows(), 0);
      context.progress(totals.rows(), rows.size());
    }
    return totals.toBytes();
  }
}
