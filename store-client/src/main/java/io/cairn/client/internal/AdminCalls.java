package io.cairn.client.internal;

import io.cairn.client.Admin;
import io.cairn.client.CairnException;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.AdminGrpc;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.MemberAddRequest;
import io.cairn.protocol.v1.MemberListRequest;
import io.cairn.protocol.v1.MemberRemoveRequest;
import io.cairn.protocol.v1.MemberReplaceRequest;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.SnapshotRequest;
import io.cairn.protocol.v1.StatusRequest;
import io.cairn.protocol.v1.StatusResponse;
import io.cairn.protocol.v1.TransferLeaderRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The operators' calls: each on a channel of its own, to the node it concerns or to the leader. Any
 * thread but the loop.
 */
final class AdminCalls implements Admin {
  private static final Duration ATTEMPT_MIN = Duration.ofMillis(300);
  private static final long STATUS_MILLIS_MAX = 2_000;

  private final Requests requests;

  AdminCalls(Requests requests) {
    this.requests = requests;
  }

  @Override
  public Map<String, NodeReport> status() {
    Map<String, NodeReport> reports = new LinkedHashMap<>();
    Deque<String> open = new ArrayDeque<>(addresses());
    while (!open.isEmpty()) {
      String address = open.removeFirst();
      if (reports.containsKey(address)) {
        continue;
      }
      NodeReport report = statusOf(address);
      reports.put(address, report);
      if (report instanceof NodeStatus known) {
        known.groups().stream()
            .flatMap(group -> group.members().stream())
            .map(Member::clientAddress)
            .filter(other -> other.indexOf(':') > 0)
            .forEach(open::add);
      }
    }
    return reports;
  }

  @Override
  public List<Member> members() {
    return requests
        .await(
            requests.query(
                Query.newBuilder().setMemberList(MemberListRequest.getDefaultInstance())))
        .getMemberList()
        .getMembersList()
        .stream()
        .map(AdminWire::member)
        .toList();
  }

  @Override
  public List<Member> addMember(Member member) {
    MemberAddRequest request =
        MemberAddRequest.newBuilder().setMember(AdminWire.member(member)).build();
    return atLeader(stub -> AdminWire.members(stub.memberAdd(request)));
  }

  @Override
  public List<Member> removeMember(String name) {
    MemberRemoveRequest request = MemberRemoveRequest.newBuilder().setName(name).build();
    return atLeader(stub -> AdminWire.members(stub.memberRemove(request)));
  }

  @Override
  public List<Member> replaceMember(String name, Member with) {
    MemberReplaceRequest request =
        MemberReplaceRequest.newBuilder().setName(name).setWith(AdminWire.member(with)).build();
    return atLeader(stub -> AdminWire.members(stub.memberReplace(request)));
  }

  @Override
  public String transferLeader(String to) {
    TransferLeaderRequest request = TransferLeaderRequest.newBuilder().setTo(to).build();
    return atLeader(stub -> stub.transferLeader(request).getLeader().getNode());
  }

  @Override
  public long snapshot(String clientAddress) {
    Settings.checkEndpoint(clientAddress);
    try {
      return at(
          clientAddress,
          requests.context().settings().requestTimeout(),
          stub -> stub.snapshot(SnapshotRequest.getDefaultInstance()).getIndex());
    } catch (StatusRuntimeException e) {
      throw failure(clientAddress, e);
    }
  }

  private NodeReport statusOf(String address) {
    long millis =
        Math.min(STATUS_MILLIS_MAX, requests.context().settings().requestTimeout().toMillis());
    try {
      StatusResponse response =
          at(
              address,
              Duration.ofMillis(millis),
              stub -> stub.status(StatusRequest.getDefaultInstance()));
      return AdminWire.status(response);
    } catch (StatusRuntimeException e) {
      return new NodeUnreachable(String.valueOf(failure(address, e).getMessage()));
    }
  }

  /**
   * Goes round the nodes until one says that it leads, or the time is over. With too little time
   * left another attempt could only make a certain refusal an unknown outcome.
   */
  private <V> V atLeader(Function<AdminGrpc.AdminBlockingStub, V> call) {
    Duration timeout = requests.context().settings().requestTimeout();
    long startNanos = requests.context().clock().nanos();
    Deque<String> next = new ArrayDeque<>(addresses());
    CairnException last = new CairnException(ErrorCode.UNAVAILABLE, "no node could be reached");
    int attempt = 0;
    while (true) {
      Duration left = timeout.minusNanos(requests.context().clock().nanos() - startNanos);
      if (left.compareTo(attempt == 0 ? Duration.ZERO : ATTEMPT_MIN) <= 0) {
        throw last;
      }
      String address = next.isEmpty() ? addresses().get(0) : next.removeFirst();
      try {
        return at(address, left, call);
      } catch (StatusRuntimeException e) {
        last = failure(address, e);
        if (!goesOn(e)) {
          throw last;
        }
        Connection.failureIn(e)
            .map(failure -> failure.getLeader().getClientAddress())
            .filter(hint -> !hint.isEmpty())
            .ifPresent(next::addFirst);
      }
      if (next.isEmpty()) {
        next.addAll(addresses());
      }
      attempt++;
      pause(attempt);
    }
  }

  /** True if the attempt had no effect for certain and another node may do it. */
  private static boolean goesOn(StatusRuntimeException e) {
    Optional<Failure> told = Connection.failureIn(e);
    if (told.isEmpty()) {
      return isUnreachable(e);
    }
    ErrorCode code = ErrorCode.ofNumber(told.get().getCode());
    return code == ErrorCode.NOT_LEADER || code == ErrorCode.NO_LEADER;
  }

  /** A connection that could not be made: nothing was sent. */
  private static boolean isUnreachable(StatusRuntimeException e) {
    return e.getStatus().getCode() == io.grpc.Status.Code.UNAVAILABLE
        && e.getCause() instanceof java.net.ConnectException;
  }

  private static CairnException failure(String address, StatusRuntimeException e) {
    Optional<Failure> told = Connection.failureIn(e);
    if (told.isPresent()) {
      return Failures.of(told.get());
    }
    // A status written out whole would bring the stack of its cause with it.
    Throwable cause = e.getStatus().getCause();
    String facts =
        "%s: %s %s"
            .formatted(
                address,
                e.getStatus().getCode(),
                cause == null ? e.getStatus().getDescription() : cause.getMessage());
    return isUnreachable(e)
        ? new CairnException(ErrorCode.UNAVAILABLE, facts)
        : Failures.of(ErrorCode.LOST_TRACK, ErrorCode.LOST_TRACK.certainty(), facts, 0, 0);
  }

  private <V> V at(
      String address, Duration timeout, Function<AdminGrpc.AdminBlockingStub, V> call) {
    if (requests.isClosed()) {
      throw new CairnException(ErrorCode.CLOSED, "the client is closed");
    }
    ManagedChannel channel = requests.context().channels().open(address, Runnable::run);
    try {
      return call.apply(
          AdminGrpc.newBlockingStub(channel)
              .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS));
    } finally {
      channel.shutdownNow();
    }
  }

  private List<String> addresses() {
    CompletableFuture<List<String>> known = new CompletableFuture<>();
    LinkContext context = requests.context();
    if (!context.loop().offer(() -> known.complete(context.router().byLikelihood()))) {
      throw new CairnException(ErrorCode.CLOSED, "the client is closed");
    }
    Set<String> all = new LinkedHashSet<>(requests.await(known));
    return List.copyOf(all);
  }

  private void pause(int attempt) {
    java.util.concurrent.locks.LockSupport.parkNanos(
        Math.min(requests.context().backoff().nanos(attempt), 200_000_000L));
  }
}
