package io.cairn.core.engine;

import io.cairn.core.apply.Refusal;
import io.cairn.core.job.JobReads;
import io.cairn.core.kv.KvReads;
import io.cairn.core.lease.LeaseReads;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.ReadView;
import io.cairn.core.task.TaskReads;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.MemberListResponse;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.QueryResult;

/**
 * Answers queries over a view. Any thread; the caller has seen to it that the view is fresh enough.
 */
public final class Queries {
  private Queries() {}

  /** Answers one query; what it refuses is in the result's error. */
  public static QueryResult run(ReadView view, long appliedIndex, Query query) {
    QueryResult.Builder result = QueryResult.newBuilder();
    try {
      answer(view, query, result);
    } catch (Refusal refusal) {
      result.clear().setError(refusal.toError());
    }
    return result.setAppliedIndex(appliedIndex).setRevision(view.counter(Counter.REVISION)).build();
  }

  private static void answer(ReadView view, Query query, QueryResult.Builder result) {
    QueryResult.Builder done =
        switch (query.getQueryCase()) {
          case RANGE -> result.setRange(KvReads.range(view, query.getRange()));
          case LEASE_TIME_TO_LIVE ->
              result.setLeaseTimeToLive(LeaseReads.timeToLive(view, query.getLeaseTimeToLive()));
          case LEASE_LIST -> result.setLeaseList(LeaseReads.list(view));
          case TASK_GET -> result.setTaskGet(TaskReads.get(view, query.getTaskGet()));
          case TASK_LIST -> result.setTaskList(TaskReads.list(view, query.getTaskList()));
          case TASK_HISTORY ->
              result.setTaskHistory(TaskReads.history(view, query.getTaskHistory()));
          case TASK_CHECKPOINTS ->
              result.setTaskCheckpoints(TaskReads.checkpoints(view, query.getTaskCheckpoints()));
          case TASK_SECTION ->
              result.setTaskSection(TaskReads.section(view, query.getTaskSection()));
          case TASK_LOG -> result.setTaskLog(TaskReads.log(view, query.getTaskLog()));
          case TASK_RECOVER ->
              result.setTaskRecover(TaskReads.recover(view, query.getTaskRecover()));
          case MEMBER_LIST ->
              result.setMemberList(
                  MemberListResponse.newBuilder().addAllMembers(MemberTable.list(view)));
          case TASK_EXPLAIN,
              JOB_GET,
              JOB_LIST,
              WORKER_LIST,
              WORKER_TASKS,
              FAULT_LIST,
              QUARANTINE_LIST ->
              JobReads.answer(view, query, result);
          case QUERY_NOT_SET ->
              throw new Refusal(ErrorCode.UNKNOWN_COMMAND, "a query of unknown type");
        };
    assert done == result;
  }
}
