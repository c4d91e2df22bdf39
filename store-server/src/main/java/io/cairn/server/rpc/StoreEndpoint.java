package io.cairn.server.rpc;

import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.ClientFrame;
import io.cairn.protocol.v1.LeaderHint;
import io.cairn.protocol.v1.Member;
import io.cairn.protocol.v1.ServerFrame;
import io.cairn.protocol.v1.StoreGrpc;
import io.cairn.server.ops.LogEvent;
import io.cairn.server.ops.Telemetry;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The Store service: all client streams of this server, and what they share. */
final class StoreEndpoint extends StoreGrpc.StoreImplBase {
  private static final long SWEEP_MILLIS = 20;
  private static final long OVERLOAD_LOG_NANOS = TimeUnit.SECONDS.toNanos(10);

  /**
   * What all streams share.
   *
   * @param requestsInFlightMax unanswered requests of one stream
   * @param streamsMax streams of this server
   * @param answers runs the sending of answers
   * @param timer one thread that looks for what is late
   */
  record Shared(
      ServerIdentity identity,
      Admission admission,
      int requestsInFlightMax,
      int streamsMax,
      Executor answers,
      ScheduledExecutorService timer) {}

  private final Shared shared;
  private final Telemetry telemetry;
  private final Set<ClientStream> streams = ConcurrentHashMap.newKeySet();
  private final RestingTask sweeping;
  private final AtomicLong overloadLoggedNanos =
      new AtomicLong(System.nanoTime() - OVERLOAD_LOG_NANOS);
  private volatile Optional<GroupDesk> desk = Optional.empty();
  private volatile boolean stopping;

  StoreEndpoint(Shared shared, Telemetry telemetry) {
    this.shared = shared;
    this.telemetry = telemetry;
    this.sweeping =
        new RestingTask(shared.timer(), SWEEP_MILLIS, () -> sweep(System.nanoTime()), telemetry);
  }

  /** Serves a group from now on. */
  void serve(GroupDesk group) {
    desk = Optional.of(group);
  }

  @Override
  public StreamObserver<ClientFrame> exchange(StreamObserver<ServerFrame> responses) {
    ClientStream stream = new ClientStream(this, (ServerCallStreamObserver<ServerFrame>) responses);
    streams.add(stream);
    sweeping.wake();
    stream.open();
    if (stopping) {
      stream.end(ErrorMapping.failure(ErrorCode.SHUTTING_DOWN, "the server is stopping"));
    } else if (streams.size() > shared.streamsMax()) {
      stream.end(
          ErrorMapping.failure(
              ErrorCode.OVERLOADED,
              "more than " + shared.streamsMax() + " streams",
              shared.streamsMax(),
              streams.size()));
    }
    return stream;
  }

  /** A stream has taken a request among the unanswered ones. */
  void begun() {
    sweeping.wake();
  }

  /**
   * Answers requests whose deadline has passed, and ends streams that never said hello; false if
   * there is neither an open request nor a stream without hello.
   */
  private boolean sweep(long nowNanos) {
    boolean more = false;
    for (ClientStream stream : streams) {
      more |= stream.sweep(nowNanos);
    }
    return more;
  }

  /** Tells all streams who leads. */
  void leaderChanged(LeaderHint leader) {
    telemetry.log().log(
        LogEvent.LEADER_CHANGED,
        "leader",
        leader.getNode(),
        "address",
        leader.getClientAddress(),
        "term",
        leader.getTerm());
    streams.forEach(stream -> stream.leaderChanged(leader));
  }

  /** From now on new requests are refused with SHUTTING_DOWN. */
  void refuseNew() {
    stopping = true;
  }

  /** True if no request waits for its answer. */
  boolean isDrained() {
    return streams.stream().allMatch(ClientStream::isDrained);
  }

  /** Ends every stream, after what is queued for it. */
  void endStreams() {
    streams.forEach(
        stream ->
            stream.endAfterAnswers(
                ErrorMapping.failure(ErrorCode.SHUTTING_DOWN, "the server has stopped")));
  }

  int streamCount() {
    return streams.size();
  }

  boolean isStopping() {
    return stopping;
  }

  Shared shared() {
    return shared;
  }

  Telemetry telemetry() {
    return telemetry;
  }

  Optional<GroupDesk> desk() {
    return desk;
  }

  /** The group of a request. */
  Optional<GroupDesk> desk(int group) {
    return desk.filter(found -> found.group().id() == group);
  }

  /** Where clients reach the members. */
  List<String> clientAddresses() {
    List<String> known =
        desk.stream()
            .flatMap(found -> found.group().status().getMembersList().stream())
            .map(Member::getClientAddress)
            .toList();
    return known.isEmpty() ? shared.identity().clientAddresses() : known;
  }

  void gone(ClientStream stream) {
    if (streams.remove(stream)) {
      desk.ifPresent(found -> found.watches().gone(stream));
    }
  }

  /** Logs that requests are refused, at most once in a while. */
  void noteOverload() {
    long now = System.nanoTime();
    long last = overloadLoggedNanos.get();
    if (now - last >= OVERLOAD_LOG_NANOS && overloadLoggedNanos.compareAndSet(last, now)) {
      telemetry.log().log(LogEvent.OVERLOADED, "streams", streams.size());
    }
  }
}
