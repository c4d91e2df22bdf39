package io.cairn.core.job;

import io.cairn.core.apply.Checks;
import io.cairn.core.apply.Refusal;
import io.cairn.core.job.recovery.Explanation;
import io.cairn.core.job.recovery.FaultReads;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.JobStateRow;
import io.cairn.core.task.TaskEdit;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Job;
import io.cairn.protocol.v1.JobGetRequest;
import io.cairn.protocol.v1.JobListRequest;
import io.cairn.protocol.v1.JobListResponse;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.QueryResult;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskExplainRequest;
import io.cairn.protocol.v1.TaskExplainResponse;
import io.cairn.protocol.v1.TaskState;
import java.util.Arrays;
import java.util.Optional;

/** Answers what is asked about jobs and workers, over a view. Any thread. */
public final class JobReads {
  /** Rows that one page of a list looks at, for a filter that few of them pass. */
  private static final int LIST_ROWS_MAX = 10 * Limits.PAGE_ROWS_MAX;

  /** Bytes of specifications that one page decodes. */
  private static final long LIST_BYTES_MAX = 16L * 1024 * 1024;

  /** Rows that are looked at for what tasks do just now. */
  private static final int LIVE_ROWS_MAX = 1_000;

  private JobReads() {}

  /** Puts the answer into {@code result}. */
  public static QueryResult.Builder answer(ReadView view, Query query, QueryResult.Builder result) {
    return switch (query.getQueryCase()) {
      case JOB_GET -> result.setJobGet(get(view, query.getJobGet()));
      case JOB_LIST -> result.setJobList(list(view, query.getJobList()));
      case WORKER_LIST -> result.setWorkerList(WorkerReads.list(view, query.getWorkerList()));
      case WORKER_TASKS -> result.setWorkerTasks(WorkerReads.tasks(view, query.getWorkerTasks()));
      case TASK_EXPLAIN -> result.setTaskExplain(explain(view, query.getTaskExplain()));
      case FAULT_LIST -> result.setFaultList(FaultReads.faults(view, query.getFaultList()));
      case QUARANTINE_LIST ->
          result.setQuarantineList(FaultReads.quarantine(view, query.getQuarantineList()));
      default ->
          throw new Refusal(
              ErrorCode.UNKNOWN_COMMAND, query.getQueryCase() + " is not offered by this version");
    };
  }

  /** What recovery would do; of a task that waits also for what. Refuses TASK_NOT_FOUND. */
  private static TaskExplainResponse explain(ReadView view, TaskExplainRequest request) {
    TaskExplainResponse explained = Explanation.of(view, request);
    Task task = explained.getTask();
    if (!task.hasJob() || task.getState() != TaskState.PENDING) {
      return explained;
    }
    long id = task.getJob().getId();
    String waiting =
        state(view, id)
            .map(row -> Waiting.of(view, StoredJob.read(view, id), row, task))
            .orElse("");
    return explained.toBuilder().setWaiting(waiting).build();
  }

  /** The job. Refuses JOB_NOT_FOUND. */
  static Job get(ReadView view, JobGetRequest request) {
    long id =
        StoredJob.id(view, JobNames.key(request.getName()))
            .orElseThrow(() -> Workspace.notFound(request.getName()));
    JobStateRow state = state(view, id).orElseThrow(() -> Workspace.notFound(request.getName()));
    StoredJob stored = StoredJob.read(view, id);
    Job job = JobViews.of(view, stored, state);
    if (request.getWithoutSpec()) {
      return job; // asked again and again, by whoever waits for the job or for its barriers
    }
    Job.Builder whole = job.toBuilder().setSpec(stored.spec());
    addLive(view, whole);
    return whole.build();
  }

  /**
   * Adds what tasks have done since their attempts began: it is brought into the job's own row when
   * they end. Of a job with more tasks the first {@link #LIVE_ROWS_MAX} by name.
   */
  private static void addLive(ReadView view, Job.Builder job) {
    if (job.getStagesList().stream().allMatch(stage -> stage.getRunning() == 0)) {
      return;
    }
    byte[] prefix = JobNames.tasksPrefix(job.getName());
    int rows = 0;
    try (Cursor cursor = view.ascend(ColumnFamily.TASK, prefix, KeyLayout.prefixEnd(prefix))) {
      while (rows++ < LIVE_ROWS_MAX && cursor.next()) {
        TaskEdit task = TaskEdit.of(cursor.key(), cursor.value());
        if (task.live()) {
          JobStatistics.count(job.getStatsBuilder(), task.row());
        }
      }
    }
  }

  private static boolean isWanted(JobStateRow row, JobListRequest request) {
    return request.getStatesCount() == 0 || request.getStatesList().contains(row.getState());
  }

  /** Jobs of a namespace in the order of their names. */
  static JobListResponse list(ReadView view, JobListRequest request) {
    String namespace = request.getNamespace();
    Checks.name("namespace", namespace, false);
    Checks.name("name prefix", request.getNamePrefix(), true);
    Checks.name("name to go on after", request.getAfter(), true);
    byte[] prefix = KeyLayout.jobName(namespace, request.getNamePrefix());
    byte[] after = KeyLayout.jobName(namespace, request.getAfter());
    byte[] behind = Arrays.copyOf(after, after.length + 1);
    byte[] from = Arrays.compareUnsigned(behind, prefix) > 0 ? behind : prefix;
    int limit = WorkerReads.rows(request.getLimit());
    long bytes = 0;
    long read = 0;
    int seen = 0;
    JobListResponse.Builder response = JobListResponse.newBuilder();
    try (Cursor cursor = view.ascend(ColumnFamily.JOB_NAME, from, KeyLayout.prefixEnd(prefix))) {
      while (cursor.next()) {
        long id = KeyLayout.readLong(cursor.value(), 0);
        Optional<JobStateRow> state = state(view, id).filter(row -> isWanted(row, request));
        if (seen == LIST_ROWS_MAX
            || (state.isPresent()
                && (response.getJobsCount() == limit
                    || bytes >= Limits.ANSWER_BYTES_MAX / 2
                    || read >= LIST_BYTES_MAX))) {
          return response.setMore(true).build();
        }
        seen++;
        response.setLast(JobNames.nameOfKey(cursor.key()));
        if (state.isPresent()) {
          StoredJob stored = StoredJob.read(view, id);
          Job job = JobViews.of(view, stored, state.get());
          bytes += job.getSerializedSize();
          read += stored.row().getSerializedSize();
          response.addJobs(job);
        }
      }
    }
    return response.build();
  }

  private static Optional<JobStateRow> state(ReadView view, long id) {
    byte[] bytes = view.get(ColumnFamily.JOB_STATE, KeyLayout.id(id));
    return bytes == null ? Optional.empty() : Optional.of(StoredJob.state(id, bytes));
  }
}
