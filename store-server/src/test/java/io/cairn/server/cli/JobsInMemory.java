package io.cairn.server.cli;

import io.cairn.client.Admin;
import io.cairn.client.Bytes;
import io.cairn.client.Cairn;
import io.cairn.client.CairnException;
import io.cairn.client.Fault;
import io.cairn.client.FaultPlace;
import io.cairn.client.Task;
import io.cairn.client.TaskName;
import io.cairn.client.TaskQuery;
import io.cairn.client.TaskResult;
import io.cairn.client.TaskSpec;
import io.cairn.client.TaskState;
import io.cairn.client.Tasks;
import io.cairn.client.codec.Codecs;
import io.cairn.client.codec.StoredState;
import io.cairn.client.job.Barrier;
import io.cairn.client.job.Cause;
import io.cairn.client.job.Explanation;
import io.cairn.client.job.FaultQuery;
import io.cairn.client.job.FaultRecord;
import io.cairn.client.job.Job;
import io.cairn.client.job.JobName;
import io.cairn.client.job.JobQuery;
import io.cairn.client.job.JobSpec;
import io.cairn.client.job.JobState;
import io.cairn.client.job.JobStats;
import io.cairn.client.job.Jobs;
import io.cairn.client.job.Listing;
import io.cairn.client.job.QuarantineQuery;
import io.cairn.client.job.QuarantinedItem;
import io.cairn.client.job.RecoveryAction;
import io.cairn.client.job.StageStatus;
import io.cairn.client.job.Workers;
import io.cairn.protocol.ErrorCode;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** A job plane of a few fixed rows behind the client's interfaces, for commands under test. */
final class JobsInMemory {
  /** Log time of all nodes, which the test may move. */
  long now = 20_000;

  final Map<String, Job> jobs = new TreeMap<>();
  final WorkersInMemory workers = new WorkersInMemory();
  final List<Task> tasks = new ArrayList<>();
  final List<FaultRecord> faults = new ArrayList<>();
  final List<Cause> causes = new ArrayList<>();
  final List<String> asked = new ArrayList<>();
  Optional<JobSpec> submitted = Optional.empty();
  Set<String> missing = Set.of();
  List<Admin.Member> members = List.of();
  Optional<Fault> explained = Optional.empty();

  /** Rows of a page. */
  int pageRows = 2;

  /** A client of it. */
  Cairn client() {
    Map<String, Function<Object[], Object>> jobCalls = new LinkedHashMap<>();
    jobCalls.put("submit", given -> submit((JobSpec) given[0], given));
    jobCalls.put("get", given -> get((JobName) given[0]));
    jobCalls.put("list", given -> list((JobQuery) given[0]));
    jobCalls.put("cancel", given -> moved((JobName) given[0], JobState.CANCELLED));
    jobCalls.put("retry", given -> moved((JobName) given[0], JobState.RUNNING));
    jobCalls.put("delete", given -> jobs.remove(needed((JobName) given[0]).name().name()));
    jobCalls.put(
        "await", given -> Optional.of(needed((JobName) given[0])).filter(JobsInMemory::ended));
    jobCalls.put("faults", given -> faults((FaultQuery) given[0]));
    jobCalls.put("results", given -> results((String) given[1]));
    jobCalls.put("explain", given -> explain(given));
    jobCalls.put("quarantine", given -> quarantine((QuarantineQuery) given[0]));
    jobCalls.put("startBarrier", given -> barrier(Barrier.Phase.PAUSING));
    jobCalls.put("diagnose", given -> causes);
    jobCalls.put("diagnoseNode", given -> causes);
    Jobs jobPlane = proxy(Jobs.class, jobCalls);
    Workers workerPlane = proxy(Workers.class, workers.calls(tasks, pageRows));
    Tasks taskPlane =
        proxy(
            Tasks.class,
            Map.of(
                "get",
                    given -> tasks.stream().filter(one -> one.name().equals(given[0])).findFirst(),
                "list", given -> tasks((TaskQuery) given[0])));
    Admin admin = proxy(Admin.class, Map.of("status", given -> Map.of("127.0.0.1:7420", node())));
    return proxy(
        Cairn.class,
        Map.of(
            "jobs", given -> jobPlane,
            "workers", given -> workerPlane,
            "tasks", given -> taskPlane,
            "admin", given -> admin));
  }

  private <T> T proxy(Class<T> type, Map<String, Function<Object[], Object>> calls) {
    return type.cast(
        Proxy.newProxyInstance(
            JobsInMemory.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, given) -> {
              if (method.getName().equals("close")) {
                return null;
              }
              Function<Object[], Object> call = calls.get(method.getName());
              if (call == null) {
                throw new UnsupportedOperationException(method.getName());
              }
              asked.add(method.getName());
              return call.apply(given == null ? new Object[0] : given);
            }));
  }

  private Admin.NodeStatus node() {
    return new Admin.NodeStatus(
        "test",
        "node1",
        "1",
        5,
        false,
        List.of(
            new Admin.GroupStatus(
                1,
                "LEADER",
                1,
                "node1",
                1,
                1,
                1,
                1,
                1,
                1,
                0,
                0,
                now,
                Bytes.empty(),
                0,
                0,
                0,
                0,
                0,
                List.of(),
                members)));
  }

  private static boolean ended(Job job) {
    return job.state().hasEnded();
  }

  private Job needed(JobName name) {
    return Optional.ofNullable(jobs.get(name.name()))
        .orElseThrow(
            () -> new CairnException(ErrorCode.JOB_NOT_FOUND, "no job '" + name.name() + "'"));
  }

  private Job submit(JobSpec spec, Object... given) {
    submitted = Optional.of(spec);
    Job job =
        job(spec.name().name(), JobState.RUNNING, given.length > 1 ? (String) given[1] : "random");
    if (jobs.containsKey(spec.name().name())) {
      throw new CairnException(ErrorCode.JOB_EXISTS, "job '" + spec.name().name() + "' exists");
    }
    jobs.put(spec.name().name(), job);
    return job;
  }

  private Optional<Job> get(JobName name) {
    return Optional.ofNullable(jobs.get(name.name())).map(this::told);
  }

  private Job told(Job job) {
    if (missing.isEmpty()) {
      return job;
    }
    return job.withHandlersMissing(missing);
  }

  private Job moved(JobName name, JobState state) {
    Job job = job(needed(name).name().name(), state, "s");
    jobs.put(name.name(), job);
    return job;
  }

  private Listing<Job, JobQuery> list(JobQuery query) {
    List<Job> found =
        jobs.values().stream()
            .filter(job -> job.name().name().startsWith(query.namePrefix()))
            .filter(job -> job.name().name().compareTo(query.after()) > 0)
            .filter(job -> query.states().isEmpty() || query.states().contains(job.state()))
            .toList();
    int rows = Math.min(pageRows, query.limit());
    List<Job> page = found.stream().limit(rows).toList();
    return new Listing<>(
        page,
        found.size() > rows
            ? Optional.of(query.after(page.get(rows - 1).name().name()))
            : Optional.empty());
  }

  /** Looks at so many rows for a page, as the store does: it may be none of them. */
  private Listing<Task, TaskQuery> tasks(TaskQuery query) {
    List<Task> behind =
        tasks.stream()
            .filter(task -> task.name().name().startsWith(query.namePrefix()))
            .filter(task -> task.name().name().compareTo(query.after()) > 0)
            .sorted(Comparator.comparing(task -> task.name().name()))
            .toList();
    int rows = Math.min(pageRows, query.limit());
    List<Task> page =
        behind.stream()
            .limit(rows)
            .filter(task -> query.states().isEmpty() || query.states().contains(task.state()))
            .toList();
    return new Listing<>(
        page,
        behind.size() > rows
            ? Optional.of(query.after(behind.get(rows - 1).name().name()))
            : Optional.empty());
  }

  private Listing<FaultRecord, FaultQuery> faults(FaultQuery query) {
    List<FaultRecord> found =
        faults.stream().filter(fault -> fault.number() > query.afterNumber()).toList();
    List<FaultRecord> page = found.stream().limit(pageRows).toList();
    return new Listing<>(
        page,
        found.size() > pageRows
            ? Optional.of(
                new FaultQuery(query.job(), 1, page.get(pageRows - 1).number(), query.limit()))
            : Optional.empty());
  }

  private static SortedMap<Integer, TaskResult> results(String stage) {
    SortedMap<Integer, TaskResult> results = new TreeMap<>();
    Bytes stored = Bytes.of(StoredState.encode(Codecs.string(), stage + "\tdone"));
    results.put(0, new TaskResult(stored, Bytes.utf8("d")));
    results.put(2, new TaskResult(stored, Bytes.utf8("d")));
    return results;
  }

  @SuppressWarnings("unchecked")
  private Explanation explain(Object... given) {
    explained = (Optional<Fault>) given[1];
    Task task = tasks.stream().filter(one -> one.name().equals(given[0])).findFirst().orElseThrow();
    return new Explanation(
        task,
        RecoveryAction.RESUME,
        Duration.ofMillis(2_400),
        3,
        5,
        2_048,
        3,
        0,
        1,
        "few faults so far",
        task.state() == TaskState.PENDING ? "for a worker" : "");
  }

  private static Listing<QuarantinedItem, QuarantineQuery> quarantine(QuarantineQuery query) {
    List<QuarantinedItem> items =
        query.after().isEmpty()
            ? List.of(new QuarantinedItem(Bytes.utf8("line-7"), 3, Optional.of(fault("odd line"))))
            : List.of(new QuarantinedItem(Bytes.of(new byte[] {(byte) 0xff}), 1, Optional.empty()));
    return new Listing<>(
        items,
        query.after().isEmpty()
            ? Optional.of(new QuarantineQuery(query.task(), Bytes.utf8("line-7"), query.limit()))
            : Optional.empty());
  }

  /** A barrier of three tasks. */
  static Barrier barrier(Barrier.Phase phase) {
    return new Barrier(4, phase, 30_000, 3, 1, "", 0);
  }

  /** A fault of worker w1 on host7 that recovery has answered. */
  static Fault fault(String message) {
    return new Fault(
        "TASK_ERROR",
        "Pricing.java:12",
        2,
        9,
        true,
        message,
        Bytes.empty(),
        3,
        10,
        15_000,
        new FaultPlace("host7", "w1", "3", "", Bytes.empty(), List.of()),
        "RESUME",
        1_100);
  }

  /** The same as the job's fault of this number. */
  static FaultRecord record(long number, String task, String message) {
    return new FaultRecord(number, TaskName.of(task), "price", 3, 0, fault(message));
  }

  /** A job of two stages that is half through its first. */
  static Job job(String name, JobState state, String submission) {
    return new Job(
        JobName.of(name),
        7,
        state,
        Optional.empty(),
        submission,
        1,
        10_000,
        state.hasEnded() ? 18_000 : 0,
        List.of(
            new StageStatus("price", 10, 2, 1, 2, 5, 0, 0, true, Duration.ofMillis(1_500)),
            new StageStatus("sum", 1, 1, 0, 0, 0, 0, 0, false, Duration.ZERO)),
        new JobStats(
            9,
            2,
            Duration.ofSeconds(20),
            12,
            3_400_000,
            Duration.ofMillis(210),
            1_024,
            Duration.ofSeconds(5),
            "cost 17ms, a fault each 10s",
            1),
        Optional.empty(),
        Optional.empty(),
        0,
        Set.of());
  }

  /** A task with 4096 bytes of sections and 100 of records. */
  static Task task(String name, TaskState state) {
    return new Task(
        TaskName.of(name),
        state,
        1,
        2,
        9,
        Optional.of("w1"),
        3,
        1,
        8,
        15,
        10,
        Bytes.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(fault("disk on fire")),
        10_000,
        15_000,
        TaskSpec.defaults(),
        4_096,
        100);
  }
}
