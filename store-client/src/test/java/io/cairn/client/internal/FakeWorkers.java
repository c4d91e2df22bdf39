package io.cairn.client.internal;

import com.google.protobuf.ByteString;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.CheckpointPolicy;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Detection;
import io.cairn.protocol.v1.Fault;
import io.cairn.protocol.v1.Outcome;
import io.cairn.protocol.v1.OutcomeError;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.QueryResult;
import io.cairn.protocol.v1.ServerFrame;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskEvent;
import io.cairn.protocol.v1.TaskHistoryEvent;
import io.cairn.protocol.v1.TaskHold;
import io.cairn.protocol.v1.TaskListResponse;
import io.cairn.protocol.v1.TaskName;
import io.cairn.protocol.v1.TaskOfJob;
import io.cairn.protocol.v1.TaskResponse;
import io.cairn.protocol.v1.TaskStartResponse;
import io.cairn.protocol.v1.TaskState;
import io.cairn.protocol.v1.Worker;
import io.cairn.protocol.v1.WorkerReportRequest;
import io.cairn.protocol.v1.WorkerReportResponse;
import io.cairn.protocol.v1.WorkerResponse;
import io.cairn.protocol.v1.WorkerTasksResponse;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The fake store's workers and the tasks it gives them: as told by the test, not by a policy. */
final class FakeWorkers {
  final List<Fault> faults = new CopyOnWriteArrayList<>();
  final List<WorkerReportRequest> reports = new CopyOnWriteArrayList<>();
  final List<String> calls = new CopyOnWriteArrayList<>();
  final Map<String, ByteString> results = new HashMap<>();
  final FakeBarriers barriers = new FakeBarriers();
  private final Map<String, Worker> workers = new HashMap<>();
  private final Map<String, Task> tasks = new LinkedHashMap<>();
  private long epoch = 100;
  private long ttlMillis = 10_000;
  private boolean coordinated;

  /** Tasks' jobs take a worker for lost after so long. */
  synchronized FakeWorkers ttlMillis(long millis) {
    ttlMillis = millis;
    return this;
  }

  /** Tasks are saved together. */
  synchronized FakeWorkers coordinated() {
    coordinated = true;
    return this;
  }

  /** A task that has ended with a result; its digest is as given. */
  synchronized void result(String task, ByteString stored, ByteString digest) {
    tasks.put(
        task,
        Task.newBuilder()
            .setName(TaskName.newBuilder().setNamespace("default").setName(task))
            .setState(TaskState.SUCCEEDED)
            .setHasResult(true)
            .setResult(stored)
            .setResultDigest(digest)
            .setJob(TaskOfJob.newBuilder().setJob("j").setDecision(TaskOfJob.Decision.ACCEPTED))
            .build());
  }

  /** Gives a task to a worker; returns the event that tells of it. */
  synchronized TaskEvent claim(String task, String worker) {
    TaskName name = TaskName.newBuilder().setNamespace("default").setName(task).build();
    Task before = tasks.getOrDefault(task, Task.newBuilder().setCheckpointSeq(-1).build());
    Task claimed =
        before.toBuilder()
            .setName(name)
            .setState(TaskState.CLAIMED)
            .setEpoch(++epoch)
            .setAttempt(before.getAttempt() + 1)
            .setOwner(worker)
            .setLease(workers.get(worker).getLease())
            .setFirstLsn(1)
            .setJob(TaskOfJob.newBuilder().setJob("j").setStage("s").setPartition(0))
            .build();
    tasks.put(task, claimed);
    return event(claimed, "CLAIMED");
  }

  /** Takes a task from its worker; returns the event that tells of it. */
  synchronized TaskEvent lose(String task) {
    Task lost = tasks.get(task);
    tasks.put(task, lost.toBuilder().setState(TaskState.PENDING).setLease(0).build());
    return event(lost, "LOST");
  }

  /** Another worker takes the id. */
  synchronized void takeId(String worker) {
    workers.put(worker, workers.get(worker).toBuilder().setEpoch(++epoch).setLease(-1).build());
    tasks.replaceAll(
        (name, task) ->
            task.getOwner().equals(worker)
                ? task.toBuilder().setState(TaskState.PENDING).setLease(0).build()
                : task);
  }

  /** The worker's lease has ended. */
  synchronized void expire(String worker) {
    takeId(worker);
    workers.remove(worker);
  }

  /** A lease is given up: a worker that was registered under it is gone. */
  synchronized void revoke(long lease) {
    workers.values().removeIf(worker -> worker.getLease() == lease);
  }

  synchronized Optional<Worker> worker(String id) {
    return Optional.ofNullable(workers.get(id));
  }

  synchronized TaskState state(String task) {
    return tasks.get(task).getState();
  }

  synchronized long epochOf(String task) {
    return tasks.get(task).getEpoch();
  }

  synchronized long count(String call) {
    return calls.stream().filter(call::equals).count();
  }

  static ServerFrame frame(TaskEvent... events) {
    return ServerFrame.newBuilder().addAllTaskEvents(List.of(events)).build();
  }

  synchronized boolean has(TaskName name) {
    return tasks.containsKey(name.getName());
  }

  synchronized Outcome run(Command command, Outcome.Builder outcome) {
    calls.add(command.getOpCase().name());
    return switch (command.getOpCase()) {
      case WORKER_REGISTER -> {
        var request = command.getWorkerRegister();
        Worker worker =
            Worker.newBuilder()
                .setId(request.getId())
                .setNode(request.getNode())
                .setEpoch(++epoch)
                .setLease(request.getLease())
                .build();
        workers.put(request.getId(), worker);
        yield outcome.setWorker(WorkerResponse.newBuilder().setWorker(worker)).build();
      }
      case WORKER_REPORT -> report(command.getWorkerReport(), outcome);
      case WORKER_DRAIN -> outcome.setWorker(WorkerResponse.getDefaultInstance()).build();
      case WORKER_LEAVE -> {
        workers.remove(command.getWorkerLeave().getId());
        yield outcome.setWorker(WorkerResponse.getDefaultInstance()).build();
      }
      case TASK_START ->
          started(command.getTaskStart().getName(), command.getTaskStart().getEpoch(), outcome);
      case TASK_COMPLETE -> {
        var request = command.getTaskComplete();
        results.put(request.getName().getName(), request.getResult());
        yield ended(request.getName(), request.getEpoch(), outcome, TaskState.SUCCEEDED);
      }
      case TASK_FAIL -> {
        var request = command.getTaskFail();
        faults.add(request.getFault());
        yield ended(request.getName(), request.getEpoch(), outcome, TaskState.PENDING);
      }
      case TASK_RELEASE ->
          ended(
              command.getTaskRelease().getName(),
              command.getTaskRelease().getEpoch(),
              outcome,
              TaskState.PENDING);
      case BARRIER_PAUSE, BARRIER_PREPARE -> barriers.run(command, outcome);
      default -> throw new IllegalStateException("not faked: " + command.getOpCase());
    };
  }

  synchronized QueryResult read(Query query, QueryResult.Builder result) {
    if (query.hasJobGet()) {
      return barriers.job(result);
    }
    if (query.hasTaskList()) {
      return result.setTaskList(TaskListResponse.newBuilder().addAllTasks(tasks.values())).build();
    }
    if (!query.hasWorkerTasks()) {
      return result.build();
    }
    calls.add("WORKER_TASKS");
    Worker worker = workers.get(query.getWorkerTasks().getId());
    if (worker == null || worker.getEpoch() != query.getWorkerTasks().getEpoch()) {
      ErrorCode code = worker == null ? ErrorCode.WORKER_NOT_FOUND : ErrorCode.FENCED;
      return result.setError(error(code)).build();
    }
    WorkerTasksResponse.Builder given = WorkerTasksResponse.newBuilder();
    tasks.values().stream()
        .filter(task -> task.getLease() == worker.getLease())
        .forEach(given::addTasks);
    return result.setWorkerTasks(given).build();
  }

  private Outcome report(WorkerReportRequest request, Outcome.Builder outcome) {
    reports.add(request);
    Worker worker = workers.get(request.getId());
    if (worker == null || worker.getEpoch() != request.getEpoch()) {
      return outcome
          .setError(error(worker == null ? ErrorCode.WORKER_NOT_FOUND : ErrorCode.FENCED))
          .build();
    }
    WorkerReportResponse.Builder response = WorkerReportResponse.newBuilder();
    request.getTasksList().stream()
        .filter(told -> !holds(told.getName(), told.getEpoch()))
        .forEach(
            told ->
                response.addLost(
                    TaskHold.newBuilder().setName(told.getName()).setEpoch(told.getEpoch())));
    return outcome.setWorkerReport(response).build();
  }

  private Outcome started(TaskName name, long of, Outcome.Builder outcome) {
    if (!holds(name, of)) {
      return outcome.setError(error(ErrorCode.FENCED)).build();
    }
    Task running = tasks.get(name.getName()).toBuilder().setState(TaskState.RUNNING).build();
    tasks.put(name.getName(), running);
    return outcome
        .setTaskStart(
            TaskStartResponse.newBuilder()
                .setTask(running)
                .setHandler("work")
                .setPartitions(1)
                .setCheckpoints(CheckpointPolicy.newBuilder().setCoordinated(coordinated))
                .setDetection(Detection.newBuilder().setTtlMillis(ttlMillis)))
        .build();
  }

  private Outcome ended(TaskName name, long of, Outcome.Builder outcome, TaskState state) {
    if (!holds(name, of)) {
      return outcome.setError(error(ErrorCode.FENCED)).build();
    }
    Task ended = tasks.get(name.getName()).toBuilder().setState(state).setLease(0).build();
    tasks.put(name.getName(), ended);
    return outcome.setTask(TaskResponse.newBuilder().setTask(ended)).build();
  }

  private boolean holds(TaskName name, long of) {
    Task task = tasks.get(name.getName());
    return task != null && task.getEpoch() == of && task.getLease() != 0;
  }

  private static OutcomeError error(ErrorCode code) {
    return OutcomeError.newBuilder().setCode(code.number()).setMessage("fake " + code).build();
  }

  private static TaskEvent event(Task task, String kind) {
    return TaskEvent.newBuilder()
        .setName(task.getName())
        .setLease(task.getLease())
        .setEvent(TaskHistoryEvent.newBuilder().setKind(kind).setEpoch(task.getEpoch()))
        .build();
  }
}
