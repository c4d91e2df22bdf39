package io.cairn.client.internal;

import io.cairn.client.CairnException;
import io.cairn.client.OutcomeUnknownException;
import io.cairn.client.ReadMode;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Answer;
import io.cairn.protocol.v1.CloseSessionRequest;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Outcome;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.QueryResult;
import io.cairn.protocol.v1.RenewRequest;
import io.cairn.protocol.v1.Request;
import io.cairn.protocol.v1.TaskEvent;
import io.cairn.protocol.v1.WorkerReportRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Commands and queries into futures: admits them within bounds, encodes them in the caller's
 * thread, hands them to the right link. Any thread.
 */
final class Requests {
  private static final int CALLS_MAX = 16_384;
  private static final long CALLS_BYTES_MAX = 128L * 1024 * 1024;

  private final LinkContext context;
  private final Session session;
  private final Link work;
  private final Link heartbeat;
  private final Link anyMember;
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicLong callBytes = new AtomicLong();
  private final AtomicLong appliedIndex = new AtomicLong();
  private final AtomicBoolean closed = new AtomicBoolean();

  Requests(LinkContext context, Consumer<TaskEvent> taskEvents) {
    this.context = context;
    this.session = new Session(context);
    this.work = new Link(context, LinkRole.WORK, session::takesBack, taskEvents);
    this.heartbeat = new Link(context, LinkRole.HEARTBEAT, (call, answer) -> false, event -> {});
    this.anyMember = new Link(context, LinkRole.ANY_MEMBER, (call, answer) -> false, event -> {});
    session.sendThrough(work);
  }

  LinkContext context() {
    return context;
  }

  /** Where watches are stated. Only on the loop. */
  Link work() {
    return work;
  }

  /** An outcome, and a time before which its command cannot have been applied. */
  record Timed(Outcome outcome, long sentNanos) {}

  /** A command with a request id. */
  CompletableFuture<Outcome> command(Command operation) {
    return timed(operation).thenApply(Timed::outcome);
  }

  /** A command with a request id, and when it was sent. */
  CompletableFuture<Timed> timed(Command operation) {
    int bytes = operation.getSerializedSize();
    Checked.size("command", bytes, Limits.COMMAND_BYTES_MAX);
    var encoded = operation.toByteString();
    long timeout = context.settings().requestTimeout().toNanos();
    Call call = context.call(Request.getDefaultInstance(), true, timeout);
    return admitted(
        call,
        bytes,
        () -> session.submit(call, encoded),
        answer -> new Timed(outcome(answer), call.firstSentNanos()));
  }

  /** A renewal: it has no request id, for done twice it does the same. */
  CompletableFuture<Outcome> renew(RenewRequest renewal, Duration timeout) {
    return beat(Command.newBuilder().setRenew(renewal), timeout);
  }

  /** How often the connection of the renewals and reports was lost. On the loop. */
  int connectionsLost() {
    return heartbeat.connectionsLost();
  }

  /** A worker's report, in the lane of the renewals; it has no request id, either. */
  CompletableFuture<Outcome> report(WorkerReportRequest report, Duration timeout) {
    return beat(Command.newBuilder().setWorkerReport(report), timeout);
  }

  private CompletableFuture<Outcome> beat(Command.Builder beat, Duration timeout) {
    Command command = beat.setGroup(LinkContext.GROUP).build();
    Request request =
        Request.newBuilder().setGroup(LinkContext.GROUP).setCommand(command.toByteString()).build();
    Call call = context.call(request, true, timeout.toNanos());
    return admitted(
        call,
        request.getSerializedSize(),
        () -> heartbeat.enqueue(call),
        answer -> outcome(answer));
  }

  /** A read. */
  CompletableFuture<QueryResult> query(Query.Builder query, ReadMode mode) {
    if (mode.isSerializable()) {
      query
          .setSerializable(true)
          .setAppliedIndexMin(appliedIndex.get())
          .setStalenessMillisMax(mode.maxStaleness().map(Duration::toMillis).orElse(0L).intValue());
    }
    Request request = Request.newBuilder().setGroup(LinkContext.GROUP).setQuery(query).build();
    long timeout = context.settings().requestTimeout().toNanos();
    Call call = context.call(request, false, timeout);
    Link link = mode.isFromAnyMember() ? anyMember : work;
    return admitted(
        call, request.getSerializedSize(), () -> link.enqueue(call), answer -> result(answer));
  }

  /** A linearizable read. */
  CompletableFuture<QueryResult> query(Query.Builder query) {
    return query(query, ReadMode.linearizable());
  }

  /** Waits for a future; throws what it failed with. Not on the loop. */
  <V> V await(CompletableFuture<V> future) {
    if (context.loop().isCurrent() && !future.isDone()) {
      throw new IllegalStateException(
          "a blocking call in what is chained to a future would wait for itself; chain with an"
              + " executor, or use the call without waiting");
    }
    try {
      return future.get();
    } catch (java.util.concurrent.ExecutionException e) {
      throw rethrown(Failures.of(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CairnException(
          ErrorCode.LOST_TRACK, "interrupted while waiting; the request goes on", e);
    }
  }

  /** The same failure with the caller's stack in front. */
  static CairnException rethrown(CairnException failure) {
    failure.addSuppressed(new CallSite());
    return failure;
  }

  /** Tells the servers to forget the session, if there is one. */
  CompletableFuture<Void> farewell() {
    CompletableFuture<Void> told = new CompletableFuture<>();
    Runnable tell =
        () -> {
          if (!session.isOpen()) {
            told.complete(null);
            return;
          }
          Command last =
              Command.newBuilder()
                  .setCloseSession(CloseSessionRequest.getDefaultInstance())
                  .build();
          CompletableFuture<?> unused =
              command(last).whenComplete((outcome, failure) -> told.complete(null));
        };
    if (!context.loop().offer(tell)) {
      told.complete(null);
    }
    return told;
  }

  /** Ends what is under way. On the loop. */
  void close() {
    work.close();
    heartbeat.close();
    anyMember.close();
  }

  boolean isClosed() {
    return closed.get();
  }

  /** Refuses all calls from now on; false if that was so before. */
  boolean shut() {
    return closed.compareAndSet(false, true);
  }

  private <V> CompletableFuture<V> admitted(
      Call call, int bytes, Runnable start, Function<Answer, V> result) {
    if (closed.get()) {
      return CompletableFuture.failedFuture(
          new CairnException(ErrorCode.CLOSED, "the client is closed"));
    }
    int waiting = calls.incrementAndGet();
    long waitingBytes = callBytes.addAndGet(bytes);
    if (waiting > CALLS_MAX || waitingBytes > CALLS_BYTES_MAX) {
      left(bytes);
      return CompletableFuture.failedFuture(
          new CairnException(
              ErrorCode.OVERLOADED,
              "this client waits for %d answers to %d bytes, at most %d and %d; wait for some"
                  .formatted(waiting - 1, waitingBytes - bytes, CALLS_MAX, CALLS_BYTES_MAX)));
    }
    CompletableFuture<V> future =
        call.answer.whenComplete((answer, failure) -> left(bytes)).thenApply(result);
    if (!context.loop().offer(start)) {
      call.close();
    }
    return future;
  }

  private void left(int bytes) {
    calls.decrementAndGet();
    callBytes.addAndGet(-bytes);
  }

  private Outcome outcome(Answer answer) {
    if (!answer.hasOutcome()) {
      throw new OutcomeUnknownException(
          ErrorCode.INTERNAL, "the server's answer to a command has no outcome");
    }
    Outcome outcome = answer.getOutcome();
    appliedIndex.accumulateAndGet(outcome.getIndex(), Math::max);
    if (outcome.hasError()) {
      throw Failures.of(outcome.getError());
    }
    return outcome;
  }

  private QueryResult result(Answer answer) {
    QueryResult result = answer.getResult();
    appliedIndex.accumulateAndGet(result.getAppliedIndex(), Math::max);
    if (result.hasError()) {
      throw Failures.ofRead(result.getError());
    }
    return result;
  }

  /** Where a call was waited for: failures are made on the client's thread. */
  private static final class CallSite extends RuntimeException {
    CallSite() {
      super("waited for here");
    }
  }
}
