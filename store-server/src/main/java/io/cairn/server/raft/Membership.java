package io.cairn.server.raft;

import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.Member;
import io.cairn.protocol.v1.MemberPut;
import io.cairn.protocol.v1.MemberRemove;
import io.cairn.protocol.v1.Outcome;
import io.cairn.server.group.Reply;
import io.cairn.server.ops.EventLog;
import io.cairn.server.ops.LogEvent;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Changes of the voters, one member at a time. The row with a node's addresses is written before it
 * becomes a voter, and removed after it has ceased to be one, so that a leader can always be named.
 */
final class Membership {
  private final int group;
  private final RaftGroup raft;
  private final Proposer proposer;
  private final MemberDirectory directory;
  private final EventLog log;
  private final Leadership leadership;
  private final CatchUp catchUp;
  private final AtomicBoolean underWay = new AtomicBoolean();
  private volatile Optional<RaftPeer> beingRemoved = Optional.empty();

  Membership(
      int group,
      RaftGroup raft,
      Leadership leadership,
      Proposer proposer,
      MemberDirectory directory,
      EventLog log,
      CatchUp.Timer timer) {
    this.log = log;
    this.leadership = leadership;
    this.catchUp = new CatchUp(CatchUp::reaches, raft::addPeer, timer, System::nanoTime);
    this.group = group;
    this.raft = raft;
    this.proposer = proposer;
    this.directory = directory;
  }

  /** Adds a voter; answered when it has caught up and the change is committed. */
  void add(Member given, Reply<Void> reply) {
    Member member = given.toBuilder().clearJoined().build(); // the leader says so, nobody else
    RaftPeer peer;
    try {
      peer = RaftPeer.parse(member.getRaftAddress());
    } catch (IllegalArgumentException e) {
      reply.failed(Failures.of(ErrorCode.INVALID_ARGUMENT, String.valueOf(e.getMessage())));
      return;
    }
    run(reply, () -> addition(member, peer));
  }

  private CompletableFuture<Void> addition(Member member, RaftPeer peer) {
    Optional<Member> same = directory.byName(member.getName()).or(() -> directory.byPeer(peer));
    boolean voter = raft.peers().contains(peer);
    // A change that is asked for again, because its answer was lost, is done already.
    boolean again =
        voter && same.isPresent() && same.get().toBuilder().clearJoined().build().equals(member);
    if (!again && (voter || (same.isPresent() && raft.peers().contains(peerOf(same.get()))))) {
      return refused(
          ErrorCode.INVALID_ARGUMENT,
          "member " + member.getName() + " at " + peer + " is already a voter, or its name is");
    }
    return propose(command().setMemberPut(MemberPut.newBuilder().setMember(member)).build())
        .thenCompose(done -> again ? CompletableFuture.completedFuture(null) : voting(member, peer))
        .whenComplete(
            (done, failure) -> changed(LogEvent.MEMBER_ADDED, member.getName(), peer, failure));
  }

  /**
   * Makes a node a voter. If it does not catch up, nothing of it stays, nor of an attempt before.
   */
  private CompletableFuture<Void> voting(Member member, RaftPeer peer) {
    Optional<Reign> reign = leadership.current();
    BooleanSupplier leads = () -> reign.isPresent() && leadership.current().equals(reign);
    return catchUp
        .add(peer, leads)
        .exceptionallyCompose(
            failure ->
                CatchUp.isLate(failure)
                    ? undo(member, peer, leads)
                    : CompletableFuture.failedFuture(failure));
  }

  /**
   * Takes the row of a voter back that was not added, and fails. Only while the lead is still the
   * one in which that was seen: another leader may have added it since.
   */
  private CompletableFuture<Void> undo(Member member, RaftPeer peer, BooleanSupplier leads) {
    String late =
        "member "
            + member.getName()
            + " did not catch up at "
            + peer
            + " and was not added: its server must run before, and be reached from the leader";
    CompletableFuture<Void> undone =
        leads.getAsBoolean()
            ? propose(removalOf(member.getName()))
            : CompletableFuture.failedFuture(new IllegalStateException("the lead is lost"));
    return undone
        .handle(
            (done, failure) ->
                failure == null
                    ? Failures.of(ErrorCode.WRONG_STATE, late)
                    : Failures.of(
                        ErrorCode.LOST_TRACK,
                        late + "; it may still be listed, as the lead was lost then: add it again"))
        .thenCompose(told -> CompletableFuture.failedFuture(new FailedChange(told)));
  }

  private Command removalOf(String name) {
    return command().setMemberRemove(MemberRemove.newBuilder().setName(name)).build();
  }

  /** Removes a voter and its row. */
  void remove(String name, Reply<Void> reply) {
    run(reply, () -> removal(name));
  }

  private CompletableFuture<Void> removal(String name) {
    Optional<Member> member = directory.byName(name);
    if (member.isEmpty()) {
      return refused(ErrorCode.MEMBER_NOT_FOUND, "no member is called " + name);
    }
    RaftPeer peer = peerOf(member.get());
    boolean voter = raft.peers().contains(peer);
    if (voter && raft.peers().size() == 1) {
      return refused(ErrorCode.INVALID_ARGUMENT, name + " is the last voter, it cannot be removed");
    }
    beingRemoved = Optional.of(peer);
    return CompletableFuture.completedFuture(null)
        .thenCompose(
            begin -> voter ? raft.removePeer(peer) : CompletableFuture.<Void>completedFuture(null))
        .thenCompose(done -> propose(removalOf(name)))
        .whenComplete(
            (done, failure) -> {
              beingRemoved = Optional.empty();
              changed(LogEvent.MEMBER_REMOVED, name, peer, failure);
            });
  }

  /**
   * Whether this leader is taking the peer's vote away. Its configuration is without it as soon as
   * the change is in the log, but until that is committed the old one counts as well.
   */
  boolean removes(RaftPeer peer) {
    return beingRemoved.filter(peer::equals).isPresent();
  }

  private void changed(LogEvent event, String name, RaftPeer peer, @Nullable Throwable failure) {
    log.log(event, "group", group, "name", name, "peer", peer, "ok", failure == null);
  }

  private void run(Reply<Void> reply, Supplier<CompletableFuture<Void>> change) {
    if (!underWay.compareAndSet(false, true)) {
      reply.failed(
          Failures.of(ErrorCode.MEMBERSHIP_BUSY, "another change of members is under way"));
      return;
    }
    var unused =
        CompletableFuture.completedFuture(null)
            .thenCompose(begin -> change.get()) // JRaft throws at a change that came too late
            .whenComplete(
                (done, failure) -> {
                  underWay.set(false);
                  if (failure == null) {
                    Reply.finish(reply);
                  } else {
                    reply.failed(failureOf(failure));
                  }
                });
  }

  private CompletableFuture<Void> propose(Command command) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    proposer.offer(
        command,
        new Reply<Outcome>() {
          @Override
          public void done(Outcome outcome) {
            if (outcome.hasError()) {
              done.completeExceptionally(
                  new FailedChange(
                      Failure.newBuilder()
                          .setCode(outcome.getError().getCode())
                          .setMessage(outcome.getError().getMessage())
                          .build()));
            } else {
              done.complete(null);
            }
          }

          @Override
          public void failed(Failure failure) {
            done.completeExceptionally(new FailedChange(failure));
          }
        });
    return done;
  }

  private static CompletableFuture<Void> refused(ErrorCode code, String message) {
    return CompletableFuture.failedFuture(new FailedChange(Failures.of(code, message)));
  }

  private Command.Builder command() {
    return Command.newBuilder().setGroup(group);
  }

  private static RaftPeer peerOf(Member member) {
    return RaftPeer.parse(member.getRaftAddress());
  }

  private static Failure failureOf(Throwable failure) {
    Throwable cause = Failures.causeOf(failure);
    if (cause instanceof FailedChange change) {
      return change.failure;
    }
    if (cause instanceof RaftRefusedException refused) {
      ErrorCode code = refused.isBusy() ? ErrorCode.MEMBERSHIP_BUSY : ErrorCode.LOST_TRACK;
      return Failures.of(code, String.valueOf(refused.getMessage()));
    }
    return Failures.of(ErrorCode.INTERNAL, "the change of members failed: " + cause);
  }

  private static final class FailedChange extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient Failure failure;

    FailedChange(Failure failure) {
      super(failure.getMessage(), null, false, false);
      this.failure = failure;
    }
  }
}
