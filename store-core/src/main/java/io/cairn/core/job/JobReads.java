package io.cairn.core.job;

import io.cairn.core.apply.Refusal;
import io.cairn.core.storage.ReadView;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.QueryResult;

/** Answers what is asked about jobs and workers, over a view. Any thread. */
public final class JobReads {
  private JobReads() {}

  /** Puts the answer into {@code result}. */
  public static QueryResult.Builder answer(ReadView view, Query query, QueryResult.Builder result) {
    if (query.isInitialized()) {
      throw new Refusal(ErrorCode.UNKNOWN_COMMAND, query.getQueryCase() + " is not known");
    }
    return result;
  }
}
