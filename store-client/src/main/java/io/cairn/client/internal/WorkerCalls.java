package io.cairn.client.internal;

import io.cairn.client.job.Listing;
import io.cairn.client.job.WorkerQuery;
import io.cairn.client.job.WorkerStatus;
import io.cairn.client.job.WorkerTask;
import io.cairn.client.job.Workers;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.QueryResult;
import io.cairn.protocol.v1.TaskProgress;
import io.cairn.protocol.v1.WorkerDrainRequest;
import io.cairn.protocol.v1.WorkerLeaveRequest;
import io.cairn.protocol.v1.WorkerListRequest;
import io.cairn.protocol.v1.WorkerListResponse;
import io.cairn.protocol.v1.WorkerTasksRequest;
import io.cairn.protocol.v1.WorkerTasksResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The worker calls from outside. Any thread but the loop. */
final class WorkerCalls implements Workers {
  private final Requests requests;

  WorkerCalls(Requests requests) {
    this.requests = requests;
  }

  @Override
  public Listing<WorkerStatus, WorkerQuery> list(WorkerQuery query) {
    WorkerListResponse page =
        ask(Query.newBuilder()
                .setWorkerList(
                    WorkerListRequest.newBuilder().setAfter(query.after()).setLimit(query.limit())))
            .getWorkerList();
    List<WorkerStatus> workers = page.getWorkersList().stream().map(JobWire::worker).toList();
    boolean more = page.getMore() && !workers.isEmpty();
    return new Listing<>(
        workers,
        more
            ? Optional.of(new WorkerQuery(workers.get(workers.size() - 1).id(), query.limit()))
            : Optional.empty());
  }

  @Override
  public Optional<WorkerStatus> get(String id) {
    Checked.name("worker's id", id);
    // The list begins behind a name: this one is less than the id, and close to it.
    String before = id.substring(0, id.offsetByCodePoints(id.length(), -1));
    Optional<WorkerQuery> next = Optional.of(new WorkerQuery(before, 0));
    while (next.isPresent()) {
      Listing<WorkerStatus, WorkerQuery> page = list(next.get());
      for (WorkerStatus worker : page.items()) {
        if (worker.id().equals(id)) {
          return Optional.of(worker);
        }
        if (!worker.id().startsWith(before)) {
          return Optional.empty();
        }
      }
      next = page.next();
    }
    return Optional.empty();
  }

  @Override
  public List<WorkerTask> tasks(String id, long epoch) {
    Checked.name("worker's id", id);
    WorkerTasksResponse response =
        ask(Query.newBuilder()
                .setWorkerTasks(WorkerTasksRequest.newBuilder().setId(id).setEpoch(epoch)))
            .getWorkerTasks();
    Map<Long, TaskProgress> progress = new HashMap<>();
    response.getProgressList().forEach(told -> progress.put(told.getEpoch(), told));
    return response.getTasksList().stream()
        .map(
            task -> {
              TaskProgress told =
                  progress.getOrDefault(task.getEpoch(), TaskProgress.getDefaultInstance());
              return new WorkerTask(TaskWire.task(task), told.getProgress(), told.getTotal());
            })
        .toList();
  }

  @Override
  public WorkerStatus drain(String id, long epoch) {
    return changed(
        id,
        Command.newBuilder()
            .setWorkerDrain(WorkerDrainRequest.newBuilder().setId(id).setEpoch(epoch))
            .build());
  }

  @Override
  public WorkerStatus remove(String id, long epoch) {
    return changed(
        id,
        Command.newBuilder()
            .setWorkerLeave(WorkerLeaveRequest.newBuilder().setId(id).setEpoch(epoch))
            .build());
  }

  private WorkerStatus changed(String id, Command command) {
    Checked.name("worker's id", id);
    return JobWire.worker(requests.await(requests.command(command)).getWorker().getWorker());
  }

  private QueryResult ask(Query.Builder query) {
    return requests.await(requests.query(query));
  }
}
