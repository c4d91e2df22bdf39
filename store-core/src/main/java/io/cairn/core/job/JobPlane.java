package io.cairn.core.job;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.Refusal;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Due;
import io.cairn.protocol.v1.Outcome;

/** Every command of jobs and workers, given to the table it belongs to. Applying thread only. */
public final class JobPlane {
  /** A plane; all its state is in rows, what it keeps in memory is derived from them. */
  public JobPlane() {}

  /** Runs a command of this plane and puts its result into {@code outcome}. */
  public Outcome.Builder run(ApplyContext context, Command command, Outcome.Builder outcome) {
    if (command.isInitialized()) {
      throw new Refusal(ErrorCode.UNKNOWN_COMMAND, command.getOpCase() + " is not known");
    }
    return outcome;
  }

  /** Looks after what is due. */
  public void due(ApplyContext context, Due due) {}

  /** Forgets what was derived: the rows have been replaced by a snapshot. */
  public void restored() {}
}
