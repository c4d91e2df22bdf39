package io.cairn.client.internal;

import io.cairn.client.CairnException;
import io.cairn.client.Fault;
import io.cairn.client.TaskName;
import io.cairn.client.TaskResult;
import io.cairn.client.job.Barrier;
import io.cairn.client.job.Cause;
import io.cairn.client.job.Diagnosis;
import io.cairn.client.job.Explanation;
import io.cairn.client.job.FaultQuery;
import io.cairn.client.job.FaultRecord;
import io.cairn.client.job.Job;
import io.cairn.client.job.JobContext;
import io.cairn.client.job.JobName;
import io.cairn.client.job.JobQuery;
import io.cairn.client.job.JobSpec;
import io.cairn.client.job.Jobs;
import io.cairn.client.job.Listing;
import io.cairn.client.job.QuarantineQuery;
import io.cairn.client.job.QuarantinedItem;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.BarrierStartRequest;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.FaultListRequest;
import io.cairn.protocol.v1.FaultListResponse;
import io.cairn.protocol.v1.JobCancelRequest;
import io.cairn.protocol.v1.JobDeleteRequest;
import io.cairn.protocol.v1.JobGetRequest;
import io.cairn.protocol.v1.JobListRequest;
import io.cairn.protocol.v1.JobListResponse;
import io.cairn.protocol.v1.JobRetryRequest;
import io.cairn.protocol.v1.JobSubmitRequest;
import io.cairn.protocol.v1.QuarantineListRequest;
import io.cairn.protocol.v1.QuarantineListResponse;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.QueryResult;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskExplainRequest;
import io.cairn.protocol.v1.TaskGetRequest;
import io.cairn.protocol.v1.TaskListRequest;
import io.cairn.protocol.v1.TaskListResponse;
import io.cairn.protocol.v1.TaskOfJob;
import io.cairn.protocol.v1.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/** The job calls. Any thread but the loop. */
final class JobCalls implements Jobs {
  private static final long POLL_NANOS_MIN = 20_000_000L;
  private static final long POLL_NANOS_MAX = 1_000_000_000L;

  private final Requests requests;
  private final MissingHandlers missing;

  JobCalls(Requests requests, WorkerCalls workers) {
    this.requests = requests;
    this.missing = new MissingHandlers(workers);
  }

  @Override
  public Job submit(JobSpec spec, String submission) {
    spec.checked();
    Checked.name("submission", submission);
    Command command =
        Command.newBuilder()
            .setJobSubmit(
                JobSubmitRequest.newBuilder()
                    .setName(JobSpecWire.name(spec.name()))
                    .setSpec(JobSpecWire.spec(spec))
                    .setSubmission(submission))
            .build();
    return JobWire.job(requests.await(requests.command(command)).getJobSubmit().getJob());
  }

  @Override
  public Optional<Job> get(JobName name) {
    return find(name, false).map(missing::told);
  }

  @Override
  public Listing<Job, JobQuery> list(JobQuery query) {
    Checked.name("namespace", query.namespace());
    JobListRequest.Builder request =
        JobListRequest.newBuilder()
            .setNamespace(query.namespace())
            .setNamePrefix(query.namePrefix())
            .setAfter(query.after())
            .setLimit(query.limit());
    query.states().stream().sorted().map(JobWire::state).forEach(request::addStates);
    JobListResponse page = ask(Query.newBuilder().setJobList(request)).getJobList();
    return new Listing<>(
        page.getJobsList().stream().map(JobWire::job).toList(),
        page.getMore() ? Optional.of(query.after(page.getLast())) : Optional.empty());
  }

  @Override
  public Job cancel(JobName name) {
    return changed(
        name,
        Command.newBuilder()
            .setJobCancel(JobCancelRequest.newBuilder().setName(JobSpecWire.name(name)))
            .build());
  }

  @Override
  public Job retry(JobName name) {
    return changed(
        name,
        Command.newBuilder()
            .setJobRetry(JobRetryRequest.newBuilder().setName(JobSpecWire.name(name)))
            .build());
  }

  @Override
  public Job delete(JobName name) {
    return changed(
        name,
        Command.newBuilder()
            .setJobDelete(JobDeleteRequest.newBuilder().setName(JobSpecWire.name(name)))
            .build());
  }

  @Override
  public Listing<FaultRecord, FaultQuery> faults(FaultQuery query) {
    FaultListRequest.Builder request =
        FaultListRequest.newBuilder()
            .setAfterJob(query.afterJob())
            .setAfterNumber(query.afterNumber())
            .setLimit(query.limit());
    query.job().ifPresent(job -> request.setJob(JobSpecWire.name(job)));
    FaultListResponse page = ask(Query.newBuilder().setFaultList(request)).getFaultList();
    FaultQuery next =
        new FaultQuery(query.job(), page.getLastJob(), page.getLastNumber(), query.limit());
    return new Listing<>(
        page.getFaultsList().stream().map(JobWire::fault).toList(),
        page.getMore() ? Optional.of(next) : Optional.empty());
  }

  @Override
  public Optional<Job> await(JobName name, Duration timeout) {
    long startNanos = requests.context().clock().nanos();
    long pauseNanos = POLL_NANOS_MIN;
    while (true) {
      Job job =
          find(name, true)
              .orElseThrow(
                  () ->
                      new CairnException(ErrorCode.JOB_NOT_FOUND, "job " + name + " is not there"));
      if (job.state().hasEnded()) {
        return Optional.of(job);
      }
      long leftNanos =
          NanoClock.nanosOf(timeout) - (requests.context().clock().nanos() - startNanos);
      if (leftNanos <= 0) {
        return Optional.empty();
      }
      LockSupport.parkNanos(Math.min(pauseNanos, leftNanos));
      if (Thread.interrupted()) {
        Thread.currentThread().interrupt();
        throw new CairnException(
            ErrorCode.CLOSED, "interrupted while waiting for job " + name + ", which goes on");
      }
      pauseNanos = Math.min(pauseNanos * 3 / 2, POLL_NANOS_MAX);
    }
  }

  @Override
  public SortedMap<Integer, TaskResult> results(JobName name, String stage) {
    SortedMap<Integer, TaskResult> results = new TreeMap<>();
    TaskListRequest.Builder request =
        TaskListRequest.newBuilder()
            .setNamespace(name.namespace())
            .setNamePrefix(name.name() + "/" + stage + "/")
            .setLimit(Limits.PAGE_ROWS_MAX)
            .addStates(TaskState.SUCCEEDED);
    boolean more = true;
    while (more) {
      TaskListResponse page = ask(Query.newBuilder().setTaskList(request)).getTaskList();
      page.getTasksList().stream()
          .filter(task -> task.getHasResult() && counts(task.getJob()))
          .forEach(
              task ->
                  results.put(
                      task.getJob().getPartition(),
                      Results.read(
                          TaskWire.name(task.getName()),
                          task.getResult(),
                          task.getResultDigest())));
      more = page.getMore();
      request.setAfter(page.getLast());
    }
    return results;
  }

  /**
   * The results of a partition's runs, by number, for the comparison that {@code context} is of.
   */
  SortedMap<Integer, TaskResult> replicas(JobContext context) {
    SortedMap<Integer, TaskResult> results = new TreeMap<>();
    String first = "%s/%s/%d".formatted(context.job().name(), context.stage(), context.partition());
    boolean more = true;
    for (int replica = 0; more && replica < context.replica(); replica++) {
      TaskName name =
          new TaskName(context.job().namespace(), replica == 0 ? first : first + "#" + replica);
      Optional<Task> task = task(name);
      more = task.isPresent();
      task.filter(run -> run.getState() == TaskState.SUCCEEDED && run.getHasResult())
          .ifPresent(
              run ->
                  results.put(
                      run.getJob().getReplica(),
                      Results.read(name, run.getResult(), run.getResultDigest())));
    }
    return results;
  }

  private Optional<Task> task(TaskName name) {
    try {
      return Optional.of(
          ask(Query.newBuilder()
                  .setTaskGet(TaskGetRequest.newBuilder().setName(TaskWire.name(name))))
              .getTaskGet());
    } catch (CairnException e) {
      if (e.code() == ErrorCode.TASK_NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public Explanation explain(TaskName task, Optional<Fault> fault) {
    Checked.task(task);
    TaskExplainRequest.Builder request =
        TaskExplainRequest.newBuilder().setTask(TaskWire.name(task));
    fault.ifPresent(given -> request.setFault(TaskWire.fault(given)));
    return JobWire.explanation(ask(Query.newBuilder().setTaskExplain(request)).getTaskExplain());
  }

  @Override
  public Listing<QuarantinedItem, QuarantineQuery> quarantine(QuarantineQuery query) {
    Checked.task(query.task());
    QuarantineListRequest request =
        QuarantineListRequest.newBuilder()
            .setTask(TaskWire.name(query.task()))
            .setAfter(KvWire.wire(query.after()))
            .setLimit(query.limit())
            .build();
    QuarantineListResponse page =
        ask(Query.newBuilder().setQuarantineList(request)).getQuarantineList();
    QuarantineQuery next =
        new QuarantineQuery(query.task(), KvWire.bytes(page.getLast()), query.limit());
    return new Listing<>(
        page.getItemsList().stream().map(JobWire::item).toList(),
        page.getMore() ? Optional.of(next) : Optional.empty());
  }

  @Override
  public Barrier startBarrier(JobName name) {
    Checked.name("job name", name.name());
    Command command =
        Command.newBuilder()
            .setBarrierStart(BarrierStartRequest.newBuilder().setName(JobSpecWire.name(name)))
            .build();
    return JobWire.barrier(requests.await(requests.command(command)).getBarrier().getBarrier());
  }

  @Override
  public List<Cause> diagnose(JobName name) {
    return Diagnosis.of(allFaults(FaultQuery.of(name)));
  }

  @Override
  public List<Cause> diagnoseNode(String node) {
    return Diagnosis.of(
        allFaults(FaultQuery.all()).stream()
            .filter(record -> record.fault().place().node().equals(node))
            .toList());
  }

  private List<FaultRecord> allFaults(FaultQuery first) {
    List<FaultRecord> all = new ArrayList<>();
    Optional<FaultQuery> next = Optional.of(first);
    while (next.isPresent() && all.size() < Diagnosis.FAULTS_MAX) {
      Listing<FaultRecord, FaultQuery> page = faults(next.get());
      all.addAll(page.items());
      next = page.next();
    }
    return all;
  }

  private Optional<Job> find(JobName name, boolean withoutSpec) {
    Checked.name("namespace", name.namespace());
    Checked.name("job name", name.name());
    try {
      return Optional.of(
          JobWire.job(
              ask(Query.newBuilder()
                      .setJobGet(
                          JobGetRequest.newBuilder()
                              .setName(JobSpecWire.name(name))
                              .setWithoutSpec(withoutSpec)))
                  .getJobGet()));
    } catch (CairnException e) {
      if (e.code() == ErrorCode.JOB_NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Not what another replica has outvoted or made needless. */
  private static boolean counts(TaskOfJob place) {
    return place.getDecision() == TaskOfJob.Decision.ACCEPTED;
  }

  private Job changed(JobName name, Command command) {
    Checked.name("namespace", name.namespace());
    Checked.name("job name", name.name());
    return JobWire.job(requests.await(requests.command(command)).getJob().getJob());
  }

  private QueryResult ask(Query.Builder query) {
    return requests.await(requests.query(query));
  }
}
