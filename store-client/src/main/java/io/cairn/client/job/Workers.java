package io.cairn.client.job;

import java.util.List;
import java.util.Optional;

/**
 * Workers as an operator sees them. Reads are linearizable. To be one, see {@link WorkerBuilder}.
 */
public interface Workers {
  /** One page of workers in the order of their ids. */
  Listing<WorkerStatus, WorkerQuery> list(WorkerQuery query);

  /** The worker, or empty. */
  Optional<WorkerStatus> get(String id);

  /** What the worker has been given under this registration. */
  List<WorkerTask> tasks(String id, long epoch);

  /** Gives the worker nothing new any more. It goes on with what it has. */
  WorkerStatus drain(String id, long epoch);

  /** Takes the worker away; what it still has is dispatched again, and its writes are refused. */
  WorkerStatus remove(String id, long epoch);
}
