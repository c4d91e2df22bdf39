package io.cairn.client.internal;

import io.cairn.client.CairnException;
import io.cairn.client.OutcomeUnknownException;
import io.cairn.protocol.Certainty;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Answer;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.Request;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One request until it is answered, over all its attempts. Belongs to the loop, but for the future.
 */
final class Call {
  /** Position among all calls of the client: what is sent again is sent in this order. */
  final long number;

  final boolean changes;
  final long deadlineNanos;
  final CompletableFuture<Answer> answer = new CompletableFuture<>();

  private Request request;
  private int attempts;
  private boolean onTheWire;
  private boolean mayHaveRun;
  private long notBeforeNanos;
  private long sentNanos;
  private volatile long firstSentNanos;
  private String lastTrouble = "no server could be reached";
  private @Nullable ErrorCode lastRefusal;

  Call(long number, Request request, boolean changes, long deadlineNanos) {
    this.number = number;
    this.request = request;
    this.changes = changes;
    this.deadlineNanos = deadlineNanos;
  }

  Request request() {
    return request;
  }

  void request(Request replaced) {
    request = replaced;
  }

  int attempts() {
    return attempts;
  }

  long sentNanos() {
    return sentNanos;
  }

  /** When the first attempt that may have run was sent: it did not run before. Any thread. */
  long firstSentNanos() {
    return firstSentNanos;
  }

  long notBeforeNanos() {
    return notBeforeNanos;
  }

  void notBeforeNanos(long nanos) {
    notBeforeNanos = nanos;
  }

  /** Calls back when the call is over, with one of the two, where it ends. */
  void whenOver(BiConsumer<@Nullable Answer, @Nullable Throwable> listener) {
    CompletableFuture<?> unused = answer.whenComplete(listener);
  }

  boolean isOver() {
    return answer.isDone();
  }

  /** True if this attempt was the first, so that a refusal speaks of all there were. */
  boolean wasSentOnce() {
    return attempts == 1 && !mayHaveRun;
  }

  /** Handed to the transport. */
  void sent(long nowNanos) {
    if (attempts == 0) {
      firstSentNanos = nowNanos;
    }
    attempts++;
    onTheWire = true;
    sentNanos = nowNanos;
  }

  /** The attempt is over without an answer: it may have run, and may still. */
  void lost(String trouble) {
    if (onTheWire) {
      onTheWire = false;
      mayHaveRun = changes;
      lastTrouble = trouble;
    }
  }

  /** It could not even be sent. A server that spoke, and cannot help, says more than a dead one. */
  void trouble(String what) {
    if (attempts == 0 && lastRefusal == null) {
      lastTrouble = "no server could be reached; " + what;
    }
  }

  /** It could not even be sent: what has to go before it was refused. */
  void notYet(Failure failure) {
    if (attempts == 0) {
      lastRefusal = ErrorCode.ofNumber(failure.getCode());
      lastTrouble = lastRefusal + ": " + failure.getMessage();
    }
  }

  /** The attempt was answered with a failure. */
  void refused(Failure failure) {
    onTheWire = false;
    ErrorCode code = ErrorCode.ofNumber(failure.getCode());
    if (code.certainty() != Certainty.NOT_APPLIED) {
      mayHaveRun = changes;
    }
    lastRefusal = code;
    lastTrouble = code + ": " + failure.getMessage();
  }

  /** The attempt was refused for certain, and the call goes on under another id. */
  void startAnew() {
    onTheWire = false;
    attempts = 0;
  }

  /** Ends the call with a failure that trying again would not mend. */
  void end(Failure failure) {
    ErrorCode code = ErrorCode.ofNumber(failure.getCode());
    if (!changes || !mayHaveRun) {
      Certainty certainty = changes ? code.certainty() : Certainty.NOT_APPLIED;
      answer.completeExceptionally(
          Failures.of(
              code, certainty, failure.getMessage(), failure.getExpected(), failure.getActual()));
      return;
    }
    answer.completeExceptionally(
        new OutcomeUnknownException(
            code, failure.getMessage() + "; an earlier attempt may have been applied"));
  }

  /** Ends the call for want of time. I8: what was sent and not answered may have run. */
  void expire(long waitedMillis) {
    lost("the last attempt was not answered");
    String facts =
        " within %d ms and %d attempts; last: %s".formatted(waitedMillis, attempts, lastTrouble);
    if (mayHaveRun) {
      answer.completeExceptionally(
          new OutcomeUnknownException(ErrorCode.DEADLINE_EXCEEDED, "sent, but no answer" + facts));
      return;
    }
    ErrorCode refusal = lastRefusal;
    ErrorCode code = refusal == null ? ErrorCode.UNAVAILABLE : refusal;
    answer.completeExceptionally(
        new CairnException(code, Certainty.NOT_APPLIED, "not done" + facts, 0, 0));
  }

  /** Ends the call because the client is closed. */
  void close() {
    lost("the client was closed");
    if (mayHaveRun) {
      answer.completeExceptionally(
          new OutcomeUnknownException(ErrorCode.CLOSED, "sent, then the client was closed"));
    } else {
      answer.completeExceptionally(
          new CairnException(ErrorCode.CLOSED, "not sent: the client was closed"));
    }
  }
}
