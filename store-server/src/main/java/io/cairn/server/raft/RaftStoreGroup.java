package io.cairn.server.raft;

import io.cairn.core.engine.CommittedBatch;
import io.cairn.core.storage.RocksStorage;
import io.cairn.core.storage.View;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.GroupStatus;
import io.cairn.protocol.v1.LeaderHint;
import io.cairn.protocol.v1.Member;
import io.cairn.protocol.v1.SnapshotResponse;
import io.cairn.protocol.v1.StandingRequest;
import io.cairn.protocol.v1.StandingResponse;
import io.cairn.server.formation.MemberQuestion;
import io.cairn.server.group.GroupListener;
import io.cairn.server.group.Proposal;
import io.cairn.server.group.Reply;
import io.cairn.server.group.StoreGroup;
import io.cairn.server.ops.EventLog;
import io.cairn.server.ops.LogEvent;
import io.cairn.server.ops.ServerMetrics;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * One group of this node over JRaft: puts proposer, reads, duties, snapshots and membership
 * together.
 */
final class RaftStoreGroup implements StoreGroup, StoreStateMachine.Events {
  private final Settings settings;
  private final RocksStorage storage;
  private final EventLog log;
  private final ServerMetrics metrics;
  private final RaftGroup raft;
  private final Leadership leadership = new Leadership(System::nanoTime);
  private final MemberDirectory directory;
  private final Proposer proposer;
  private final ReadRounds reads;
  private final LeaderDuties duties;
  private final Membership membership;
  private final AppliedWaits waits = new AppliedWaits();
  private final LeaderWatch leaderWatch;
  private final List<GroupListener> listeners = new CopyOnWriteArrayList<>();
  private final SnapshotTriggers snapshots;
  private final Standings standings;
  private volatile String formation = "";
  private volatile boolean running;
  private volatile boolean closed;

  /**
   * What a group needs to know.
   *
   * @param group number
   * @param self this node
   * @param firstMembers as configured; written as rows when the cluster is formed
   * @param cluster its cluster's name
   * @param snapshotLogBytes bytes of entries after which a snapshot is taken
   */
  record Settings(
      int group, String cluster, Member self, List<Member> firstMembers, long snapshotLogBytes) {}

  /** Makes the raft group around the state machine it will feed. */
  interface RaftMaker {
    RaftGroup make(StoreStateMachine machine);
  }

  RaftStoreGroup(
      Settings settings,
      RocksStorage storage,
      SnapshotWork snapshotWork,
      Reports reports,
      RaftMaker maker) {
    this.settings = settings;
    this.storage = storage;
    this.log = reports.log();
    this.metrics = reports.metrics();
    this.directory = new MemberDirectory(settings.firstMembers());
    this.raft = maker.make(new StoreStateMachine(storage, leadership, snapshotWork, this));
    raft.setServesReads(leadership::confirmedIn);
    this.leaderWatch = new LeaderWatch(raft, directory, storage::appliedIndex);
    this.proposer =
        new Proposer(settings.self().getName(), leadership, this::leader, raft::propose, metrics);
    this.reads =
        new ReadRounds(
            raft::readIndex, System::nanoTime, metrics::readRound, RaftStoreGroup::later);
    this.duties =
        new LeaderDuties(
            settings,
            leadership,
            proposer,
            this::view,
            storage::appliedIndex,
            this::hasStored,
            this::confirmed);
    this.membership =
        new Membership(
            settings.group(), raft, leadership, proposer, directory, log, RaftStoreGroup::later);
    this.snapshots =
        new SnapshotTriggers(raft::snapshot, storage::appliedIndex, settings.snapshotLogBytes());
    this.standings = new Standings(leadership, raft, membership, settings.self().getName());
    waits.applied(storage.appliedIndex());
    try (View view = storage.view()) {
      directory.refresh(view);
    }
  }

  /** The fingerprint of the member list with which the cluster was formed. */
  String formation() {
    return formation;
  }

  /** Starts consensus in the cluster that was formed with the member list of this fingerprint. */
  void start(String withFormation) throws IOException {
    formation = withFormation;
    raft.start(settings.cluster() + "-" + withFormation);
    running = true;
    proposer.start(raft.halt());
    duties.start(raft);
  }

  /** Stops in the order that loses nothing: no new proposals, hand over, stop applying. */
  void close(boolean gracefully) {
    closed = true;
    duties.close();
    proposer.close();
    if (gracefully) {
      raft.close();
    } else {
      raft.crash();
    }
  }

  RaftGroup raft() {
    return raft;
  }

  @Override
  public int id() {
    return settings.group();
  }

  @Override
  public void propose(List<Proposal> commands) {
    proposer.offer(commands);
  }

  @Override
  public void linearize(Reply<Void> reply) {
    // With one voter JRaft answers before this term has committed; so a leader must have applied
    // its LeaderStart.
    if (closed) {
      reply.failed(Failures.shuttingDown(settings.self().getName()));
    } else if (!running) {
      reply.failed(Failures.notLeader(settings.self().getName(), leader()));
    } else if (raft.isLeader() && !leadership.confirmed()) {
      reply.failed(electedOnly());
    } else {
      reads.join(unlessElectedMeanwhile(reply));
    }
  }

  /**
   * The round may have been asked after this node was elected, and with one voter JRaft answered it
   * too early. A leader that has applied its LeaderStart by now has all that was acknowledged.
   */
  private Reply<Void> unlessElectedMeanwhile(Reply<Void> reply) {
    return new Reply<>() {
      @Override
      public void done(Void nothing) {
        if (!closed && raft.isLeader() && !leadership.confirmed()) {
          reply.failed(electedOnly());
        } else {
          Reply.finish(reply);
        }
      }

      @Override
      public void failed(Failure failure) {
        reply.failed(failure);
      }
    };
  }

  private static Failure electedOnly() {
    return Failures.of(
            ErrorCode.NO_LEADER, "this node was elected and has not applied its first entry")
        .toBuilder()
        .setRetryAfterMillis(10)
        .build();
  }

  @Override
  public void catchUp(
      long appliedIndexMin, int stalenessMillisMax, int waitMillis, Reply<Void> reply) {
    if (stalenessMillisMax > 0 && !reads.freshWithin(stalenessMillisMax)) {
      // Nobody has confirmed lately what this replica has: ask now. A fresh answer also covers the
      // index.
      linearize(
          new Reply<>() {
            @Override
            public void done(Void nothing) {
              awaitApplied(appliedIndexMin, waitMillis, reply);
            }

            @Override
            public void failed(Failure failure) {
              reply.failed(
                  Failures.of(
                      ErrorCode.STALE_REPLICA,
                      "this replica may be older than "
                          + stalenessMillisMax
                          + " ms: "
                          + failure.getMessage()));
            }
          });
      return;
    }
    awaitApplied(appliedIndexMin, waitMillis, reply);
  }

  private void awaitApplied(long index, int waitMillis, Reply<Void> reply) {
    if (waits.isApplied(index)) {
      Reply.finish(reply); // the usual case: no timer, which would outlive the read
      return;
    }
    Runnable task = () -> Reply.finish(reply);
    if (!waits.when(index, task)) {
      reply.failed(Failures.of(ErrorCode.OVERLOADED, "too many reads wait for an index"));
      return;
    }
    later(
        () -> {
          if (waits.forget(index, task)) {
            reply.failed(
                Failures.of(
                        ErrorCode.STALE_REPLICA,
                        "applied index is " + storage.appliedIndex() + ", wanted " + index)
                    .toBuilder()
                    .setExpected(index)
                    .setActual(storage.appliedIndex())
                    .build());
          }
        },
        waitMillis);
  }

  private static void later(Runnable task, long millis) {
    CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS).execute(task);
  }

  @Override
  public View view() {
    return storage.view();
  }

  @Override
  public LeaderHint leader() {
    return leaderWatch.hint();
  }

  @Override
  public boolean isLeader() {
    return leadership.confirmed();
  }

  @Override
  public void listen(GroupListener listener) {
    listeners.add(listener);
  }

  @Override
  public GroupStatus status() {
    return new StatusReport(settings, formation, directory, leader(), closed)
        .of(running && !closed ? Optional.of(raft.status()) : Optional.empty(), storage);
  }

  @Override
  public void addMember(Member member, Reply<Void> reply) {
    if (requireLead(reply)) {
      membership.add(member, reply);
    }
  }

  @Override
  public void removeMember(String name, Reply<Void> reply) {
    if (!requireLead(reply)) {
      return;
    }
    if (name.equals(settings.self().getName()) && raft.peers().size() > 1) {
      // The change must outlive its proposer: another member carries it out.
      transferLeadership(
          "",
          new Reply<>() {
            @Override
            public void done(LeaderHint to) {
              reply.failed(Failures.notLeader(name, to));
            }

            @Override
            public void failed(Failure failure) {
              reply.failed(failure);
            }
          });
      return;
    }
    membership.remove(name, reply);
  }

  @Override
  public void transferLeadership(String to, Reply<LeaderHint> reply) {
    if (leadership.current().isEmpty()) {
      reply.failed(Failures.notLeader(settings.self().getName(), leader()));
      return;
    }
    leaderWatch.transfer(settings.self(), to, reply);
  }

  @Override
  public void standing(StandingRequest of, Reply<StandingResponse> reply) {
    standings.answer(of, this, reply);
  }

  @Override
  public void snapshot(Reply<SnapshotResponse> reply) {
    snapshots.take(reply);
  }

  @Override
  public void committed(CommittedBatch batch) {
    if (batch.membersChanged()) {
      refreshDirectory();
    }
    listeners.forEach(listener -> listener.committed(batch));
  }

  @Override
  public void applied(long index, long bytes, long nanos) {
    metrics.applied(nanos);
    waits.applied(index);
    snapshots.applied(bytes);
    duties.applied();
  }

  @Override
  public void leaderStarted(long term) {
    duties.wake();
    leaderChanged();
  }

  @Override
  public void leaderChanged() {
    refreshDirectory();
    LeaderHint hint = leader();
    log.log(
        LogEvent.LEADER_CHANGED, "group", id(), "leader", hint.getNode(), "term", hint.getTerm());
    listeners.forEach(listener -> listener.leaderChanged(hint));
  }

  @Override
  public void restored(long revision) {
    refreshDirectory();
    listeners.forEach(listener -> listener.restored(revision));
  }

  private void refreshDirectory() {
    try (View view = storage.view()) {
      directory.refresh(view);
    }
  }

  private void confirmed() {
    log.log(
        LogEvent.LEADER_CHANGED,
        "group",
        id(),
        "leader",
        settings.self().getName(),
        "serving",
        true);
  }

  private boolean hasStored(Member member) {
    return MemberQuestion.hasStored(member, settings.cluster(), formation);
  }

  private boolean requireLead(Reply<Void> reply) {
    if (leadership.confirmed()) {
      return true;
    }
    reply.failed(Failures.notLeader(settings.self().getName(), leader()));
    return false;
  }
}
