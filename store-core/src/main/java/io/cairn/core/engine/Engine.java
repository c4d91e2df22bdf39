package io.cairn.core.engine;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.Refusal;
import io.cairn.core.apply.SessionTable;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.RocksStorage;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Entry;
import io.cairn.protocol.v1.Event;
import io.cairn.protocol.v1.Outcome;
import io.cairn.protocol.v1.TaskEvent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The deterministic state machine: committed entries in, outcomes out (I2). Effects, kept outcomes
 * and applied index gather in one batch until {@link #commit} writes them as one (I1); only then
 * may outcomes leave (I6).
 *
 * <p>Applying thread only. An exception other than from {@code close} means that this node must
 * stop.
 */
public final class Engine {
  private final RocksStorage storage;
  private final SessionTable sessions = new SessionTable();
  private final CommandRunner runner = new CommandRunner(sessions);
  private final List<Event> kvEvents = new ArrayList<>();
  private final List<TaskEvent> taskEvents = new ArrayList<>();
  private boolean membersChanged;
  private @Nullable Batch batch;
  private long batchIndex;
  private long batchTerm;
  private long bytesBeforeEntry;

  /** An engine over an open database. */
  public Engine(RocksStorage storage) {
    this.storage = storage;
  }

  /** True if the entry's effects are in the database, or in the batch being built. */
  public boolean isApplied(long index) {
    return index <= Math.max(batchIndex, storage.appliedIndex());
  }

  /**
   * Applies one entry and returns the outcome of each of its commands, in order. They must not
   * leave before {@link #commit}. An entry that is applied already, as after a restart, has no
   * effect and no outcomes.
   */
  public List<Outcome> apply(long index, long term, ByteBuffer bytes) {
    if (isApplied(index)) {
      return List.of();
    }
    Entry entry = EntryFormat.decode(index, bytes);
    Batch current = currentBatch();
    // I10: log time never goes back, whatever a leader stamps.
    long logTime = current.counter(Counter.LOG_TIME);
    if (entry.getLeaderTimeMillis() > logTime) {
      current.setCounter(Counter.LOG_TIME, entry.getLeaderTimeMillis());
    }
    List<Outcome> outcomes = new ArrayList<>(entry.getCommandsCount());
    int place = 0;
    bytesBeforeEntry = current.bytes();
    for (ByteString command : entry.getCommandsList()) {
      outcomes.add(
          run(
              new ApplyContext(current, index, term, place++),
              EntryFormat.decodeCommand(index, command)));
    }
    sessions.settle(current);
    batchIndex = index;
    batchTerm = term;
    return outcomes;
  }

  /** Bytes of effects that are not written yet; see {@code Limits.BATCH_BYTES}. */
  public long pendingBytes() {
    return batch == null ? 0 : batch.bytes();
  }

  /**
   * Writes what has gathered, as one (I1), and says what it changed; empty if there was nothing.
   */
  public Optional<CommittedBatch> commit() {
    Batch current = batch;
    if (current == null) {
      return Optional.empty();
    }
    long revision = current.counter(Counter.REVISION);
    storage.commit(current, batchIndex, batchTerm);
    CommittedBatch committed =
        new CommittedBatch(batchIndex, revision, kvEvents, taskEvents, membersChanged);
    kvEvents.clear();
    taskEvents.clear();
    membersChanged = false;
    batch = null;
    return Optional.of(committed);
  }

  /**
   * Forgets the place in the log after the database has been replaced by a snapshot. Nothing may be
   * uncommitted.
   */
  public void restored() {
    if (batch != null) {
      throw new IllegalStateException("a batch at index " + batchIndex + " is not committed");
    }
    batchIndex = 0;
    runner.restored();
  }

  private Outcome run(ApplyContext context, Command command) {
    // I3: a command whose outcome is kept, or whose session is gone, does not run.
    Optional<Outcome> instead = sessions.admit(context, command);
    if (instead.isPresent()) {
      if (instead.get().getError().getCode() == ErrorCode.ANSWER_DROPPED.number()) {
        return runner.answerAgain(context, command, instead.get());
      }
      return instead.get().hasError() && instead.get().getIndex() == 0
          ? stamp(instead.get().toBuilder(), context)
          : instead.get();
    }
    if (isFull(context.batch(), command)) {
      // Not kept: it did not run, and the same request may in a later entry (I3).
      Refusal full =
          new Refusal(
              ErrorCode.OVERLOADED,
              "the commands before it in its entry changed more than "
                  + Limits.ENTRY_EFFECT_BYTES_MAX
                  + " bytes");
      return stamp(Outcome.newBuilder().setError(full.toError()), context);
    }
    long writesBefore = context.batch().writes();
    Outcome.Builder outcome = Outcome.newBuilder();
    try {
      runner.run(context, command, outcome);
    } catch (Refusal refusal) {
      if (context.batch().writes() != writesBefore) {
        throw new IllegalStateException(
            "a "
                + command.getOpCase()
                + " at index "
                + context.index()
                + " was refused after it had written",
            refusal);
      }
      outcome.clear().setError(refusal.toError());
    }
    Outcome done = stamp(outcome, context);
    sessions.record(context, command, done);
    kvEvents.addAll(context.kvEvents());
    taskEvents.addAll(context.taskEvents());
    membersChanged |=
        command.hasMemberPut() || command.hasMemberRemove() || command.hasMemberJoined();
    return done;
  }

  /**
   * True if the entry has written so much that a further command could be too much for memory: each
   * replica would stop at it, and again after a restart. The server's own commands are bounded, and
   * so is a renewal, which must not come late because others change much.
   */
  private boolean isFull(Batch current, Command command) {
    return current.bytes() - bytesBeforeEntry >= Limits.ENTRY_EFFECT_BYTES_MAX
        && switch (command.getOpCase()) {
          case RENEW,
              WORKER_REPORT,
              LEADER_START,
              EXPIRE,
              HOUSEKEEP,
              MEMBER_PUT,
              MEMBER_REMOVE,
              MEMBER_JOINED ->
              false;
          default -> true;
        };
  }

  private static Outcome stamp(Outcome.Builder outcome, ApplyContext context) {
    return outcome
        .setIndex(context.index())
        .setRevision(context.batch().counter(Counter.REVISION))
        .build();
  }

  private Batch currentBatch() {
    Batch current = batch;
    if (current == null) {
      current = storage.newBatch();
      batch = current;
    }
    return current;
  }
}
