package io.cairn.core.job;

import io.cairn.core.apply.Refusal;
import io.cairn.core.job.recovery.Explanation;
import io.cairn.core.job.recovery.FaultReads;
import io.cairn.core.storage.ReadView;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.QueryResult;

/** Answers what is asked about jobs and workers, over a view. Any thread. */
public final class JobReads {
  private JobReads() {}

  /** Puts the answer into {@code result}. */
  public static QueryResult.Builder answer(ReadView view, Query query, QueryResult.Builder result) {
    return switch (query.getQueryCase()) {
      case TASK_EXPLAIN -> result.setTaskExplain(Explanation.of(view, query.getTaskExplain()));
      case FAULT_LIST -> result.setFaultList(FaultReads.faults(view, query.getFaultList()));
      case QUARANTINE_LIST ->
          result.setQuarantineList(FaultReads.quarantine(view, query.getQuarantineList()));
      default ->
          throw new Refusal(ErrorCode.UNKNOWN_COMMAND, query.getQueryCase() + " is not known");
    };
  }
}
