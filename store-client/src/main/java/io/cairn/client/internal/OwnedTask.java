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
import io.cairn.protocol.v1.Command;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A task that this client owns. */
final class OwnedTask<T> implements TaskRun<T> {
  /** The section that a typed state is stored in. */
  static final String STATE = "state";

  private final Client client;
  private final TaskTerms<T> terms;
  private final Hold.OwnedName owned;
  private final long attempt;
  private final Recovery recovery;
  private final OwnedWrites<T> writes;
  private volatile boolean surfaced;
  private volatile boolean ended;

  private OwnedTask(Client client, Task task, TaskTerms<T> terms, Recovery recovery) {
    this.client = client;
    this.terms = terms;
    this.owned = new Hold.OwnedName(task.name(), task.epoch());
    this.attempt = task.attempt();
    this.recovery = recovery;
    this.writes = new OwnedWrites<>(client, task, terms, recovery);
  }

  /** The task as it was left. Its terms' ownership has begun. Blocks. */
  static <T> OwnedTask<T> recovered(Client client, Task task, TaskTerms<T> terms) {
    Recovery recovery = Recovery.of(client, task);
    OwnedTask<T> run = new OwnedTask<>(client, task, terms, recovery);
    terms.ownership().onLost(run::lost);
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
    return !ended && terms.ownership().isAlive();
  }

  @Override
  public boolean isResumed() {
    return recovery.checkpoint().isPresent();
  }

  @Override
  public long checkpointSeq() {
    return writes.acknowledgedSeq();
  }

  @Override
  public long recoveredSeq() {
    return recovery.seq();
  }

  @Override
  public long recoveredBytes() {
    return recovery.bytes();
  }

  @Override
  public T stateOr(Supplier<T> first) {
    check();
    if (recovery.checkpoint().isPresent()) {
      return recovery.state(
          STATE, checkpointSeq(), bytes -> StoredState.decode(terms.codec(), bytes));
    }
    writes.requireNone(name());
    T state = first.get();
    long unused = timed(() -> writes.start(state));
    return state;
  }

  @Override
  public Set<String> recoveredSectionNames() {
    check();
    return recovery.names();
  }

  @Override
  public Optional<Bytes> recoveredSection(String section) {
    check();
    return recovery.section(section, checkpointSeq()).map(KvWire::bytes);
  }

  @Override
  public Map<String, Bytes> recoveredSections() {
    check();
    return recovery.all(checkpointSeq());
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
    writes.update(state, items, bytes);
  }

  @Override
  public void partDone(T state) {
    check();
    writes.partDone(state);
  }

  @Override
  public long checkpoint(T state) {
    check();
    return timed(() -> writes.save(writes.encoded(state), List.of(), "call"));
  }

  @Override
  public CompletableFuture<Long> checkpointAsync(T state) {
    check();
    return timedAsync(() -> writes.save(writes.encoded(state), List.of(), "call"));
  }

  @Override
  public long checkpointSections(Map<String, byte[]> sections) {
    check();
    Sections whole = Sections.whole(copied(sections));
    return timed(() -> writes.save(whole, List.of(), "call"));
  }

  @Override
  public long checkpointSection(String section, byte[] bytes) {
    return checkpointChanged(Map.of(section, bytes));
  }

  @Override
  public long checkpointChanged(Map<String, byte[]> sections) {
    check();
    Sections changed = Sections.changed(copied(sections));
    return timed(() -> writes.save(changed, List.of(), "call"));
  }

  private static Map<String, ByteString> copied(Map<String, byte[]> sections) {
    Map<String, ByteString> copied = new HashMap<>();
    sections.forEach((section, bytes) -> copied.put(section, ByteString.copyFrom(bytes)));
    return copied;
  }

  @Override
  public long append(byte[] record) {
    return wait(appendAsync(record));
  }

  @Override
  public CompletableFuture<Long> appendAsync(byte[] record) {
    check();
    return writes.append(record);
  }

  @Override
  public CompletableFuture<Long> saveWith(List<byte[]> records, T state) {
    check();
    List<ByteString> payloads = records.stream().map(ByteString::copyFrom).toList();
    return timedAsync(() -> writes.save(writes.encoded(state), payloads, "call"));
  }

  @Override
  public void flush() {
    check();
    wait(writes.newest());
  }

  @Override
  public void complete(Object result) {
    checkMayEnd();
    check();
    ByteString bytes = Results.checked(result);
    complete(TaskWriteCalls.completion(name(), epoch(), bytes));
  }

  /** Ends the task; the state given last is saved before. */
  void complete(Command completion) {
    check();
    writes.saveLast("complete");
    end(completion);
  }

  @Override
  public void fail(Throwable cause) {
    fail(Faults.of(cause));
  }

  @Override
  public void fail(Fault fault) {
    checkMayEnd();
    end(fault);
  }

  /** Ends the attempt with a fault. */
  void end(Fault fault) {
    check();
    end(TaskWriteCalls.failure(name(), epoch(), fault));
  }

  /** Saves the state given last, and gives the task up for another to go on with. */
  void handOn() {
    check();
    writes.saveLast("stop");
    end(TaskWriteCalls.release(owned));
  }

  /** A state as the sections it is stored in. */
  Sections encoded(T state) {
    return writes.encoded(state);
  }

  OwnedWrites<T> writes() {
    return writes;
  }

  /** The store says that another owns the task. */
  void fenced() {
    terms.ownership().lose(Lost.Reason.FENCED);
  }

  private void checkMayEnd() {
    if (terms.ownership().isOfWorker()) {
      throw new CairnException(
          ErrorCode.WRONG_STATE,
          "task " + name() + " is ended by its worker: return its result, or throw its failure");
    }
  }

  /** What a handler closes is ended by its worker. */
  @Override
  public void close() {
    if (!terms.ownership().isOfWorker()) {
      abandon();
    }
  }

  /** Waits for what is on its way, and gives the task up if it has not ended. */
  void abandon() {
    if (ended) {
      return;
    }
    try {
      if (terms.ownership().isAlive()) {
        release();
      }
    } finally {
      leave();
    }
  }

  private void release() {
    Optional<CairnException> broken = writes.end();
    Command release = TaskWriteCalls.release(owned);
    try {
      if (broken.isPresent()) {
        terms.ownership().disown();
        client.requests().await(writes.send(release));
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
    wait(writes.last(command));
    leave();
  }

  private void leave() {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
    }
    terms.ownership().letGo();
    writes.fenced("the run is closed");
  }

  /** I4: no call goes on once ownership may be another's, or a write before it has failed. */
  void check() {
    if (ended) {
      throw new CairnException(
          ErrorCode.WRONG_STATE, "this run of task " + name() + " has ended or is closed");
    }
    if (!terms.ownership().isAlive()) {
      throw Failures.noLongerOwned(
          owned, terms.ownership().lostReason().orElse(Lost.Reason.LEASE_RAN_OUT));
    }
    Optional<CairnException> broken = writes.end();
    if (broken.isPresent()) {
      surfaced = true;
      throw Failures.again(broken.get());
    }
  }

  /** A save that the task waits for: all of it is what the checkpoint costs. */
  private long timed(Supplier<CompletableFuture<Long>> save) {
    long sinceNanos = writes.now();
    long seq = wait(save.get());
    writes.took(sinceNanos);
    return seq;
  }

  /** A save in the background: what it costs is to encode it, and to wait for room. */
  private CompletableFuture<Long> timedAsync(Supplier<CompletableFuture<Long>> save) {
    long sinceNanos = writes.now();
    CompletableFuture<Long> saved = save.get();
    writes.took(sinceNanos);
    return saved;
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
    writes.fenced(reason.name());
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
