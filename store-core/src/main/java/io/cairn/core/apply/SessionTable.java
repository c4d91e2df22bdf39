package io.cairn.core.apply;

import com.google.protobuf.InvalidProtocolBufferException;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.SessionRow;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.OpenSessionRequest;
import io.cairn.protocol.v1.OpenSessionResponse;
import io.cairn.protocol.v1.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sessions: each request id (session, sequence) changes state at most once (I3). The outcome of a
 * request is kept until the client says, by the lowest sequence it still waits for, that it has it.
 *
 * <p>What the commands of an entry change of their sessions is written when it ends, see {@link
 * #settle}.
 *
 * <p>The scheme is that of Ongaro, "Consensus: Bridging Theory and Practice", section 6.3, with a
 * window instead of one request at a time.
 */
public final class SessionTable {
  /** The sessions of the entry that is being applied, by id. */
  private final NavigableMap<Long, LiveSession> live = new TreeMap<>();

  /** Opens a session; its id is never given out again. */
  public OpenSessionResponse open(ApplyContext context, OpenSessionRequest request) {
    long ttl = request.getTtlMillis();
    if (ttl < Limits.SESSION_TTL_MILLIS_MIN || ttl > Limits.SESSION_TTL_MILLIS_MAX) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT,
          "session time to live of "
              + ttl
              + " ms, allowed are "
              + Limits.SESSION_TTL_MILLIS_MIN
              + " to "
              + Limits.SESSION_TTL_MILLIS_MAX);
    }
    Checks.name("client name", request.getClient(), true);
    Batch batch = context.batch();
    if (batch.counter(Counter.SESSIONS) >= Limits.SESSIONS_MAX) {
      throw new Refusal(
          ErrorCode.TOO_MANY, Limits.SESSIONS_MAX + " sessions are open, and no more may be");
    }
    long id = context.commandId();
    long deadline = context.logTimeMillis() + ttl;
    SessionRow row =
        SessionRow.newBuilder()
            .setTtlMillis(ttl)
            .setActiveTimeMillis(context.logTimeMillis())
            .setFirstUnanswered(1)
            .setClient(request.getClient())
            .setCheckDeadlineMillis(deadline)
            .build();
    batch.insert(ColumnFamily.SESSION, KeyLayout.id(id), row.toByteArray());
    batch.insert(ColumnFamily.DEADLINE, deadlineKey(deadline, id), new byte[0]);
    batch.addToCounter(Counter.SESSIONS, 1);
    return OpenSessionResponse.newBuilder().setSession(id).setTtlMillis(ttl).build();
  }

  /** Ends the command's session. */
  public void close(ApplyContext context, long id) {
    settle(context.batch(), id);
    find(context.batch(), id).ifPresent(row -> end(context, id, row));
  }

  /**
   * Looks whether the command may run: empty if so, else what to answer instead. Moves the window,
   * and drops the outcomes that the client has.
   */
  public Optional<Outcome> admit(ApplyContext context, Command command) {
    long id = command.getSession();
    if (id == 0) {
      return Optional.empty();
    }
    @Nullable LiveSession session = live(context.batch(), id);
    if (session == null) {
      return refused(
          ErrorCode.SESSION_EXPIRED, "session " + id + " has ended, or never was", 0, id);
    }
    long sequence = command.getSequence();
    long first = Math.max(session.firstUnanswered(), command.getFirstUnanswered());
    if (sequence < first || sequence < 1) {
      return refused(
          ErrorCode.SEQUENCE_TOO_OLD,
          "sequence "
              + sequence
              + " of session "
              + id
              + " is below "
              + first
              + ", the lowest the client waits for",
          first,
          sequence);
    }
    if (sequence - first >= Limits.SESSION_WINDOW_MAX) {
      return refused(
          ErrorCode.WINDOW_EXCEEDED,
          "sequence "
              + sequence
              + " of session "
              + id
              + " is not within "
              + Limits.SESSION_WINDOW_MAX
              + " of "
              + first,
          first,
          sequence);
    }
    boolean isNew = sequence > session.highestSequence();
    session.move(first, sequence, context.logTimeMillis());
    // I3: what was never admitted before has no outcome.
    return isNew
        ? Optional.empty()
        : Optional.ofNullable(session.outcome(context.batch(), sequence));
  }

  /** Keeps the outcome of a command that ran, if its session still is. */
  public void record(ApplyContext context, Command command, Outcome outcome) {
    long id = command.getSession();
    @Nullable LiveSession session = id == 0 ? null : live(context.batch(), id);
    if (session == null) {
      return;
    }
    assert !ErrorCode.ofNumber(outcome.getError().getCode()).retriable() || !outcome.hasError()
        : "a retriable refusal must not be kept";
    Outcome kept = outcome;
    if (outcome.getSerializedSize() > Limits.OUTCOME_KEPT_BYTES_MAX) {
      kept =
          Outcome.newBuilder()
              .setIndex(outcome.getIndex())
              .setRevision(outcome.getRevision())
              .setCommandId(context.commandId())
              .setError(
                  new Refusal(
                          ErrorCode.ANSWER_DROPPED,
                          "sequence "
                              + command.getSequence()
                              + " was applied at index "
                              + outcome.getIndex()
                              + "; its answer of "
                              + outcome.getSerializedSize()
                              + " bytes was not kept")
                      .toError())
              .build();
    }
    session.keep(command.getSequence(), kept);
  }

  /** Ends an entry: writes what its commands changed of their sessions. */
  public void settle(Batch batch) {
    live.values().forEach(session -> session.write(batch));
    live.clear();
  }

  /** Ends the session if it is due in log time, else moves its deadline row (I10). */
  public void expire(ApplyContext context, long id, long listedMillis) {
    Batch batch = context.batch();
    settle(batch, id);
    Optional<SessionRow> found = find(batch, id);
    if (found.isEmpty() || found.get().getCheckDeadlineMillis() != listedMillis) {
      return;
    }
    SessionRow row = found.get();
    long deadline =
        Math.max(row.getActiveTimeMillis(), batch.counter(Counter.FLOOR)) + row.getTtlMillis();
    if (deadline <= context.logTimeMillis()) {
      end(context, id, row);
      return;
    }
    batch.delete(ColumnFamily.DEADLINE, deadlineKey(listedMillis, id));
    batch.put(ColumnFamily.DEADLINE, deadlineKey(deadline, id), new byte[0]);
    batch.put(
        ColumnFamily.SESSION,
        KeyLayout.id(id),
        row.toBuilder().setCheckDeadlineMillis(deadline).build().toByteArray());
  }

  /**
   * Removes up to {@code max} rows of outcomes of an ended session; returns how many. Fewer than
   * max: none is left.
   */
  public int collect(ApplyContext context, long id, int max) {
    Batch batch = context.batch();
    List<byte[]> keys = new ArrayList<>();
    byte[] from = KeyLayout.id(id);
    try (Cursor cursor =
        batch.ascend(ColumnFamily.SESSION_OUTCOME, from, KeyLayout.prefixEnd(from))) {
      while (keys.size() < max && cursor.next()) {
        keys.add(cursor.key());
      }
    }
    keys.forEach(key -> batch.delete(ColumnFamily.SESSION_OUTCOME, key));
    return keys.size();
  }

  private void settle(Batch batch, long id) {
    LiveSession session = live.remove(id);
    if (session != null) {
      session.write(batch);
    }
  }

  /** The session as this entry sees it; null: there is none. */
  private @Nullable LiveSession live(Batch batch, long id) {
    LiveSession session = live.get(id);
    if (session == null && id > 0) {
      byte[] bytes = batch.get(ColumnFamily.SESSION, KeyLayout.id(id));
      if (bytes != null) {
        session = new LiveSession(id, bytes);
        live.put(id, session);
      }
    }
    return session;
  }

  /** The session's row, as entries before this one left it. */
  public static Optional<SessionRow> find(ReadView view, long id) {
    byte[] bytes = id < 0 ? null : view.get(ColumnFamily.SESSION, KeyLayout.id(id));
    return bytes == null ? Optional.empty() : Optional.of(parse(bytes, id));
  }

  static SessionRow parse(byte[] bytes, long id) {
    try {
      return SessionRow.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new DamagedRowException("row of session " + id + " is damaged", e);
    }
  }

  private void end(ApplyContext context, long id, SessionRow row) {
    Batch batch = context.batch();
    batch.delete(ColumnFamily.DEADLINE, deadlineKey(row.getCheckDeadlineMillis(), id));
    batch.delete(ColumnFamily.SESSION, KeyLayout.id(id));
    batch.addToCounter(Counter.SESSIONS, -1);
    batch.put(ColumnFamily.GARBAGE, KeyLayout.garbage(KeyLayout.GARBAGE_SESSION, id), new byte[0]);
  }

  private static Optional<Outcome> refused(
      ErrorCode code, String message, long expected, long actual) {
    return Optional.of(
        Outcome.newBuilder()
            .setError(new Refusal(code, message, expected, actual).toError())
            .build());
  }

  private static byte[] deadlineKey(long millis, long id) {
    return KeyLayout.deadline(millis, KeyLayout.DEADLINE_SESSION, id);
  }
}
