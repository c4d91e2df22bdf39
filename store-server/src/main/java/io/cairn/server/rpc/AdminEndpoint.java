package io.cairn.server.rpc;

import io.cairn.core.apply.Checks;
import io.cairn.core.apply.Refusal;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.AdminGrpc;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.GroupStatus;
import io.cairn.protocol.v1.LeaderHint;
import io.cairn.protocol.v1.Member;
import io.cairn.protocol.v1.MemberAddRequest;
import io.cairn.protocol.v1.MemberChangeResponse;
import io.cairn.protocol.v1.MemberRemoveRequest;
import io.cairn.protocol.v1.MemberReplaceRequest;
import io.cairn.protocol.v1.SnapshotRequest;
import io.cairn.protocol.v1.SnapshotResponse;
import io.cairn.protocol.v1.StandingRequest;
import io.cairn.protocol.v1.StandingResponse;
import io.cairn.protocol.v1.StatusRequest;
import io.cairn.protocol.v1.StatusResponse;
import io.cairn.protocol.v1.TransferLeaderRequest;
import io.cairn.protocol.v1.TransferLeaderResponse;
import io.cairn.server.group.Reply;
import io.cairn.server.group.StoreGroup;
import io.cairn.server.ops.ServerMetrics.RequestKind;
import io.cairn.server.ops.Telemetry;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Admin service: status, members, leadership, snapshots. No method blocks. */
final class AdminEndpoint extends AdminGrpc.AdminImplBase {
  private static final Logger LOG = LoggerFactory.getLogger(AdminEndpoint.class);
  private static final Pattern ADDRESS =
      Pattern.compile("(\\[[0-9a-fA-F:.]{2,45}]|[A-Za-z0-9][A-Za-z0-9.-]{0,252}):\\d{1,5}");

  private final StoreGroup group;
  private final ServerIdentity identity;
  private final Telemetry telemetry;
  private final long startedNanos = System.nanoTime();

  AdminEndpoint(StoreGroup group, ServerIdentity identity, Telemetry telemetry) {
    this.group = group;
    this.identity = identity;
    this.telemetry = telemetry;
  }

  @Override
  public void status(StatusRequest request, StreamObserver<StatusResponse> responses) {
    answering(
        responses,
        () -> {
          responses.onNext(status());
          responses.onCompleted();
        });
  }

  /** What is known of this server. */
  StatusResponse status() {
    return StatusResponse.newBuilder()
        .setCluster(identity.cluster())
        .setNode(identity.node())
        .setVersion(identity.version())
        .addGroups(group.status())
        .setUptimeMillis(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos))
        .setInsecure(identity.insecure())
        .build();
  }

  @Override
  public void memberAdd(MemberAddRequest request, StreamObserver<MemberChangeResponse> responses) {
    answering(
        responses,
        () -> {
          check(request.getMember());
          group.addMember(request.getMember(), reply(responses, nothing -> members()));
        });
  }

  @Override
  public void memberRemove(
      MemberRemoveRequest request, StreamObserver<MemberChangeResponse> responses) {
    answering(
        responses,
        () -> {
          Checks.name("member name", request.getName(), false);
          group.removeMember(request.getName(), reply(responses, nothing -> members()));
        });
  }

  /**
   * One member for another, in two changes. Under a new name the new one comes first, so that the
   * group never has fewer; under the same name the old one has to go first.
   */
  @Override
  public void memberReplace(
      MemberReplaceRequest request, StreamObserver<MemberChangeResponse> responses) {
    answering(
        responses,
        () -> {
          String old = request.getName();
          Member with = request.getWith();
          Checks.name("member name", old, false);
          check(with);
          Reply<Void> last = reply(responses, nothing -> members());
          if (with.getName().equals(old)) {
            group.removeMember(old, then(last, () -> group.addMember(with, last)));
          } else if (group.isLeader() && !isMember(old)) {
            last.failed(
                ErrorMapping.failure(
                    ErrorCode.MEMBER_NOT_FOUND, "no member is called " + old + ", none was added"));
          } else {
            group.addMember(with, then(last, () -> group.removeMember(old, last)));
          }
        });
  }

  @Override
  public void transferLeader(
      TransferLeaderRequest request, StreamObserver<TransferLeaderResponse> responses) {
    answering(
        responses,
        () -> {
          Checks.name("node name", request.getTo(), true);
          Function<LeaderHint, TransferLeaderResponse> response =
              leader -> TransferLeaderResponse.newBuilder().setLeader(leader).build();
          group.transferLeadership(request.getTo(), reply(responses, response));
        });
  }

  @Override
  public void snapshot(SnapshotRequest request, StreamObserver<SnapshotResponse> responses) {
    answering(responses, () -> group.snapshot(reply(responses, Function.identity())));
  }

  @Override
  public void standing(StandingRequest request, StreamObserver<StandingResponse> responses) {
    answering(
        responses,
        () -> {
          Checks.name("member name", request.getName(), false);
          address("raft address", request.getRaftAddress());
          group.standing(request, reply(responses, Function.identity()));
        });
  }

  private MemberChangeResponse members() {
    GroupStatus status = group.status();
    return MemberChangeResponse.newBuilder().addAllMembers(status.getMembersList()).build();
  }

  private boolean isMember(String name) {
    return group.status().getMembersList().stream()
        .anyMatch(member -> member.getName().equals(name));
  }

  private static void check(Member member) {
    Checks.name("member name", member.getName(), false);
    address("raft address", member.getRaftAddress().replaceFirst("(:\\d{1,5}):\\d{1,10}$", "$1"));
    address("client address", member.getClientAddress());
    address("http address", member.getHttpAddress());
  }

  private static void address(String what, String address) {
    if (!ADDRESS.matcher(address).matches()) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT,
          what
              + " of "
              + address.length()
              + " characters is not host:port: a host is a name of letters, digits, dots and dashes,"
              + " or an address, IPv6 in brackets");
    }
  }

  private void answering(StreamObserver<?> responses, Runnable work) {
    telemetry.metrics().arrived(RequestKind.ADMIN);
    try {
      work.run();
    } catch (Refusal refusal) {
      fail(responses, ErrorMapping.of(refusal));
    } catch (RuntimeException e) {
      telemetry.log().failure(ErrorMapping.event(e), e, "request", "admin");
      fail(responses, ErrorMapping.of(e));
    }
  }

  private void fail(StreamObserver<?> responses, Failure failure) {
    telemetry.metrics().refused(ErrorCode.ofNumber(failure.getCode()));
    whileAsked(() -> responses.onError(ErrorMapping.asStatus(failure)));
  }

  /**
   * A call whose asker has gone is closed, and gRPC throws at an answer; a {@link Reply} may not.
   */
  private static void whileAsked(Runnable answer) {
    try {
      answer.run();
    } catch (IllegalStateException | StatusRuntimeException e) {
      LOG.debug("nobody waits for the answer any more", e);
    }
  }

  private <A, R> Reply<A> reply(StreamObserver<R> responses, Function<A, R> response) {
    return new Reply<>() {
      @Override
      public void done(A answer) {
        R message = response.apply(answer);
        whileAsked(
            () -> {
              responses.onNext(message);
              responses.onCompleted();
            });
      }

      @Override
      public void failed(Failure failure) {
        fail(responses, failure);
      }
    };
  }

  private static Reply<Void> then(Reply<Void> onFailure, Runnable next) {
    return new Reply<>() {
      @Override
      public void done(Void nothing) {
        next.run();
      }

      @Override
      public void failed(Failure failure) {
        onFailure.failed(failure);
      }
    };
  }
}
