package io.cairn.chaos.check;

import io.cairn.chaos.history.History;
import io.cairn.chaos.history.KeyedOperations;
import io.cairn.chaos.history.Operation;

/**
 * What a task saved comes back: {@code :checkpoint {:epoch e :seq s :data d}}, {@code :append
 * {:epoch e :id x} -> {... :index i}}, {@code :recover nil -> {:epoch e :seq s :data d :log [ids]
 * :covered n}}. A recovery without checkpoint has an absent {@code :data} and no {@code :seq}, or
 * 0. {@code :covered} is how many of the first records its log does not show; it may be left out.
 *
 * <p>Checkpoints, in the order of epoch and seq:
 *
 * <ul>
 *   <li>checkpoint-twice, checkpoint-order: two of one epoch and seq were acknowledged, or an older
 *       one that was first sent after a newer one had been acknowledged;
 *   <li>lost-checkpoint, went-back: a recovery is older than what had been acknowledged, or
 *       recovered, before it began;
 *   <li>newer-than-its-epoch: a checkpoint of a newer epoch than the store had;
 *   <li>torn-checkpoint, failed-checkpoint, checkpoint-from-nowhere: what was recovered was not
 *       sent so, or was refused.
 * </ul>
 *
 * <p>Records:
 *
 * <ul>
 *   <li>moved, index-twice, index-order, gap: one sent again has another place, two have one place,
 *       places go against real time, or are beyond the records that were sent;
 *   <li>lost-record, doubled-record, reordered-record, failed-record, record-from-nowhere: of the
 *       log of a recovery.
 * </ul>
 *
 * <p>A recovered log may hold all records, or only those that the recovered checkpoint does not
 * cover. Where the history does not say how many it covers, any prefix of the log is taken to be
 * covered, but not a record that was first sent after the checkpoint had been acknowledged.
 */
public final class RecoveryChecker implements Checker {
  private final boolean needsRecoveries;

  /** With {@code needsRecoveries}, a history in which nothing was saved or recovered is unknown. */
  public RecoveryChecker(boolean needsRecoveries) {
    this.needsRecoveries = needsRecoveries;
  }

  @Override
  public Verdict check(History history) {
    Findings findings = new Findings();
    long checkpoints = 0;
    long appended = 0;
    long recoveries = 0;
    boolean isSaved = false;
    for (KeyedOperations part : KeyedOperations.split(history.operations())) {
      SavedCheckpoints saved = new SavedCheckpoints(findings);
      AppendedRecords records = new AppendedRecords(findings);
      for (Operation operation : part.operations()) {
        boolean isSent = operation.f().equals("checkpoint") || operation.f().equals("append");
        isSaved |= isSent && operation.isOk();
        if (operation.f().equals("checkpoint")) {
          saved.add(operation);
        } else if (operation.f().equals("append")) {
          records.add(operation);
        }
      }
      saved.seal();
      for (Operation operation : part.operations()) {
        if (operation.f().equals("recover") && operation.isOk()) {
          records.recovered(operation, saved.recovered(operation));
          recoveries++;
        }
      }
      saved.compare();
      records.compare();
      checkpoints += saved.count();
      appended += records.count();
    }
    findings.count("checkpoints", checkpoints);
    findings.count("records", appended);
    findings.count("recoveries", recoveries);
    if (needsRecoveries && recoveries == 0) {
      findings.unsure("nothing was recovered");
    }
    if (needsRecoveries && !isSaved) {
      findings.unsure("nothing was saved");
    }
    return findings.verdict();
  }
}
