package io.cairn.server.rpc;

import io.cairn.core.apply.Refusal;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Answer;
import io.cairn.protocol.v1.ClientFrame;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.LeaderHint;
import io.cairn.protocol.v1.ServerFrame;
import io.cairn.protocol.v1.TaskEvent;
import io.cairn.protocol.v1.WatchBatch;
import io.cairn.server.ops.LogEvent;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One client's stream: takes frames on a network thread, one at a time, and answers from any
 * thread. It stops reading while as many requests as allowed are unanswered, or while the client
 * does not read its answers.
 */
final class ClientStream implements StreamObserver<ClientFrame>, WatchSink {
  /** Bytes of answers over which no further frame is read, and no query answered. */
  static final long READING_STOPS_BYTES = 4L * 1024 * 1024;

  /** Bytes of watch batches over which watches wait. */
  static final long WATCH_ROOM_BYTES = 1024 * 1024;

  private static final long HELLO_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);
  private static final long TIMEOUT_MILLIS_DEFAULT = 60_000;
  private static final long TIMEOUT_MILLIS_MAX = 3_600_000;

  private final StoreEndpoint endpoint;
  private final ServerCallStreamObserver<ServerFrame> observer;
  private final Outbox outbox;
  private final Handshake handshake;
  private final RequestIntake intake;
  private final Map<Long, PendingRequest> pending = new ConcurrentHashMap<>();

  /** Requests that take a place in the window: those that the client has no answer of yet. */
  private final AtomicInteger inFlight = new AtomicInteger();

  /** Requests whose answer is not queued yet: the stream may not end before. */
  private final AtomicInteger unanswered = new AtomicInteger();

  private final AtomicBoolean readingStopped = new AtomicBoolean();
  private final AtomicBoolean watchesWait = new AtomicBoolean();
  private final long openedNanos = System.nanoTime();
  private final StreamEnd streamEnd = StreamEnd.current();
  private volatile boolean inputEnded;

  ClientStream(StoreEndpoint endpoint, ServerCallStreamObserver<ServerFrame> observer) {
    this.endpoint = endpoint;
    this.observer = observer;
    this.outbox = new Outbox(observer, endpoint.shared().answers(), this::sent);
    this.handshake = new Handshake(endpoint);
    this.intake = new RequestIntake(endpoint, this);
  }

  /** Begins to read. On the network thread that made the call. */
  void open() {
    observer.disableAutoRequest();
    observer.setOnReadyHandler(outbox::kick);
    observer.setOnCancelHandler(this::cancelled);
    observer.setOnCloseHandler(this::gone);
    observer.request(1);
  }

  // ---- network thread

  @Override
  public void onNext(ClientFrame frame) {
    if (outbox.isEnded()) {
      return;
    }
    try {
      if (!handshake.isDone()) {
        outbox.offer(handshake.take(frame));
      } else if (frame.hasHello()) {
        throw new Refusal(ErrorCode.INVALID_ARGUMENT, "a second hello");
      }
    } catch (Refusal refusal) {
      end(ErrorMapping.of(refusal));
      return;
    }
    intake.take(frame.getRequestsList(), handshake.lane());
    readOn();
  }

  @Override
  public void onError(Throwable cause) {
    gone();
  }

  private void cancelled() {
    streamEnd.tooLarge().ifPresent(failure -> outbox.failAtOnce(noted(failure)));
    gone();
  }

  @Override
  public void onCompleted() {
    inputEnded = true;
    completeIfDone();
  }

  // ---- any thread

  /** Takes a request among the unanswered ones; false if there are too many, or its id is there. */
  boolean begin(PendingRequest request) {
    if (inFlight.incrementAndGet() > endpoint.shared().requestsInFlightMax()) {
      inFlight.decrementAndGet();
      return false;
    }
    unanswered.incrementAndGet();
    if (pending.putIfAbsent(request.id(), request) != null) {
      unanswered.decrementAndGet();
      inFlight.decrementAndGet();
      return false;
    }
    endpoint.begun();
    return true;
  }

  /** Answers a request, if nobody has; then there is room for another. */
  void finish(PendingRequest request, Answer answer) {
    gather(request, answer);
    flush();
  }

  /** As {@link #finish}, but the answer waits for {@link #flush}, and goes out with others. */
  void gather(PendingRequest request, Answer answer) {
    if (!request.claimAnswer()) {
      return;
    }
    pending.remove(request.id(), request);
    inFlight.decrementAndGet(); // before it: who has read it may send another request
    note(answer);
    outbox.gather(answer);
    unanswered.decrementAndGet(); // behind it: who finds none may end the stream
    readOnIfStopped();
    completeIfDone();
  }

  /** Sends what was gathered. */
  void flush() {
    outbox.flush();
  }

  /** Answers a request that was never taken. */
  void refuse(long id, Failure failure) {
    Answer answer = Answer.newBuilder().setId(id).setFailure(failure).build();
    note(answer);
    outbox.offer(answer);
  }

  /** Ends the stream at once, telling why. */
  void end(Failure failure) {
    outbox.fail(noted(failure));
  }

  private Failure noted(Failure failure) {
    ErrorCode code = ErrorCode.ofNumber(failure.getCode());
    endpoint.telemetry().metrics().refused(code);
    endpoint
        .telemetry()
        .log()
        .log(LogEvent.STREAM_CLOSED, "client", handshake.client(), "code", code);
    return failure;
  }

  /** Ends the stream when what is queued has been sent. */
  void endAfterAnswers(Failure failure) {
    outbox.complete(failure);
  }

  /**
   * Answers what is late, and ends a stream that says nothing; true if something may become late.
   */
  boolean sweep(long nowNanos) {
    if (!handshake.isDone() && nowNanos - openedNanos > HELLO_NANOS_MAX) {
      end(ErrorMapping.failure(ErrorCode.INVALID_ARGUMENT, "no hello within 10 s"));
      return !outbox.isEnded();
    }
    for (PendingRequest request : pending.values()) {
      if (request.isLate(nowNanos)) {
        String what =
            request.isProposed() ? "proposed, the outcome is not known" : "nothing was proposed";
        Failure late =
            ErrorMapping.failure(
                ErrorCode.DEADLINE_EXCEEDED,
                "the deadline of request " + request.id() + " passed: " + what);
        finish(request, Answer.newBuilder().setId(request.id()).setFailure(late).build());
      }
    }
    return !handshake.isDone() || !pending.isEmpty();
  }

  void leaderChanged(LeaderHint leader) {
    if (handshake.isDone()) {
      outbox.offer(leader);
    }
  }

  /** True if each request has its answer, sent or queued. */
  boolean isDrained() {
    return unanswered.get() == 0;
  }

  /** When a request with this timeout is late. */
  static long deadlineNanos(int timeoutMillis) {
    long millis =
        timeoutMillis == 0
            ? TIMEOUT_MILLIS_DEFAULT
            : Math.min(Integer.toUnsignedLong(timeoutMillis), TIMEOUT_MILLIS_MAX);
    return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** True if the client reads its answers. */
  boolean hasAnswerRoom() {
    return outbox.answerBytes() < READING_STOPS_BYTES;
  }

  // ---- as a sink of watches

  @Override
  public boolean isOpen() {
    return !outbox.isEnded();
  }

  @Override
  public boolean hasRoom() {
    if (outbox.watchBytes() < WATCH_ROOM_BYTES) {
      return true;
    }
    watchesWait.set(true);
    // It may have been sent between the look and the flag: then nobody would come back.
    return outbox.watchBytes() < WATCH_ROOM_BYTES && watchesWait.compareAndSet(true, false);
  }

  @Override
  public void send(WatchBatch batch) {
    outbox.offer(batch);
  }

  @Override
  public void send(TaskEvent event) {
    outbox.offer(event);
  }

  @Override
  public void answer(Answer answer) {
    PendingRequest request = pending.get(answer.getId());
    if (request != null) {
      request.leave(endpoint.shared().admission());
      finish(request, answer);
    }
  }

  /** Answers a request that met a bug, whether it was taken or not. */
  void failed(long id, Failure failure) {
    if (pending.containsKey(id)) {
      answer(Answer.newBuilder().setId(id).setFailure(failure).build());
    } else {
      refuse(id, failure);
    }
  }

  // ---- within

  private void sent() {
    if (outbox.isEnded()) {
      // A client that does not read would not let the call close by itself.
      endpoint.gone(this);
      return;
    }
    if (watchesWait.get()
        && outbox.watchBytes() < WATCH_ROOM_BYTES
        && watchesWait.compareAndSet(true, false)) {
      endpoint.desk().ifPresent(desk -> desk.watches().roomAgain(this));
    }
    readOnIfStopped();
  }

  private boolean mayRead() {
    return inFlight.get() < endpoint.shared().requestsInFlightMax() && hasAnswerRoom();
  }

  private void readOn() {
    if (mayRead()) {
      observer.request(1);
      return;
    }
    readingStopped.set(true);
    readOnIfStopped();
  }

  private void readOnIfStopped() {
    if (readingStopped.get() && mayRead() && readingStopped.compareAndSet(true, false)) {
      observer.request(1);
    }
  }

  private void completeIfDone() {
    if (inputEnded && isDrained()) {
      outbox.complete(null);
    }
  }

  private void gone() {
    outbox.drop();
    endpoint.gone(this);
  }

  private void note(Answer answer) {
    if (answer.hasFailure()) {
      ErrorCode code = ErrorCode.ofNumber(answer.getFailure().getCode());
      endpoint.telemetry().metrics().refused(code);
    } else if (answer.getOutcome().hasError()) {
      ErrorCode code = ErrorCode.ofNumber(answer.getOutcome().getError().getCode());
      endpoint.telemetry().metrics().refused(code);
    }
  }
}
