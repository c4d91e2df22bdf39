package io.cairn.examples.flights;

import io.cairn.client.TaskResult;
import io.cairn.client.job.JobContext;
import io.cairn.client.job.JobHandler;

/** Adds up the totals of all partitions. */
public final class SumHandler implements JobHandler {
  @Override
  public Object run(JobContext context) {
    Totals all = Totals.startingAt(0);
    for (TaskResult result : context.results(FlightsJob.COUNT).values()) {
      // Refuses rows that are missing or come twice.
      all = all.plus(Totals.ofBytes(result.as(byte[].class)));
    }
    return all.toBytes();
  }
}
