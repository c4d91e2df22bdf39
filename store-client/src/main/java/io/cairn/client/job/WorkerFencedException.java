package io.cairn.client.job;

import io.cairn.client.CairnException;
import io.cairn.protocol.ErrorCode;

/** Another worker has taken this worker's id: this one has stopped, and its tasks run elsewhere. */
public final class WorkerFencedException extends CairnException {
  /** {@code worker} was registered under {@code epoch}. */
  public WorkerFencedException(String worker, long epoch) {
    super(
        ErrorCode.FENCED,
        ErrorCode.FENCED.certainty(),
        "worker '"
            + worker
            + "' of registration "
            + epoch
            + " has stopped: its id was taken by a newer worker; ids must be unique",
        0,
        epoch);
  }
}
