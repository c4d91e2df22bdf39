package io.cairn.client.job;

import io.cairn.client.Fault;
import io.cairn.client.TaskName;
import io.cairn.client.TaskResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Jobs as their submitter and an operator see them. Reads are linearizable. All calls wait for the
 * store's answer and throw {@link io.cairn.client.CairnException}; JOB_NOT_FOUND where a job is
 * needed and is not there.
 */
public interface Jobs {
  /**
   * Submits a job under a submission id of its own. The call is done at most once, however often
   * the client has to send it; JOB_EXISTS if there is a job of this name.
   *
   * @throws IllegalArgumentException that names all that is wrong with the description
   */
  default Job submit(JobSpec spec) {
    return submit(spec, java.util.UUID.randomUUID().toString());
  }

  /**
   * Submits a job, or finds it if it was submitted under the same id before, also by another
   * process; JOB_EXISTS if there is a job of this name with another submission id.
   *
   * @param submission for example the date of the run that a scheduler starts
   * @throws IllegalArgumentException that names all that is wrong with the description
   */
  Job submit(JobSpec spec, String submission);

  /** The job, or empty. */
  Optional<Job> get(JobName name);

  /** One page of jobs in name order, without their specifications. */
  Listing<Job, JobQuery> list(JobQuery query);

  /** Ends a job that has not ended; owners of its tasks are fenced. */
  Job cancel(JobName name);

  /** Runs the failed partitions of a failed job again, from their newest checkpoints. */
  Job retry(JobName name);

  /** Takes away a job that has ended, and its tasks; WRONG_STATE if it has not ended. */
  Job delete(JobName name);

  /** One page of faults. */
  Listing<FaultRecord, FaultQuery> faults(FaultQuery query);

  /**
   * Waits until the job has ended; empty: it has not within {@code timeout}. Jobs cannot be
   * watched, as their tasks' events go to owners only: it is asked for at growing intervals of 20
   * ms to 1 s, so that this may return a second after the end.
   */
  Optional<Job> await(JobName name, Duration timeout);

  /**
   * The results of a stage, by partition: those that there are. Of replicas, the accepted one.
   * Needs the memory that they need.
   */
  SortedMap<Integer, TaskResult> results(JobName name, String stage);

  /** What the policy would do about the fault now, empty: about the loss of the task's worker. */
  Explanation explain(TaskName task, Optional<Fault> fault);

  /** One page of items of a task that are left out, because they failed too often. */
  Listing<QuarantinedItem, QuarantineQuery> quarantine(QuarantineQuery query);

  /** Starts a checkpoint of all tasks of the job together; WRONG_STATE if it has none of these. */
  Barrier startBarrier(JobName name);

  /** The likeliest causes of the job's kept faults, best first. */
  List<Cause> diagnose(JobName name);

  /** The likeliest causes of the kept faults of all jobs on one node, best first. */
  List<Cause> diagnoseNode(String node);
}
