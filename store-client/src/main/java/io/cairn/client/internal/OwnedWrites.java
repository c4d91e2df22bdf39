package io.cairn.client.internal;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.cairn.client.CairnException;
import io.cairn.client.Task;
import io.cairn.client.TaskName;
import io.cairn.client.codec.StoredState;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.CheckpointWrite;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Outcome;
import io.cairn.protocol.v1.WorkStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The writes of a task that this client owns: draws their numbers under this object's lock, and
 * hands them to the pipeline in the order of their numbers. It does not ask whether the task is
 * still owned. Any thread.
 */
final class OwnedWrites<T> {
  private static final String START = "start";

  private final Client client;
  private final TaskTerms<T> terms;
  private final WriteBuffer buffer;
  private final TaskPipeline pipeline;
  private final Triggers triggers;
  private final CheckpointDrafting drafting;
  private final Recovery recovery;
  private long toldRecoveredBytes;
  private volatile long acknowledgedSeq;
  private long lastLsn;
  private Optional<T> unsaved = Optional.empty();
  private volatile CompletableFuture<Outcome> newest =
      CompletableFuture.completedFuture(Outcome.getDefaultInstance());

  OwnedWrites(Client client, Task task, TaskTerms<T> terms, Recovery recovery) {
    LinkContext context = client.requests().context();
    this.client = client;
    this.terms = terms;
    this.acknowledgedSeq = task.checkpointSeq();
    this.lastLsn = task.lastLsn();
    this.buffer =
        new WriteBuffer(context.settings().committerBufferBytes(), context.loop()::isCurrent);
    this.triggers = new Triggers(terms.conditions(), context.clock());
    this.recovery = recovery;
    this.drafting = new CheckpointDrafting(terms.labels(), task.checkpointSeq() + 1);
    recovery.checkpoint().ifPresent(drafting::knows);
    this.pipeline =
        new TaskPipeline(
            new Hold.OwnedName(task.name(), task.epoch()),
            kept(task),
            new OwnersWay(client, terms.ownership()),
            buffer);
  }

  /** Newest checkpoint that the store has acknowledged, -1 for none. */
  long acknowledgedSeq() {
    return acknowledgedSeq;
  }

  /** The write drawn last. */
  CompletableFuture<Outcome> newest() {
    return newest;
  }

  /** Why nothing can be written any more. */
  Optional<CairnException> end() {
    return buffer.end();
  }

  /** Refuses to begin a task anew that this run has begun already. */
  void requireNone(TaskName task) {
    drafting.requireNone(task);
  }

  /** Keeps the state, and saves it if a trigger fires. */
  void update(T state, int items, long bytes) {
    update(state, () -> triggers.count(items, bytes));
  }

  /** Keeps the state in which one more part is done, and saves it if a trigger fires. */
  void partDone(T state) {
    update(state, triggers::partDone);
  }

  private void update(T state, Runnable counting) {
    if (!terms.alone()) {
      return;
    }
    Optional<String> due;
    synchronized (this) {
      unsaved = Optional.of(state);
      counting.run();
      due = triggers.due();
    }
    due.ifPresent(trigger -> saveNow(state, trigger));
  }

  /** Saves the state of the last update, if there is one that is not saved. */
  void saveLast(String trigger) {
    Optional<T> state;
    synchronized (this) {
      state = unsaved;
    }
    state.ifPresent(last -> saveNow(last, trigger));
  }

  private void saveNow(T state, String trigger) {
    long sinceNanos = now();
    CompletableFuture<?> unused = save(encoded(state), List.of(), trigger);
    took(sinceNanos);
  }

  /** What {@link #took} counts from. */
  long now() {
    return client.requests().context().clock().nanos();
  }

  /** The task's thread was busy with a checkpoint until now. */
  synchronized void took(long sinceNanos) {
    triggers.took(now() - sinceNanos);
  }

  /** Appends a record. Blocks while the buffer is full. */
  CompletableFuture<Long> append(byte[] record) {
    Checked.size("record", record.length, Limits.VALUE_BYTES_MAX);
    ByteString payload = ByteString.copyFrom(record);
    buffer.admit(TaskWrite.record(0, payload).bytes());
    synchronized (this) {
      triggers.count(0, record.length);
      long lsn = ++lastLsn;
      return enqueue(TaskWrite.record(lsn, payload)).thenApply(outcome -> lsn);
    }
  }

  /** A state as the one section it is stored in, made smaller if that pays. */
  Sections encoded(T state) {
    byte[] bytes = StoredState.encode(terms.codec(), state);
    // As it is encoded, whatever it shrinks to: a state does not become too large by its content.
    Checked.size("state", bytes.length, Limits.VALUE_BYTES_MAX);
    byte[] stored = StoredState.deflated(bytes);
    return Sections.whole(Map.of(OwnedTask.STATE, UnsafeByteOperations.unsafeWrap(stored)));
  }

  /** Saves a state to begin with. It contains no records: those there are stay to be recovered. */
  CompletableFuture<Long> start(T state) {
    return save(encoded(state), List.of(), START);
  }

  /** Saves sections, and records that they contain. Blocks while the buffer is full. */
  CompletableFuture<Long> save(Sections sections, List<ByteString> records, String trigger) {
    long recordBytes = records.stream().mapToLong(ByteString::size).sum();
    Checked.size("records of one save", recordBytes, Limits.VALUE_BYTES_MAX);
    Checked.size("number of records of one save", records.size(), Limits.RECORDS_MAX);
    // For an upper bound of what is drafted below: admitting waits, and must not hold the lock.
    long admitted = recordBytes + sections.size();
    buffer.admit(admitted);
    synchronized (this) {
      requireAlone(admitted);
      long firstLsn = lastLsn + 1;
      CheckpointDrafting.Draft draft =
          draft(sections, trigger, records, admitted).telling(tellStats());
      lastLsn += records.size();
      TaskWrite write = TaskWrite.save(records.isEmpty() ? 0 : firstLsn, records, draft);
      buffer.exchange(admitted, write.bytes());
      triggers.reset();
      unsaved = Optional.empty();
      long seq = draft.write().getSeq();
      return enqueue(write)
          .thenApply(
              outcome -> {
                acknowledgedSeq = Math.max(acknowledgedSeq, seq);
                return seq;
              });
    }
  }

  /** A checkpoint for a barrier, and what to bring before it; nothing is on its way meanwhile. */
  record BarrierDraft(
      CheckpointWrite write,
      List<Command> stages,
      WorkStats stats,
      CheckpointDrafting.Mark before) {}

  /** Drafts a checkpoint that covers all records. */
  synchronized BarrierDraft draftForBarrier(Sections sections) {
    CheckpointDrafting.Mark before = drafting.mark();
    CheckpointDrafting.Draft draft = drafting.draft(sections, "barrier", lastLsn, 0);
    List<Command> stages = new ArrayList<>();
    draft
        .stages()
        .forEach(
            (section, bytes) -> stages.add(pipeline.stage(draft.write().getSeq(), section, bytes)));
    return new BarrierDraft(draft.write(), stages, tellStats(), before);
  }

  /** The barrier has made the draft a checkpoint, or nothing has come of it. */
  synchronized void barrierDecided(BarrierDraft draft, boolean committed) {
    if (committed) {
      acknowledgedSeq = Math.max(acknowledgedSeq, draft.write().getSeq());
    } else {
      drafting.back(draft.before());
    }
  }

  private void requireAlone(long admitted) {
    if (!terms.alone() && drafting.mark().nextSeq() > 0) {
      buffer.release(admitted);
      throw new CairnException(
          ErrorCode.WRONG_STATE,
          "this task is saved at barriers, together with the others of its job");
    }
  }

  /** Sends a command that ends the ownership, behind all others. */
  CompletableFuture<Outcome> last(Command command) {
    TaskWrite last = TaskWrite.last(telling(command));
    buffer.admit(last.bytes());
    terms.ownership().disown();
    synchronized (this) {
      return enqueue(last);
    }
  }

  /** Sends a command past the pipeline. */
  CompletableFuture<Outcome> send(Command command) {
    return client.requests().command(command);
  }

  /** Nothing is sent any more. */
  void fenced(String why) {
    client.requests().context().loop().execute(() -> pipeline.fenced(why));
  }

  /** However the ownership ends, what its work has cost is told with it. */
  private synchronized Command telling(Command command) {
    Command.Builder told = command.toBuilder();
    switch (command.getOpCase()) {
      case TASK_COMPLETE -> told.getTaskCompleteBuilder().setStats(tellStats());
      case TASK_FAIL -> told.getTaskFailBuilder().setStats(tellStats());
      case TASK_RELEASE -> told.getTaskReleaseBuilder().setStats(tellStats());
      default -> {}
    }
    return told.build();
  }

  /** Needs this object's lock: each cost is told with one write, which is sent as it is. */
  private WorkStats tellStats() {
    long recoveredBytes = recovery.bytes();
    WorkStats.Builder stats =
        WorkStats.newBuilder()
            .setCheckpointMicros(triggers.tellCostMicros())
            .setRecoveredBytes(recoveredBytes - toldRecoveredBytes);
    toldRecoveredBytes = recoveredBytes;
    triggers
        .interval()
        .ifPresent(
            interval ->
                stats
                    .setIntervalMillis(interval.nanos() / 1_000_000)
                    .setIntervalReason(interval.reason()));
    return stats.build();
  }

  private CheckpointDrafting.Draft draft(
      Sections sections, String trigger, List<ByteString> records, long admitted) {
    try {
      long recordBytes = records.stream().mapToLong(ByteString::size).sum();
      long covered = trigger.equals(START) ? recovery.fromLsn() - 1 : lastLsn + records.size();
      return drafting.draft(sections, trigger, covered, recordBytes);
    } catch (CairnException e) {
      buffer.release(admitted);
      throw e;
    }
  }

  private static int kept(Task task) {
    int kept = task.spec().checkpointsKept();
    return kept == 0 ? Limits.CHECKPOINTS_KEPT_DEFAULT : kept;
  }

  /** Needs this object's lock, so that writes queue in the order of their numbers. */
  private CompletableFuture<Outcome> enqueue(TaskWrite write) {
    newest = write.done();
    if (!client.requests().context().loop().offer(() -> pipeline.add(write))) {
      write
          .done()
          .completeExceptionally(new CairnException(ErrorCode.CLOSED, "the client is closed"));
    }
    return write.done();
  }
}
