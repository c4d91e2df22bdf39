package io.cairn.client.job;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A job as it is. Times are log time, in milliseconds; only their differences mean something.
 *
 * @param id unique over deletion and re-creation
 * @param spec with all defaults filled in; given by {@link Jobs#get} only
 * @param submission of the submitter: the same again is the same job
 * @param generation raised when all its tasks are rolled back together
 * @param endTimeMillis 0: not ended
 * @param stages in the order of the spec
 * @param fault the one that ended it
 * @param barrier the newest
 * @param committedBarrier 0: none yet
 * @param handlersMissing handlers of open stages that no registered worker has, so that their
 *     partitions wait; told by {@link Jobs#get} only
 */
public record Job(
    JobName name,
    long id,
    JobState state,
    Optional<JobSpec> spec,
    String submission,
    long generation,
    long createTimeMillis,
    long endTimeMillis,
    List<StageStatus> stages,
    JobStats stats,
    Optional<FaultRecord> fault,
    Optional<Barrier> barrier,
    long committedBarrier,
    Set<String> handlersMissing) {
  /** Keeps its own copies. */
  public Job {
    stages = List.copyOf(stages);
    handlersMissing = Set.copyOf(handlersMissing);
  }

  /** The same job, with these handlers that no worker has. */
  public Job withHandlersMissing(Set<String> handlers) {
    return new Job(
        name,
        id,
        state,
        spec,
        submission,
        generation,
        createTimeMillis,
        endTimeMillis,
        stages,
        stats,
        fault,
        barrier,
        committedBarrier,
        handlers);
  }
}
