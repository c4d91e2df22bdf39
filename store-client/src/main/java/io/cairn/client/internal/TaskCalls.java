package io.cairn.client.internal;

import com.google.protobuf.ByteString;
import io.cairn.client.Bytes;
import io.cairn.client.CairnException;
import io.cairn.client.Checkpoint;
import io.cairn.client.LogEntry;
import io.cairn.client.Page;
import io.cairn.client.Task;
import io.cairn.client.TaskHistoryEvent;
import io.cairn.client.TaskName;
import io.cairn.client.TaskQuery;
import io.cairn.client.TaskSpec;
import io.cairn.client.TaskVerification;
import io.cairn.client.TaskWrites;
import io.cairn.client.Tasks;
import io.cairn.client.job.Listing;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.LogChain;
import io.cairn.protocol.Sha256;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.LogRecord;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.TaskCancelRequest;
import io.cairn.protocol.v1.TaskCheckpointsRequest;
import io.cairn.protocol.v1.TaskCreateRequest;
import io.cairn.protocol.v1.TaskDeleteRequest;
import io.cairn.protocol.v1.TaskGetRequest;
import io.cairn.protocol.v1.TaskHistoryRequest;
import io.cairn.protocol.v1.TaskListRequest;
import io.cairn.protocol.v1.TaskListResponse;
import io.cairn.protocol.v1.TaskLogRequest;
import io.cairn.protocol.v1.TaskLogResponse;
import io.cairn.protocol.v1.TaskSectionRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The task calls from outside. Any thread but the loop. */
final class TaskCalls implements Tasks {
  private final Requests requests;

  TaskCalls(Requests requests) {
    this.requests = requests;
  }

  @Override
  public Task create(TaskName name, TaskSpec spec) {
    Checked.task(name);
    Command command =
        Command.newBuilder()
            .setTaskCreate(
                TaskCreateRequest.newBuilder()
                    .setName(TaskWire.name(name))
                    .setSpec(TaskWire.spec(spec)))
            .build();
    return TaskWire.task(requests.await(requests.command(command)).getTaskCreate().getTask());
  }

  @Override
  public Optional<Task> get(TaskName name) {
    Checked.task(name);
    try {
      return Optional.of(
          TaskWire.task(
              requests
                  .await(
                      requests.query(
                          Query.newBuilder()
                              .setTaskGet(
                                  TaskGetRequest.newBuilder().setName(TaskWire.name(name)))))
                  .getTaskGet()));
    } catch (CairnException e) {
      if (e.code() == ErrorCode.TASK_NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public Listing<Task, TaskQuery> list(TaskQuery query) {
    Checked.name("namespace", query.namespace());
    TaskListRequest.Builder request =
        TaskListRequest.newBuilder()
            .setNamespace(query.namespace())
            .setNamePrefix(query.namePrefix())
            .setAfter(query.after())
            .setLimit(query.limit());
    query.states().stream().sorted().map(TaskWire::state).forEach(request::addStates);
    TaskListResponse response =
        requests.await(requests.query(Query.newBuilder().setTaskList(request))).getTaskList();
    return new Listing<>(
        response.getTasksList().stream().map(TaskWire::task).toList(),
        response.getMore() ? Optional.of(query.after(response.getLast())) : Optional.empty());
  }

  @Override
  public List<TaskHistoryEvent> history(TaskName name) {
    Checked.task(name);
    return requests
        .await(
            requests.query(
                Query.newBuilder()
                    .setTaskHistory(TaskHistoryRequest.newBuilder().setName(TaskWire.name(name)))))
        .getTaskHistory()
        .getEventsList()
        .stream()
        .map(TaskWire::event)
        .toList();
  }

  @Override
  public List<Checkpoint> checkpoints(TaskName name) {
    Checked.task(name);
    return requests
        .await(
            requests.query(
                Query.newBuilder()
                    .setTaskCheckpoints(
                        TaskCheckpointsRequest.newBuilder()
                            .setName(TaskWire.name(name))
                            .setSeq(-1))))
        .getTaskCheckpoints()
        .getCheckpointsList()
        .stream()
        .map(TaskWire::checkpoint)
        .toList();
  }

  @Override
  public Bytes section(TaskName name, long seq, String section) {
    Checked.task(name);
    return KvWire.bytes(requests.await(sectionBytes(name, seq, section)));
  }

  @Override
  public Page<LogEntry> log(TaskName name, long fromLsn, int limit) {
    Checked.task(name);
    TaskLogResponse response = page(name, fromLsn, limit);
    return new Page<>(
        response.getRecordsList().stream().map(TaskWire::entry).toList(), response.getMore());
  }

  @Override
  public TaskVerification verify(TaskName name) {
    Task task =
        get(name)
            .orElseThrow(
                () ->
                    new CairnException(ErrorCode.TASK_NOT_FOUND, "task " + name + " is not there"));
    List<TaskVerification.Damage> damages = new ArrayList<>();
    long records = 0;
    long next = task.firstLsn();
    LogChain chain = new LogChain();
    boolean sound = true;
    boolean more = next <= task.lastLsn();
    while (sound && more) {
      TaskLogResponse page = page(name, next, Limits.PAGE_ROWS_MAX);
      for (LogRecord row : page.getRecordsList()) {
        if (!sound || row.getLsn() > task.lastLsn()) {
          break;
        }
        records++;
        next = row.getLsn() + 1;
        sound = noted(chain.check(row), damages);
      }
      more = page.getMore() && page.getRecordsCount() > 0 && next <= task.lastLsn();
    }
    if (sound && records > 0) {
      noted(chain.checkEnd(task.lastLsn(), KvWire.wire(task.lastDigest())), damages);
    }
    List<Checkpoint> checkpoints = checkpoints(name);
    checkpoints.forEach(checkpoint -> verify(name, checkpoint, damages));
    return new TaskVerification(records, checkpoints.size(), List.copyOf(damages));
  }

  @Override
  public Task cancel(TaskName name) {
    Checked.task(name);
    return ended(
        Command.newBuilder()
            .setTaskCancel(TaskCancelRequest.newBuilder().setName(TaskWire.name(name)))
            .build());
  }

  @Override
  public Task delete(TaskName name) {
    Checked.task(name);
    return ended(
        Command.newBuilder()
            .setTaskDelete(TaskDeleteRequest.newBuilder().setName(TaskWire.name(name)))
            .build());
  }

  @Override
  public TaskWrites raw() {
    return new TaskWriteCalls(requests);
  }

  /** The bytes of a section. */
  CompletableFuture<ByteString> sectionBytes(TaskName name, long seq, String section) {
    return requests
        .query(
            Query.newBuilder()
                .setTaskSection(
                    TaskSectionRequest.newBuilder()
                        .setName(TaskWire.name(name))
                        .setSeq(seq)
                        .setSection(section)))
        .thenApply(result -> result.getTaskSection().getData());
  }

  /** A page of records. */
  TaskLogResponse page(TaskName name, long fromLsn, int limit) {
    return requests
        .await(
            requests.query(
                Query.newBuilder()
                    .setTaskLog(
                        TaskLogRequest.newBuilder()
                            .setName(TaskWire.name(name))
                            .setFromLsn(fromLsn)
                            .setLimit(limit))))
        .getTaskLog();
  }

  private Task ended(Command command) {
    return TaskWire.task(requests.await(requests.command(command)).getTask().getTask());
  }

  private void verify(TaskName name, Checkpoint checkpoint, List<TaskVerification.Damage> damages) {
    for (Checkpoint.Section section : checkpoint.sections()) {
      String place = "checkpoint " + checkpoint.seq() + " section " + section.name();
      try {
        ByteString bytes = requests.await(sectionBytes(name, checkpoint.seq(), section.name()));
        Bytes digest = KvWire.bytes(Sha256.of(bytes));
        if (!digest.equals(section.digest())) {
          damages.add(
              new TaskVerification.Damage(
                  place,
                  "has digest " + digest.toHex() + " instead of " + section.digest().toHex()));
        }
      } catch (CairnException e) {
        if (e.code() != ErrorCode.CHECKPOINT_NOT_FOUND && e.code() != ErrorCode.CORRUPT) {
          throw e;
        }
        // CHECKPOINT_NOT_FOUND: it may just have been replaced by a newer one.
        if (e.code() == ErrorCode.CORRUPT) {
          damages.add(new TaskVerification.Damage(place, String.valueOf(e.getMessage())));
        }
      }
    }
  }

  private static boolean noted(
      Optional<LogChain.Damage> damage, List<TaskVerification.Damage> damages) {
    damage.ifPresent(
        found -> damages.add(new TaskVerification.Damage("record " + found.lsn(), found.what())));
    return damage.isEmpty();
  }
}
