package io.cairn.server.raft;

import io.cairn.core.engine.EntryFormat;
import io.cairn.core.storage.RocksStorage;
import io.cairn.protocol.v1.Member;
import io.cairn.protocol.v1.StandingResponse;
import io.cairn.server.HostedGroup;
import io.cairn.server.MemberAddress;
import io.cairn.server.ServerConfig;
import io.cairn.server.Setting;
import io.cairn.server.StartRefusedException;
import io.cairn.server.formation.Formation;
import io.cairn.server.formation.MemberQuestion;
import io.cairn.server.group.StoreGroup;
import io.cairn.server.ops.EventLog;
import io.cairn.server.ops.LogEvent;
import io.cairn.server.raft.log.DamagedLogException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One group with the files under it, from open storage to a running member and back. */
final class RaftHostedGroup implements HostedGroup {
  private static final int SNAPSHOT_INTERVAL_SECONDS = 3_600;
  private static final long ASK_AGAIN_MILLIS = 2_000;
  private static final long ASK_SOON_MILLIS = 250;
  private static final long UNTOLD_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final ServerConfig config;
  private final Reports reports;
  private final EventLog log;
  private final RocksStorage storage;
  private final DataFolderLock lock;
  private final Halt halt;
  private final SnapshotWork snapshots;
  private final Optional<String> formation;
  private final boolean forming;
  private final RaftStoreGroup group;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Object closing = new Object();
  private boolean closed; // guarded by closing

  RaftHostedGroup(
      ServerConfig config, Reports reports, RocksStorage storage, DataFolderLock lock, Halt halt)
      throws IOException {
    this.config = config;
    this.reports = reports;
    this.log = reports.log();
    this.storage = storage;
    this.lock = lock;
    this.halt = halt;
    this.snapshots = new SnapshotWork(log);
    Optional<String> kept = Formation.read(config.dataDir());
    // I9: forming is asked for explicitly; the raft folder regards it only while it is new.
    this.forming = config.formsCluster();
    this.formation =
        kept.isPresent() || !forming ? kept : Optional.of(Formation.of(config.members()));
    this.group = make();
  }

  void setLinkFilter(LinkFilter links) {
    group.raft().setLinkFilter(links);
  }

  @Override
  public StoreGroup group() {
    return group;
  }

  @Override
  public void start() {
    String known = formation.or(this::askMembers).orElseThrow(this::stoppedWhileWaiting);
    try {
      if (forming && !MetaCopies.exist(folder().resolve("raft").resolve("meta"))) {
        refuseToFormAgain(); // also where the formation is still noted: it lies elsewhere
      }
      if (Formation.read(config.dataDir()).isEmpty()) {
        Formation.write(config.dataDir(), known);
        if (forming) {
          log.log(LogEvent.CLUSTER_FORMED, "formation", known, "members", config.members());
        }
      }
      group.start(known);
    } catch (DamagedLogException e) {
      throw StartRefusedException.damaged(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new StartRefusedException(String.valueOf(e.getMessage()), e);
    }
    boolean formed = group.raft().isFormed();
    beside("cairn-past", () -> learnPast(known, formed));
    beside("cairn-compare", () -> compareWithOthers(known));
  }

  /** Asks others on a thread of its own, which ends when this is closed. */
  private static void beside(String name, Runnable questions) {
    Thread thread = new Thread(questions, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    stop(true);
  }

  @Override
  public void crash() {
    stop(false);
  }

  private void stop(boolean gracefully) {
    synchronized (closing) {
      if (closed) {
        return;
      }
      closed = true;
      stop.countDown();
    }
    group.close(gracefully);
    snapshots.close();
    if (gracefully) {
      storage.close();
    } else {
      storage.abandon();
    }
    try {
      lock.close();
    } catch (IOException e) {
      log.failure(LogEvent.REQUEST_FAILED, e, "what", "release of the data folder's lock");
    }
  }

  private RaftStoreGroup make() {
    List<Member> members = config.members().stream().map(MemberAddress::toMember).toList();
    RaftStoreGroup.Settings settings =
        new RaftStoreGroup.Settings(
            RaftGroupFactory.GROUP,
            config.cluster(),
            config.self().toMember(),
            members,
            config.bytes(Setting.SNAPSHOT_LOG_MIB));
    RaftGroupConfig raftConfig =
        new RaftGroupConfig(
            config.cluster(),
            "group" + RaftGroupFactory.GROUP,
            RaftPeer.parse(config.self().raftAddress()),
            forming
                ? members.stream().map(member -> RaftPeer.parse(member.getRaftAddress())).toList()
                : List.of(),
            forming,
            folder().resolve("raft"),
            new RaftGroupConfig.Timings(
                config.number(Setting.ELECTION_TIMEOUT_MS), SNAPSHOT_INTERVAL_SECONDS));
    return new RaftStoreGroup(
        settings,
        storage,
        snapshots,
        reports,
        machine -> new RaftGroup(raftConfig, machine, new OwnLog(), halt));
  }

  private final class OwnLog implements LogCheck {
    /**
     * Refuses a log that cannot be the one the database was applied from. A leader may have applied
     * what its majority had and its own disk had not, so the database can be ahead, but only by
     * what was in flight.
     */
    @Override
    public void opened(long lastLogIndex, long snapshotIndex) throws IOException {
      long applied = storage.appliedIndex();
      long durable = Math.max(lastLogIndex, snapshotIndex);
      if (applied > durable + Proposer.BATCHES_IN_FLIGHT_MAX) {
        throw new IOException(
            "the database in "
                + folder()
                + " has applied index "
                + applied
                + ", but the log ends at "
                + lastLogIndex
                + " and the newest snapshot at "
                + snapshotIndex
                + ": the log has lost entries that this node acknowledged. Remove this member from"
                + " the cluster and add it again with an empty folder");
      }
    }

    @Override
    public void entry(long index, ByteBuffer data) {
      EntryFormat.requireWhole(index, data);
    }
  }

  /**
   * Refuses to form on an empty folder what this node has been part of (I9): its disk has forgotten
   * whom it voted for and what it acknowledged. Only a member that can be reached can say so.
   */
  private void refuseToFormAgain() {
    Optional<String> said = saidOfPast();
    if (said.isPresent()) {
      throw new StartRefusedException(formedAgain(said.get()));
    }
  }

  /** Which other member says under which name this node has taken part, if any does. */
  private Optional<String> saidOfPast() {
    return others().stream()
        .flatMap(
            other ->
                MemberQuestion.pastOf(config.self(), other, config.cluster()).stream()
                    .map(past -> other + " says that " + past))
        .findFirst();
  }

  private static String formedAgain(String said) {
    return "this folder is empty and is to form the cluster, but "
        + said
        + " has taken part in it: the disk has lost what it acknowledged. Replace that member by one"
        + " with another raft address, started without initial-cluster-state new";
  }

  /** Waits for a member to say how the cluster was formed; empty when closed meanwhile. */
  private Optional<String> askMembers() {
    List<MemberAddress> others = others();
    log.log(LogEvent.WAITING_TO_BE_ADDED, "node", config.node(), "asks", others);
    if (others.isEmpty()) {
      return Optional.of(Formation.of(List.of())); // nobody to ask: it can only wait
    }
    do {
      for (MemberAddress other : others) {
        Optional<String> answer = MemberQuestion.formationOf(other, config.cluster());
        if (answer.isPresent()) {
          return answer;
        }
      }
    } while (pause());
    return Optional.empty();
  }

  /**
   * Asks a leader whether this node has a past, while the folder is empty (I9). Where it has formed
   * the cluster, any member that knows of a past will do, and the node ends: as a voter it could
   * help to elect one that lacks what it has acknowledged, and would stand itself.
   */
  private void learnPast(String known, boolean formed) {
    long startNanos = System.nanoTime();
    long nanos = 0;
    RequestGate.Past past = RequestGate.Past.UNKNOWN;
    while (past != RequestGate.Past.NONE && group.raft().isEmpty()) {
      nanos = System.nanoTime() - startNanos;
      Optional<RequestGate.Past> told =
          others().stream()
              .flatMap(
                  other ->
                      MemberQuestion.standingOf(config.self(), other, config.cluster(), known)
                          .stream())
              .map(standing -> pastIn(standing, formed))
              .findFirst()
              .or(
                  () ->
                      formed
                          ? saidOfPast().map(said -> RequestGate.Past.FORGOTTEN)
                          : Optional.empty());
      if (told.isPresent()) {
        past = told.get();
      } else if (past == RequestGate.Past.UNKNOWN && nanos > UNTOLD_NANOS) {
        past = RequestGate.Past.UNTOLD;
      }
      group.raft().past(past);
      if (formed && past == RequestGate.Past.FORGOTTEN) {
        MemberAddress self = config.self();
        halt.halt(
            formedAgain("a member says that " + self.name() + " at " + self.raftAddress()), null);
        return;
      }
      if (past != RequestGate.Past.NONE
          && !pause(nanos < UNTOLD_NANOS ? ASK_SOON_MILLIS : ASK_AGAIN_MILLIS)) {
        return;
      }
    }
  }

  /** A node that forms is a voter from the start: it counts when it has stored something. */
  private RequestGate.Past pastIn(StandingResponse standing, boolean formed) {
    boolean stored =
        standing.getJoinedList().stream()
            .anyMatch(row -> formed || row.getRaftAddress().equals(config.self().raftAddress()));
    return stored || (standing.getVoter() && !formed)
        ? RequestGate.Past.FORGOTTEN
        : RequestGate.Past.NONE;
  }

  /**
   * Says so when another node was formed with another list of members: these two will never talk.
   */
  private void compareWithOthers(String known) {
    while (pause() && group.leader().getNode().isEmpty()) {
      for (MemberAddress other : others()) {
        Optional<String> theirs = MemberQuestion.formationOf(other, config.cluster());
        if (theirs.isPresent() && !theirs.get().equals(known)) {
          log.log(
              LogEvent.MEMBERS_DIFFER,
              "node",
              config.node(),
              "formation",
              known,
              "members",
              config.members(),
              "other",
              other,
              "otherFormation",
              theirs.get(),
              "advice",
              "start all nodes of a new cluster with the same list, on empty folders");
          return;
        }
      }
    }
  }

  private boolean pause() {
    return pause(ASK_AGAIN_MILLIS);
  }

  /** False when stopped. */
  private boolean pause(long millis) {
    try {
      return !stop.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private List<MemberAddress> others() {
    return config.members().stream()
        .filter(member -> !member.name().equals(config.node()))
        .toList();
  }

  private Path folder() {
    return config.dataDir().resolve("group-" + RaftGroupFactory.GROUP);
  }

  private StartRefusedException stoppedWhileWaiting() {
    return new StartRefusedException("stopped while waiting to be added to a cluster");
  }
}
