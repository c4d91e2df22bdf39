package io.cairn.client.internal;

import com.google.protobuf.ByteString;
import io.cairn.client.Bytes;
import io.cairn.client.CairnException;
import io.cairn.client.Fault;
import io.cairn.client.FencedException;
import io.cairn.client.LogEntry;
import io.cairn.client.Lost;
import io.cairn.client.Task;
import io.cairn.client.TaskName;
import io.cairn.client.TaskRun;
import io.cairn.client.codec.StoredState;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Outcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A task that this client owns. Its numbers are drawn under this object's lock. */
final class OwnedTask<T> implements TaskRun<T> {
  /** The section that a typed state is stored in. */
  static final String STATE = "state";

  private final Client client;
  private final TaskTerms<T> terms;
  private final Hold.OwnedName owned;
  private final long attempt;
  private final Recovery recovery;
  private final TaskPipeline.Buffer buffer;
  private final TaskPipeline pipeline;
  private final Triggers triggers;
  private final CheckpointDrafting drafting;
  private volatile long acknowledgedSeq;
  private long lastLsn;
  private Optional<T> unsaved = Optional.empty();
  private volatile CompletableFuture<Outcome> newest =
      CompletableFuture.completedFuture(Outcome.getDefaultInstance());
  private volatile boolean surfaced;
  private volatile boolean ended;

  private OwnedTask(Client client, Task task, TaskTerms<T> terms, Recovery recovery) {
    LinkContext context = client.requests().context();
    this.client = client;
    this.terms = terms;
    this.owned = new Hold.OwnedName(task.name(), task.epoch());
    this.attempt = task.attempt();
    this.recovery = recovery;
    this.acknowledgedSeq = task.checkpointSeq();
    this.lastLsn = task.lastLsn();
    this.buffer =
        new TaskPipeline.Buffer(
            context.settings().committerBufferBytes(), context.loop()::isCurrent);
    this.triggers = new Triggers(terms.conditions(), context.clock());
    this.drafting = new CheckpointDrafting(terms.labels(), task.checkpointSeq() + 1);
    recovery.checkpoint().ifPresent(drafting::knows);
    this.pipeline =
        new TaskPipeline(
            owned,
            this::send,
            work -> context.loop().after(context.settings().backoffFirst().toNanos(), work),
            () -> terms.hold().lose(Lost.Reason.FENCED),
            buffer);
  }

  /** The task as it was left, with a heartbeat that renews it. */
  static <T> OwnedTask<T> recovered(Client client, Task task, TaskTerms<T> terms) {
    Recovery recovery = Recovery.of(client, task);
    OwnedTask<T> run = new OwnedTask<>(client, task, terms, recovery);
    client.leases().own(terms.hold(), run.owned);
    terms.hold().onLost(run::lost);
    return run;
  }

  @Override
  public TaskName name() {
    return owned.name();
  }

  @Override
  public long epoch() {
    return owned.epoch();
  }

  @Override
  public long attempt() {
    return attempt;
  }

  @Override
  public boolean isOwned() {
    return !ended && terms.hold().isAlive();
  }

  @Override
  public boolean isResumed() {
    return recovery.checkpoint().isPresent();
  }

  @Override
  public long checkpointSeq() {
    return acknowledgedSeq;
  }

  @Override
  public long recoveredSeq() {
    return recovery.seq();
  }

  @Override
  public T stateOr(Supplier<T> first) {
    check();
    if (recovery.checkpoint().isPresent()) {
      return recovery.state(STATE, bytes -> StoredState.decode(terms.codec(), bytes));
    }
    drafting.requireNone(name());
    T state = first.get();
    wait(save(encoded(state), List.of(), "start"));
    return state;
  }

  @Override
  public Map<String, Bytes> recoveredSections() {
    check();
    return recovery.sections();
  }

  @Override
  public Iterable<LogEntry> recovered() {
    check();
    return recovery.entries();
  }

  @Override
  public void update(T state) {
    update(state, 1, 0);
  }

  @Override
  public void update(T state, int items, long bytes) {
    check();
    Optional<String> due;
    synchronized (this) {
      unsaved = Optional.of(state);
      triggers.count(items, bytes);
      due = triggers.due();
    }
    if (due.isPresent()) {
      CompletableFuture<?> unused = save(encoded(state), List.of(), due.get());
    }
  }

  @Override
  public long checkpoint(T state) {
    return wait(checkpointAsync(state));
  }

  @Override
  public CompletableFuture<Long> checkpointAsync(T state) {
    check();
    return save(encoded(state), List.of(), "call");
  }

  @Override
  public long checkpointSections(Map<String, byte[]> sections) {
    check();
    Map<String, ByteString> copied = new HashMap<>();
    sections.forEach((section, bytes) -> copied.put(section, ByteString.copyFrom(bytes)));
    return wait(save(copied, List.of(), "call"));
  }

  @Override
  public long append(byte[] record) {
    return wait(appendAsync(record));
  }

  @Override
  public CompletableFuture<Long> appendAsync(byte[] record) {
    check();
    Checked.size("record", record.length, Limits.VALUE_BYTES_MAX);
    ByteString payload = ByteString.copyFrom(record);
    buffer.admit(TaskWrite.record(0, payload).bytes());
    synchronized (this) {
      triggers.count(0, record.length);
      long lsn = ++lastLsn;
      return enqueue(TaskWrite.record(lsn, payload)).thenApply(outcome -> lsn);
    }
  }

  @Override
  public CompletableFuture<Long> saveWith(List<byte[]> records, T state) {
    check();
    List<ByteString> payloads = records.stream().map(ByteString::copyFrom).toList();
    return save(encoded(state), payloads, "call");
  }

  @Override
  public void flush() {
    check();
    wait(newest);
  }

  @Override
  public void complete(Object result) {
    check();
    ByteString bytes = ByteString.copyFrom(Results.encoded(result));
    Checked.size("result", bytes.size(), Limits.RESULT_BYTES_MAX);
    Optional<T> state;
    synchronized (this) {
      state = unsaved;
    }
    if (state.isPresent()) {
      CompletableFuture<?> unused = save(encoded(state.get()), List.of(), "complete");
    }
    end(TaskWriteCalls.completion(name(), epoch(), bytes));
  }

  @Override
  public void fail(Throwable cause) {
    fail(Faults.of(cause));
  }

  @Override
  public void fail(Fault fault) {
    check();
    end(TaskWriteCalls.failure(name(), epoch(), fault));
  }

  @Override
  public void close() {
    if (ended) {
      return;
    }
    try {
      if (terms.hold().isAlive()) {
        release();
      }
    } finally {
      leave();
    }
  }

  private void release() {
    Optional<CairnException> broken = buffer.end();
    Command release = TaskWriteCalls.release(owned);
    try {
      if (broken.isPresent()) {
        terms.hold().disown();
        client.requests().await(send(release));
      } else {
        end(release);
        return;
      }
    } catch (FencedException e) {
      // Another owns the task, and goes on: nothing is left to give up.
      return;
    } catch (CairnException e) {
      if (broken.isEmpty()) {
        throw e;
      }
    }
    if (!surfaced && !(broken.get() instanceof FencedException)) {
      throw Failures.again(broken.get());
    }
  }

  private void end(Command command) {
    TaskWrite last = TaskWrite.last(command);
    buffer.admit(last.bytes());
    terms.hold().disown();
    CompletableFuture<Outcome> done;
    synchronized (this) {
      done = enqueue(last);
    }
    wait(done);
    leave();
  }

  /** Stops the heartbeat; the lease has nothing left to hold. */
  private void leave() {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
    }
    CompletableFuture<?> unused = client.leases().letGo(terms.hold());
    client.requests().context().loop().execute(() -> pipeline.fenced("the run is closed"));
  }

  private Map<String, ByteString> encoded(T state) {
    byte[] bytes = StoredState.encode(terms.codec(), state);
    Checked.size("state", bytes.length, Limits.VALUE_BYTES_MAX);
    return Map.of(STATE, ByteString.copyFrom(bytes));
  }

  private CompletableFuture<Long> save(
      Map<String, ByteString> sections, List<ByteString> records, String trigger) {
    long recordBytes = records.stream().mapToLong(ByteString::size).sum();
    Checked.size("records of one save", recordBytes, Limits.VALUE_BYTES_MAX);
    Checked.size("number of records of one save", records.size(), Limits.RECORDS_MAX);
    long sectionBytes = sections.values().stream().mapToLong(ByteString::size).sum();
    // For an upper bound of what is drafted below: admitting waits, and must not hold the lock.
    long admitted = recordBytes + sectionBytes;
    buffer.admit(admitted);
    synchronized (this) {
      long firstLsn = lastLsn + 1;
      CheckpointDrafting.Draft draft = draft(sections, trigger, records, admitted);
      lastLsn += records.size();
      TaskWrite write =
          TaskWrite.save(
              records.isEmpty() ? 0 : firstLsn,
              records,
              Optional.of(draft.write()),
              draft.stages());
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

  private CheckpointDrafting.Draft draft(
      Map<String, ByteString> sections, String trigger, List<ByteString> records, long admitted) {
    try {
      long recordBytes = records.stream().mapToLong(ByteString::size).sum();
      return drafting.draft(sections, trigger, lastLsn + records.size(), recordBytes);
    } catch (CairnException e) {
      buffer.release(admitted);
      throw e;
    }
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

  private CompletableFuture<Outcome> send(Command command) {
    return client.requests().command(command);
  }

  /** I4: no call goes on once ownership may be another's, or a write before it has failed. */
  private void check() {
    if (ended) {
      throw new CairnException(
          ErrorCode.WRONG_STATE, "this run of task " + name() + " has ended or is closed");
    }
    if (!terms.hold().isAlive()) {
      throw Failures.noLongerOwned(
          owned, terms.hold().lostReason().orElse(Lost.Reason.LEASE_RAN_OUT));
    }
    Optional<CairnException> broken = buffer.end();
    if (broken.isPresent()) {
      surfaced = true;
      throw Failures.again(broken.get());
    }
  }

  private <V> V wait(CompletableFuture<V> future) {
    try {
      return client.requests().await(future);
    } catch (CairnException e) {
      surfaced = true;
      throw e;
    }
  }

  private void lost(Lost.Reason reason) {
    client.requests().context().loop().execute(() -> pipeline.fenced(reason.name()));
    if (!ended) {
      Lost lost =
          new Lost(
              name(),
              epoch(),
              reason,
              "task %s is no longer owned under epoch %d".formatted(name(), epoch()));
      client.callbacks().run(() -> terms.onLost().accept(lost));
    }
  }
}
