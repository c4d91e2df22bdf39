package io.cairn.client.internal;

import io.cairn.client.CairnException;
import io.cairn.client.Lost;
import io.cairn.client.TaskName;
import io.cairn.protocol.Certainty;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskEvent;
import io.cairn.protocol.v1.TaskStartRequest;
import io.cairn.protocol.v1.TaskStartResponse;
import io.cairn.protocol.v1.WorkerTasksResponse;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tasks that a worker has under one registration after the other: from claims, by events and by
 * asking, through the acknowledgement and a thread of the pool to the end. Belongs to the loop,
 * except what says otherwise.
 */
final class Assignments implements HandlerRun.Endings {
  private static final Logger LOG = LoggerFactory.getLogger(Assignments.class);
  private static final Set<String> ENDS =
      Set.of(
          "LOST",
          "UNACKNOWLEDGED",
          "RELEASED",
          "FAILED",
          "SUCCEEDED",
          "CANCELLED",
          "DELETED",
          "ROLLED_BACK");
  private static final int ENDED_KEPT = 4 * Limits.WORKER_CAPACITY_MAX;

  /** What a worker does with its tasks. */
  interface Listener {
    /** Runs the handler of a task that has begun, on a thread of the worker's. */
    void run(Assignment assignment);

    /** The store may have tasks as this worker's that it does not know. */
    void missed();

    /** A task has come or gone. */
    void changed();
  }

  private final Client client;
  private final int capacity;
  private final Listener listener;
  private final Map<TaskName, Assignment> tasks = new ConcurrentHashMap<>();
  private final Deque<Assignment> waiting = new ArrayDeque<>();
  private final Set<Long> ended = new LinkedHashSet<>();
  private final Map<Long, BarrierNews> barriers = new HashMap<>();
  private Optional<Registration> registration = Optional.empty();
  private boolean draining;
  private int busy;

  Assignments(Client client, int capacity, Listener listener) {
    this.client = client;
    this.capacity = capacity;
    this.listener = listener;
  }

  /** The tasks there are. Any thread. */
  Collection<Assignment> all() {
    return tasks.values();
  }

  /** Takes tasks of this registration from now on. */
  void begin(Registration now) {
    registration = Optional.of(now);
  }

  /** The registration is gone, and all tasks with it. */
  void end(Lost.Reason reason) {
    registration = Optional.empty();
    waiting.clear();
    List.copyOf(tasks.values()).forEach(assignment -> assignment.lose(reason));
  }

  /** Gives back what has not begun, and what comes from now on. */
  void drain() {
    draining = true;
    while (!waiting.isEmpty()) {
      giveBack(waiting.removeFirst());
    }
  }

  /** Takes a pushed event. */
  void told(TaskEvent event) {
    Hold.OwnedName name =
        new Hold.OwnedName(TaskWire.name(event.getName()), event.getEvent().getEpoch());
    String kind = event.getEvent().getKind();
    if (kind.equals("CLAIMED")) {
      claimed(name);
    } else if (ENDS.contains(kind)) {
      gone(name);
    } else {
      Optional.ofNullable(tasks.get(name.name()))
          .filter(assignment -> assignment.owned().equals(name))
          .ifPresent(assignment -> assignment.barriers().told(kind, event.getEvent().getBarrier()));
    }
  }

  /** The tasks that are known now: what is missing in an answer to a later question is lost. */
  Set<Hold.OwnedName> known() {
    Set<Hold.OwnedName> known = new LinkedHashSet<>();
    tasks.values().forEach(assignment -> known.add(assignment.owned()));
    return known;
  }

  /** Takes the answer to what the worker was given, asked when {@code known} were known. */
  void reconcile(Set<Hold.OwnedName> known, WorkerTasksResponse response) {
    Set<Hold.OwnedName> given = new LinkedHashSet<>();
    for (Task task : response.getTasksList()) {
      given.add(new Hold.OwnedName(TaskWire.name(task.getName()), task.getEpoch()));
    }
    known.stream().filter(name -> !given.contains(name)).forEach(this::gone);
    given.forEach(this::claimed);
  }

  /** The store says that the task is not this worker's under this epoch. */
  void gone(Hold.OwnedName name) {
    Assignment assignment = tasks.get(name.name());
    if (assignment != null && assignment.owned().equals(name) && !assignment.isEnding()) {
      assignment.lose(Lost.Reason.TOLD);
    }
  }

  /** Any thread. */
  @Override
  public void end(Assignment assignment, Command command) {
    end(assignment, command, failure -> failed(assignment, command, failure));
  }

  /** Any thread. */
  @Override
  public void unfinished(Assignment assignment) {
    client.requests().context().loop().execute(() -> missed(assignment));
  }

  /** Any thread. */
  @Override
  public void freed(Assignment assignment) {
    client.requests().context().loop().execute(this::free);
  }

  private void claimed(Hold.OwnedName name) {
    if (registration.isEmpty() || ended.contains(name.epoch())) {
      return;
    }
    Assignment before = tasks.get(name.name());
    if (before != null) {
      if (before.owned().epoch() >= name.epoch()) {
        return;
      }
      before.lose(Lost.Reason.TOLD);
    }
    Assignment assignment =
        new Assignment(
            name, registration.get().hold(), client.requests().context().clock(), this::over);
    tasks.put(name.name(), assignment);
    listener.changed();
    if (draining) {
      giveBack(assignment);
      return;
    }
    waiting.add(assignment);
    pump();
  }

  private void pump() {
    while (busy < capacity && !waiting.isEmpty()) {
      Assignment next = waiting.removeFirst();
      if (next.isAlive()) {
        busy++;
        start(next);
      }
    }
  }

  private void start(Assignment assignment) {
    Command command =
        Command.newBuilder()
            .setTaskStart(
                TaskStartRequest.newBuilder()
                    .setName(TaskWire.name(assignment.owned().name()))
                    .setEpoch(assignment.owned().epoch()))
            .build();
    CompletableFuture<?> unused =
        client
            .requests()
            .timed(command)
            .whenComplete(
                (answer, failure) -> {
                  if (failure != null) {
                    startFailed(assignment, Failures.of(failure));
                  } else if (!assignment.isAlive()) {
                    free();
                  } else {
                    started(assignment, answer.outcome().getTaskStart(), answer.sentNanos());
                    listener.changed();
                    listener.run(assignment);
                  }
                });
  }

  private void started(Assignment assignment, TaskStartResponse response, long sentNanos) {
    assignment.started(response, sentNanos);
    if (response.getCheckpoints().getCoordinated()) {
      long now = client.requests().context().clock().nanos();
      assignment.share(barriers.computeIfAbsent(jobOf(response), id -> new BarrierNews(now)));
    }
  }

  private static long jobOf(TaskStartResponse response) {
    return response.getTask().getJob().getId();
  }

  private void startFailed(Assignment assignment, CairnException failure) {
    boolean again =
        failure.code() != ErrorCode.CLOSED
            && (failure.code().retriable() || failure.certainty() != Certainty.NOT_APPLIED);
    if (again && assignment.isAlive()) {
      LOG.debug("{} could not be acknowledged yet", assignment.owned(), failure);
      later(() -> retryStart(assignment));
      return;
    }
    LOG.debug("{} is not this worker's any more", assignment.owned(), failure);
    assignment.lose(Lost.Reason.TOLD);
    free();
  }

  private void retryStart(Assignment assignment) {
    if (assignment.isAlive()) {
      start(assignment);
    } else {
      free();
    }
  }

  private void giveBack(Assignment assignment) {
    end(assignment, TaskWriteCalls.release(assignment.owned()));
  }

  private void end(Assignment assignment, Command command, Consumer<CairnException> onFailure) {
    assignment.disown();
    LinkContext context = client.requests().context();
    TaskPipeline pipeline =
        new TaskPipeline(
            assignment.owned(),
            1,
            new OwnersWay(client, assignment),
            new WriteBuffer(Long.MAX_VALUE, () -> false));
    TaskWrite last = TaskWrite.last(command);
    assignment.onLost(reason -> context.loop().execute(() -> pipeline.fenced(reason.name())));
    CompletableFuture<?> unused =
        last.done()
            .whenComplete(
                (outcome, failure) -> {
                  if (failure == null) {
                    assignment.letGo();
                  } else if (assignment.isAlive()) {
                    onFailure.accept(Failures.of(failure));
                  }
                });
    context.loop().execute(() -> pipeline.add(last));
  }

  /** The store will not have this end: it is told that the attempt has failed, by what it said. */
  private void failed(Assignment assignment, Command command, CairnException failure) {
    if ((command.hasTaskComplete() || command.hasTaskVerdict() || command.hasTaskFail())
        && failure.code() != ErrorCode.CLOSED) {
      end(
          assignment,
          TaskWriteCalls.failure(
              assignment.owned().name(), assignment.owned().epoch(), Faults.of(failure)),
          again -> failed(assignment, Command.getDefaultInstance(), again));
      return;
    }
    LOG.warn("the end of {} was not taken by the store", assignment.owned(), failure);
    missed(assignment);
  }

  /** The store has the task as running here: it will be given again, and begin again. */
  private void missed(Assignment assignment) {
    forget(assignment);
    ended.remove(assignment.owned().epoch());
    listener.missed();
  }

  private void over(Assignment assignment) {
    client.requests().context().loop().execute(() -> forget(assignment));
  }

  private void forget(Assignment assignment) {
    if (tasks.remove(assignment.owned().name(), assignment)) {
      waiting.remove(assignment);
      if (!barriers.isEmpty()) {
        Set<Long> jobs =
            tasks.values().stream()
                .flatMap(other -> other.start().stream())
                .map(Assignments::jobOf)
                .collect(Collectors.toSet());
        barriers.keySet().retainAll(jobs);
      }
      ended.add(assignment.owned().epoch());
      if (ended.size() > ENDED_KEPT) {
        ended.remove(ended.iterator().next());
      }
      listener.changed();
    }
  }

  private void free() {
    busy--;
    pump();
    listener.changed();
  }

  private void later(Runnable work) {
    LinkContext context = client.requests().context();
    context.loop().after(context.backoff().nanos(3), work);
  }
}
