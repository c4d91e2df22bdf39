package io.cairn.client.internal;

import com.google.protobuf.ByteString;
import io.cairn.client.CairnException;
import io.cairn.client.FencedException;
import io.cairn.client.TaskName;
import io.cairn.protocol.Certainty;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Outcome;
import io.cairn.protocol.v1.RecordWrite;
import io.cairn.protocol.v1.TaskSaveRequest;
import io.cairn.protocol.v1.TaskStageRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * The writes of one owner, in order: several on their way at once, each completed after all before
 * it. One that overtook another is refused with a gap, changes nothing, and is sent again once the
 * other is done (I5). One without a known outcome is sent again: the store knows it by epoch, lsn
 * or seq, and digest. So writes go on over a change of leader for as long as the ownership lasts.
 *
 * <p>What is sent again must still be known to the store. So fewer checkpoints are on their way
 * than the store keeps: however many of them have been applied, the oldest kept one comes before
 * all that is not answered, and neither a checkpoint nor a record that is not answered has been let
 * go.
 *
 * <p>Belongs to the loop; {@link WriteBuffer} bounds what is on its way.
 */
final class TaskPipeline {
  private static final int ON_THE_WAY_MAX = 8;
  private static final int GROUP_BYTES = 256 * 1024;
  private static final int SENDS_MAX = 5;

  /** How commands get to the store. */
  interface Way {
    /** Sends a command. */
    CompletableFuture<Outcome> send(Command command);

    /** Runs work on the loop after a pause. */
    void later(Runnable work);

    /** The store has refused a write as one of another epoch. */
    void fenced();
  }

  private final TaskName name;
  private final long epoch;
  private final int checkpointsKept;
  private final Way way;
  private final WriteBuffer buffer;
  private final Deque<TaskWrite> queued = new ArrayDeque<>();
  private final Deque<Group> onTheWay = new ArrayDeque<>();
  private Optional<CairnException> end = Optional.empty();

  TaskPipeline(Hold.OwnedName owned, int checkpointsKept, Way way, WriteBuffer buffer) {
    this.name = owned.name();
    this.epoch = owned.epoch();
    this.checkpointsKept = checkpointsKept;
    this.way = way;
    this.buffer = buffer;
  }

  /** Sends a write when its turn comes. */
  void add(TaskWrite write) {
    if (end.isPresent()) {
      finish(write, end.get());
      return;
    }
    queued.add(write);
    pump();
  }

  /** Ownership is gone: nothing is sent any more. */
  void fenced(String why) {
    stop(
        sent ->
            new FencedException(
                sent ? Certainty.OUTCOME_UNKNOWN : Certainty.NOT_APPLIED,
                "task %s is no longer owned under epoch %d: %s".formatted(name, epoch, why),
                0,
                epoch));
  }

  private void pump() {
    while (end.isEmpty() && !queued.isEmpty() && mayGo(queued.getFirst())) {
      Group group = gather();
      onTheWay.add(group);
      start(group);
    }
  }

  private boolean mayGo(TaskWrite next) {
    if (onTheWay.isEmpty()) {
      return true;
    }
    if (onTheWay.size() >= ON_THE_WAY_MAX
        || next.isBarrier()
        || onTheWay.getLast().first().isBarrier()) {
      return false;
    }
    return next.checkpoint().isEmpty() || checkpointsOnTheWay() < checkpointsKept - 1;
  }

  private long checkpointsOnTheWay() {
    return onTheWay.stream().filter(group -> group.first().checkpoint().isPresent()).count();
  }

  private Group gather() {
    TaskWrite first = queued.removeFirst();
    List<TaskWrite> writes = new ArrayList<>(List.of(first));
    long bytes = first.bytes();
    while (first.isPlainRecord()
        && !queued.isEmpty()
        && queued.getFirst().isPlainRecord()
        && writes.size() < Limits.RECORDS_MAX
        && bytes + queued.getFirst().bytes() <= GROUP_BYTES) {
      TaskWrite next = queued.removeFirst();
      bytes += next.bytes();
      writes.add(next);
    }
    return new Group(writes, command(writes));
  }

  private Command command(List<TaskWrite> writes) {
    TaskWrite first = writes.get(0);
    if (first.last().isPresent()) {
      return first.last().get();
    }
    TaskSaveRequest.Builder save =
        TaskSaveRequest.newBuilder().setName(TaskWire.name(name)).setEpoch(epoch);
    for (TaskWrite write : writes) {
      for (ByteString record : write.records()) {
        save.addRecords(RecordWrite.newBuilder().setPayload(record));
      }
    }
    if (save.getRecordsCount() > 0) {
      save.setFirstLsn(first.firstLsn());
    }
    first.draft().ifPresent(draft -> save.setCheckpoint(draft.write()).setStats(draft.stats()));
    return Command.newBuilder().setTaskSave(save).build();
  }

  private void start(Group group) {
    if (end.isPresent()) {
      return;
    }
    group.sends++;
    if (group.first().stages().isEmpty()) {
      send(group);
      return;
    }
    List<CompletableFuture<Outcome>> stages = new ArrayList<>();
    long seq = group.first().checkpoint().orElseThrow().getSeq();
    group
        .first()
        .stages()
        .forEach(
            (section, bytes) ->
                stages.add(KvCalls.checked(() -> way.send(stage(seq, section, bytes)))));
    CompletableFuture<?> unused =
        CompletableFuture.allOf(stages.toArray(new CompletableFuture<?>[0]))
            .whenComplete(
                (nothing, failure) -> {
                  if (failure == null) {
                    send(group);
                  } else {
                    failed(group, Failures.of(failure));
                  }
                });
  }

  /** What brings a section ahead of its checkpoint. */
  Command stage(long seq, String section, ByteString bytes) {
    return Command.newBuilder()
        .setTaskStage(
            TaskStageRequest.newBuilder()
                .setName(TaskWire.name(name))
                .setEpoch(epoch)
                .setSeq(seq)
                .setSection(section)
                .setData(bytes))
        .build();
  }

  private void send(Group group) {
    if (end.isPresent()) {
      return;
    }
    group.overtaken = onTheWay.peekFirst() != group;
    CompletableFuture<?> unused =
        KvCalls.checked(() -> way.send(group.command))
            .whenComplete(
                (outcome, failure) -> {
                  if (end.isPresent()) {
                    return;
                  }
                  if (failure == null) {
                    group.outcome = Optional.of(outcome);
                    advance();
                  } else {
                    failed(group, Failures.of(failure));
                  }
                });
  }

  /** Completes what is done, in order, and sends again what had overtaken it. */
  private void advance() {
    while (!onTheWay.isEmpty() && onTheWay.getFirst().outcome.isPresent()) {
      Group done = onTheWay.removeFirst();
      Outcome outcome = done.outcome.get();
      for (TaskWrite write : done.writes) {
        buffer.release(write.bytes());
        write.done().complete(outcome);
      }
    }
    if (!onTheWay.isEmpty() && onTheWay.getFirst().refused) {
      // Now the first: those behind it that met the same gap go with it, in order.
      for (Group group : List.copyOf(onTheWay)) {
        if (group.refused) {
          group.refused = false;
          send(group);
        }
      }
    }
    pump();
  }

  private void failed(Group group, CairnException failure) {
    if (end.isPresent()) {
      return;
    }
    group.unknown |= failure.certainty() == Certainty.OUTCOME_UNKNOWN;
    switch (failure.code()) {
      case FENCED, EPOCH_UNKNOWN, TASK_NOT_FOUND -> {
        way.fenced();
        fenced(String.valueOf(failure.getMessage()));
      }
      case ANSWER_DROPPED -> {
        // An earlier attempt was applied; nothing in the answer is needed.
        group.outcome = Optional.of(Outcome.getDefaultInstance());
        advance();
      }
      case CLOSED -> broken(group, failure);
      default -> {
        boolean again =
            failure.code().retriable() || failure.certainty() == Certainty.OUTCOME_UNKNOWN;
        if (!again) {
          refused(group, failure);
        } else if (!failure.code().retriable() && group.sends >= SENDS_MAX) {
          broken(group, failure);
        } else {
          way.later(() -> start(group));
        }
      }
    }
  }

  /**
   * A final refusal counts only if all before the write was done when it was sent: else it may
   * speak of a gap, or of records that a checkpoint covers and that were not there yet.
   */
  private void refused(Group group, CairnException failure) {
    if (!group.overtaken) {
      broken(group, failure);
    } else if (onTheWay.peekFirst() == group) {
      send(group);
    } else {
      group.refused = true;
    }
  }

  /** A write can never be done: those behind it cannot, either. */
  private void broken(Group group, CairnException failure) {
    onTheWay.remove(group);
    end = Optional.of(failure);
    // I8: a refusal speaks of its own attempt, not of an earlier one that was not answered.
    CairnException told =
        group.unknown && failure.certainty() == Certainty.NOT_APPLIED
            ? Failures.of(
                failure.code(),
                Certainty.OUTCOME_UNKNOWN,
                failure.getMessage() + "; an earlier attempt may have been applied",
                failure.expected(),
                failure.actual())
            : failure;
    group.writes.forEach(write -> finish(write, told));
    stop(
        sent ->
            Failures.of(
                failure.code(),
                sent ? Certainty.OUTCOME_UNKNOWN : Certainty.NOT_APPLIED,
                "a write of task " + name + " before this one failed: " + failure.getMessage(),
                failure.expected(),
                failure.actual()));
  }

  private void stop(Function<Boolean, CairnException> why) {
    if (end.isEmpty()) {
      end = Optional.of(why.apply(false));
    }
    List<Group> sent = List.copyOf(onTheWay);
    List<TaskWrite> unsent = List.copyOf(queued);
    onTheWay.clear();
    queued.clear();
    for (Group group : sent) {
      group.writes.forEach(write -> finish(write, why.apply(true)));
    }
    unsent.forEach(write -> finish(write, why.apply(false)));
    buffer.end(end.get());
  }

  private void finish(TaskWrite write, CairnException failure) {
    buffer.release(write.bytes());
    write.done().completeExceptionally(failure);
  }

  /** Writes that share a command. */
  private static final class Group {
    private final List<TaskWrite> writes;
    private final Command command;
    private Optional<Outcome> outcome = Optional.empty();
    private boolean overtaken;
    private boolean refused;
    private boolean unknown;
    private int sends;

    Group(List<TaskWrite> writes, Command command) {
      this.writes = writes;
      this.command = command;
    }

    TaskWrite first() {
      return writes.get(0);
    }
  }
}
