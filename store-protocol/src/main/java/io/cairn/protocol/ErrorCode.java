package io.cairn.protocol;

import static io.cairn.protocol.Certainty.APPLIED;
import static io.cairn.protocol.Certainty.NOT_APPLIED;
import static io.cairn.protocol.Certainty.OUTCOME_UNKNOWN;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Why a request was not done. The numbers are on the wire and in stored outcomes: they are never
 * changed nor used again.
 *
 * <p>Numbers 1 to 39 are decided where a command is applied, the same on every replica, and are
 * final: the same command would be refused again. Numbers from 40 on are said by a server or a
 * client about one attempt.
 */
public enum ErrorCode {
  /** A field is missing, malformed or contradicts another. */
  INVALID_ARGUMENT(1, NOT_APPLIED, false),
  /** Over a limit of {@link Limits}. */
  TOO_LARGE(2, NOT_APPLIED, false),
  /** No task of this name. */
  TASK_NOT_FOUND(3, NOT_APPLIED, false),
  /** The task exists with another specification. */
  TASK_EXISTS(4, NOT_APPLIED, false),
  /** The epoch is no longer the task's: somebody else owns it, or nobody. */
  FENCED(5, NOT_APPLIED, false),
  /** The epoch was never given out for this task. */
  EPOCH_UNKNOWN(6, NOT_APPLIED, false),
  /** The checkpoint is not the next one. */
  SEQ_GAP(7, NOT_APPLIED, false),
  /** A checkpoint with this seq exists, with other content or of another epoch. */
  SEQ_CONFLICT(8, NOT_APPLIED, false),
  /** The records do not follow the last one. */
  LSN_GAP(9, NOT_APPLIED, false),
  /**
   * A record with this lsn exists, with other content or of another epoch, or is no longer kept.
   */
  LSN_CONFLICT(10, NOT_APPLIED, false),
  /** The bytes do not have the digest that came with them. */
  DIGEST_MISMATCH(11, NOT_APPLIED, false),
  /** The task, or the server of a member to be, is in a state that does not allow this. */
  WRONG_STATE(12, NOT_APPLIED, false),
  /** The revision has been compacted. */
  COMPACTED(13, NOT_APPLIED, false),
  /** The revision lies in the future. */
  FUTURE_REVISION(14, NOT_APPLIED, false),
  /** No lease of this id. */
  LEASE_NOT_FOUND(15, NOT_APPLIED, false),
  /** A lease of this id exists. */
  LEASE_EXISTS(16, NOT_APPLIED, false),
  /** A put that keeps value or lease found no key. */
  KEY_NOT_FOUND(17, NOT_APPLIED, false),
  /** A transaction changes the same key twice. */
  DUPLICATE_KEY(18, NOT_APPLIED, false),
  /** No checkpoint or section of this name is kept, or none was staged. */
  CHECKPOINT_NOT_FOUND(19, NOT_APPLIED, false),
  /** The session has ended: nothing runs in it, and an earlier attempt may have run. */
  SESSION_EXPIRED(20, OUTCOME_UNKNOWN, false),
  /** The sequence lies below what the client said it still waits for. */
  SEQUENCE_TOO_OLD(21, OUTCOME_UNKNOWN, false),
  /** More requests of one session are unanswered than the window allows. */
  WINDOW_EXCEEDED(22, NOT_APPLIED, false),
  /** An earlier attempt was applied; its answer was too large to be kept for a resend. */
  ANSWER_DROPPED(23, APPLIED, false),
  /** A bounded number of things of this kind is reached. */
  TOO_MANY(24, NOT_APPLIED, false),
  /** No member of this name, or no such address. */
  MEMBER_NOT_FOUND(25, NOT_APPLIED, false),
  /** No job of this name. */
  JOB_NOT_FOUND(26, NOT_APPLIED, false),
  /** A job of this name exists, of another submission. */
  JOB_EXISTS(27, NOT_APPLIED, false),
  /** No worker of this id. */
  WORKER_NOT_FOUND(28, NOT_APPLIED, false),

  /** The server holds as many requests as it may; try again later. */
  OVERLOADED(40, NOT_APPLIED, true),
  /** This node does not lead; the hint says who may. */
  NOT_LEADER(41, NOT_APPLIED, true),
  /** Nobody leads now. */
  NO_LEADER(42, NOT_APPLIED, true),
  /** The server is stopping. */
  SHUTTING_DOWN(43, NOT_APPLIED, true),
  /** The server does not serve this group. */
  UNKNOWN_GROUP(44, NOT_APPLIED, false),
  /** The server does not know this command or query. */
  UNKNOWN_COMMAND(45, NOT_APPLIED, false),
  /** Client and server share no protocol version. */
  UNSUPPORTED_PROTOCOL(46, NOT_APPLIED, false),
  /** The server belongs to another cluster than the client asked for. */
  WRONG_CLUSTER(47, NOT_APPLIED, false),
  /** This replica is further behind than the read allows. */
  STALE_REPLICA(48, NOT_APPLIED, true),
  /** The disk is nearly full: writes that grow the state are refused. */
  NO_SPACE(49, NOT_APPLIED, true),
  /** No server could be reached before the deadline; nothing was sent. */
  UNAVAILABLE(50, NOT_APPLIED, true),
  /** A membership change is under way. */
  MEMBERSHIP_BUSY(51, NOT_APPLIED, true),
  /** The watch fell further behind than the server keeps for it. */
  SLOW_CONSUMER(52, NOT_APPLIED, true),
  /** The deadline passed after the request had been sent. */
  DEADLINE_EXCEEDED(60, OUTCOME_UNKNOWN, true),
  /** Leadership or connection was lost after the command may have been appended. */
  LOST_TRACK(61, OUTCOME_UNKNOWN, true),
  /** Something that should not happen; the server's log has more. */
  INTERNAL(62, OUTCOME_UNKNOWN, false),
  /** Stored bytes are not what was written. */
  CORRUPT(63, NOT_APPLIED, false),
  /** The client object has been closed. */
  CLOSED(64, NOT_APPLIED, false);

  private static final Map<Integer, ErrorCode> BY_NUMBER =
      Arrays.stream(values())
          .collect(Collectors.toUnmodifiableMap(ErrorCode::number, Function.identity()));

  private final int number;
  private final Certainty certainty;
  private final boolean retriable;

  ErrorCode(int number, Certainty certainty, boolean retriable) {
    this.number = number;
    this.certainty = certainty;
    this.retriable = retriable;
  }

  /** The number on the wire. */
  public int number() {
    return number;
  }

  /** What the code says about the effect of the command. */
  public Certainty certainty() {
    return certainty;
  }

  /** True if another attempt of the same request, under the same id, may succeed. */
  public boolean retriable() {
    return retriable;
  }

  /** The code of a number; {@link #INTERNAL} for one that this version does not know. */
  public static ErrorCode ofNumber(int number) {
    return BY_NUMBER.getOrDefault(number, INTERNAL);
  }
}
