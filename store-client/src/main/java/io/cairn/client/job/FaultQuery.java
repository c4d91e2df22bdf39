package io.cairn.client.job;

import java.util.Optional;

/**
 * Which faults to list, oldest first of each job.
 *
 * @param job empty: of all jobs
 * @param afterJob id of the job after whose fault to go on; 0 for the first page
 * @param afterNumber number of that fault; 0 for the first page
 * @param limit of a page, 0: as many as the store gives
 */
public record FaultQuery(Optional<JobName> job, long afterJob, long afterNumber, int limit) {
  /** All faults of all jobs. */
  public static FaultQuery all() {
    return new FaultQuery(Optional.empty(), 0, 0, 0);
  }

  /** All faults of one job. */
  public static FaultQuery of(JobName job) {
    return new FaultQuery(Optional.of(job), 0, 0, 0);
  }

  /** The same, at most {@code rowsMax} a page. */
  public FaultQuery limit(int rowsMax) {
    return new FaultQuery(job, afterJob, afterNumber, rowsMax);
  }
}
