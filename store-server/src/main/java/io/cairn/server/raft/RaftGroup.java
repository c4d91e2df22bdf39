package io.cairn.server.raft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.RaftGroupService;
import com.alipay.sofa.jraft.StateMachine;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.entity.Task;
import com.alipay.sofa.jraft.storage.LogStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Raft group on one server: its folder, its port and its JRaft node.
 *
 * <p>An object is started once and closed once. The folder is locked meanwhile, so a second group,
 * in this process or another, cannot use it. Methods may be called from any thread; those that need
 * a running node throw {@link IllegalStateException} before {@link #start} and after {@link
 * #close}.
 */
public final class RaftGroup implements AutoCloseable, Voters {
  private static final Logger LOG = LoggerFactory.getLogger(RaftGroup.class);
  private static final byte[] NO_CONTEXT = new byte[0];

  private volatile RaftGroupConfig config;
  private final StateMachine stateMachine;
  private final LogCheck logCheck;
  private final Halt halt;

  private volatile @Nullable Running running;
  private volatile boolean closing;
  private volatile LinkFilter links = LinkFilter.NONE;
  private volatile LongPredicate servesReads = term -> true;
  private boolean started; // guarded by this

  /** Everything that exists between start and close. */
  private record Running(
      DataFolderLock lock,
      GroupFolder folder,
      RaftServiceFactory storages,
      RequestGate gate,
      RaftPort port,
      RaftGroupService service,
      NodeImpl node,
      Elections elections) {}

  public RaftGroup(
      RaftGroupConfig config, StateMachine stateMachine, LogCheck logCheck, Halt halt) {
    this.config = config;
    this.stateMachine = stateMachine;
    this.logCheck = logCheck;
    this.halt = halt;
  }

  /**
   * Locks and opens the folder, binds the raft port and starts the node. On return the node
   * follows, elects, or waits to be added; the newest snapshot is loaded.
   *
   * @throws IOException when the folder is in use, damaged or refused by the start check, or the
   *     port is taken; nothing runs then
   */
  public synchronized void start() throws IOException {
    start(config.clusterId());
  }

  /** As {@link #start()}, with the cluster id that was not known when this object was made. */
  public synchronized void start(String clusterId) throws IOException {
    config = config.withClusterId(clusterId);
    if (started) {
      throw new IllegalStateException("raft group " + config.wireGroupId() + " was started before");
    }
    started = true;
    BoltHardening.install();
    DataFolderLock lock = DataFolderLock.acquire(config.folder());
    RaftPort port = null;
    try {
      GroupFolder folder = GroupFolder.open(config, halt);
      RaftServiceFactory storages = new RaftServiceFactory(folder, halt, logCheck);
      boolean formed = !folder.initialVoters().isEmpty();
      RequestGate gate = new RequestGate(config.self(), formed, this::lastLogIndexOrZero);
      gate.links(sender -> links.blocked(sender));
      gate.reads(() -> servesReads.test(folder.metaStorage().getTerm()));
      port = new RaftPort(config.self(), gate, this::connectionChanged);
      port.open();
      running = startNode(lock, folder, storages, gate, port);
      LOG.info(
          "raft started group={} self={} folder={}",
          config.wireGroupId(),
          config.self(),
          config.folder());
    } catch (IOException | RuntimeException e) {
      if (port != null) {
        port.close();
      }
      lock.close();
      throw StartFailure.unwrap(e);
    }
  }

  private Running startNode(
      DataFolderLock lock,
      GroupFolder folder,
      RaftServiceFactory storages,
      RequestGate gate,
      RaftPort port) {
    ElectionTimerFactory.requireInUse();
    StateMachine guarded = new GuardedStateMachine(stateMachine, halt, () -> closing);
    RaftGroupService service =
        new RaftGroupService(
            config.wireGroupId(),
            config.self().toPeerId(),
            JraftOptions.node(config, folder, guarded, storages),
            port.server(),
            true);
    // The port is open already, so that a port in use fails before the log is touched.
    NodeImpl node = (NodeImpl) service.start(false);
    try {
      Elections elections = Elections.of(node, config.self());
      return new Running(lock, folder, storages, gate, port, service, node, elections);
    } catch (RuntimeException e) {
      service.shutdown(); // it must not go on in a folder that is given up
      throw e;
    }
  }

  /**
   * Appends one entry, if this server leads in {@code expectedTerm}.
   *
   * <p>I8: of the failures given to {@code done}, only EBUSY certainly did not append. JRaft says
   * EPERM both for never appended and for appended, then stepped down. The bytes must not change
   * until {@code done} has run.
   *
   * @param done runs on a JRaft thread, after the entry was applied or with what went wrong
   */
  public void propose(ByteBuffer entry, long expectedTerm, Closure done) {
    node().apply(new Task(entry, done, expectedTerm));
  }

  /**
   * Asks for the commit index as of now, confirmed by a majority; {@code done} runs on a JRaft
   * thread when this server has applied up to it. A follower asks the leader.
   *
   * <p>With a single voter JRaft answers before this term has committed: do not read before {@code
   * onLeaderStart} then, and see {@link #setServesReads} for what others ask.
   */
  public void readIndex(ReadIndexClosure done) {
    node().readIndex(NO_CONTEXT, done);
  }

  /**
   * Takes a snapshot and cuts the log behind the one before it. Completes when it is stored, or at
   * once with nothing new.
   */
  public CompletableFuture<Void> snapshot() {
    return ask("snapshot", node()::snapshot);
  }

  /**
   * Asks a member to take over the lead. Returns when the handover has begun; it is over when
   * {@link #leader} names the other, or has failed when this server still leads after an election
   * timeout.
   */
  public void transferLeadership(RaftPeer peer) {
    requireBegun(node().transferLeadershipTo(peer.toPeerId()), peer.toString());
  }

  /** As {@link #transferLeadership}, to a member that is there and has most of the log. */
  public void transferLeadershipToAny() {
    requireBegun(Handover.begin(node()), "any member");
  }

  private static void requireBegun(Status status, String to) {
    if (!status.isOk()) {
      throw new RaftRefusedException("transfer of leadership to " + to, status);
    }
  }

  /**
   * Adds a voter, one at a time: it first catches up, then the change is committed. Only the leader
   * can.
   */
  public CompletableFuture<Void> addPeer(RaftPeer peer) {
    node().getOptions().setCatchupMargin(JraftOptions.catchUpMargin(lastLogIndex()));
    return ask("addition of " + peer, done -> node().addPeer(peer.toPeerId(), done));
  }

  /**
   * Removes a voter, one at a time; completes when the change is committed. Only the leader can.
   */
  public CompletableFuture<Void> removePeer(RaftPeer peer) {
    return ask("removal of " + peer, done -> node().removePeer(peer.toPeerId(), done));
  }

  private static CompletableFuture<Void> ask(String what, Consumer<Closure> request) {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    request.accept(
        status -> {
          if (status.isOk()) {
            answer.complete(null);
          } else {
            answer.completeExceptionally(new RaftRefusedException(what, status));
          }
        });
    return answer;
  }

  @Override
  public List<RaftPeer> peers() {
    return node().getCurrentConf().listPeers().stream().map(RaftPeer::of).sorted().toList();
  }

  /** The leader as this server knows it. */
  public Optional<RaftPeer> leader() {
    PeerId leader = node().getLeaderId();
    return leader == null || leader.isEmpty() ? Optional.empty() : Optional.of(RaftPeer.of(leader));
  }

  /** The term as persisted, which never goes back. */
  public long term() {
    return running().folder().metaStorage().getTerm();
  }

  /** Whether this server leads, as a hint: it may have been deposed without knowing. */
  public boolean isLeader() {
    return node().isLeader(false);
  }

  /** What makes this server elect sooner. */
  Elections elections() {
    return running().elections();
  }

  /** How this group ends when it cannot go on. */
  Halt halt() {
    return halt;
  }

  public RaftPeer self() {
    return config.self();
  }

  /** First index kept in the log; entries below it are in the snapshot. */
  public long firstLogIndex() {
    LogStorage log = running().storages().logStorage();
    return log == null ? 1 : log.getFirstLogIndex();
  }

  /** Last index in the log, committed or not. */
  public long lastLogIndex() {
    return node().getLastLogIndex();
  }

  /** Everything an operator asks about the group. */
  public RaftStatus status() {
    Running now = running();
    RaftStatus.LogRange log =
        new RaftStatus.LogRange(
            firstLogIndex(),
            lastLogIndex(),
            now.node().getLastCommittedIndex(),
            now.node().getLastAppliedLogIndex(),
            snapshotIndex(now));
    return new RaftStatus(
        String.valueOf(now.node().getNodeState()),
        term(),
        leader(),
        peers(),
        log,
        isWaiting(),
        now.gate().refusedIdentityCount(),
        now.port().limits().openCount(),
        now.port().limits().refusedCount());
  }

  private static long snapshotIndex(Running now) {
    try {
      return now.folder().snapshotIndex();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the snapshots", e);
    }
  }

  /**
   * Drops requests of the members that the filter blocks, until another filter is set. Before or
   * after the start.
   */
  public void setLinkFilter(LinkFilter filter) {
    links = filter;
  }

  /** Whether the folder is empty and was not formed: this server waits to be added. */
  boolean isWaiting() {
    Running now = running;
    return now != null && now.folder().initialVoters().isEmpty() && isEmpty();
  }

  /** Whether nothing has been stored yet. */
  boolean isEmpty() {
    return lastLogIndexOrZero() == 0;
  }

  /** Whether the folder was formed, as opposed to waiting to be added. */
  boolean isFormed() {
    return !running().folder().initialVoters().isEmpty();
  }

  /** What is known of this server's past, whose empty folder takes no entries before (I9). */
  void past(RequestGate.Past past) {
    Running now = running;
    if (now != null) {
      now.gate().past(past);
    }
  }

  /** Refuses a ReadIndex that another server asks for unless {@code serves} accepts the term. */
  void setServesReads(LongPredicate serves) {
    servesReads = serves;
  }

  /**
   * Hands the lead to another member if this server has it, then stops. Returns when all threads of
   * the node are done.
   */
  @Override
  public void close() {
    Running now = running;
    if (now != null && !closing && now.node().isLeader(false)) {
      Handover.toAny(now.node(), config);
    }
    stop();
  }

  /** Stops without handing over: as near to a crash as one JVM allows. For fault tests. */
  public void crash() {
    stop();
  }

  private synchronized void stop() {
    Running now = running;
    if (now == null) {
      return;
    }
    closing = true;
    // JRaft finds nodes by address: what is on its way must not reach one that comes later.
    now.gate().links(sender -> true);
    running = null;
    now.elections().close();
    now.port().close();
    now.service().shutdown();
    try {
      now.service().join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    now.port().endSenders();
    try {
      now.lock().close();
    } catch (IOException e) {
      LOG.warn("cannot release the lock of folder={}", config.folder(), e);
    }
    LOG.info("raft stopped group={} self={}", config.wireGroupId(), config.self());
  }

  private void connectionChanged(ConnectionLimits.Change change) {
    Running now = running;
    if (now != null) {
      now.elections().connectionChanged(change);
    }
  }

  private long lastLogIndexOrZero() {
    Running now = running;
    return now == null ? 0 : now.node().getLastLogIndex();
  }

  private NodeImpl node() {
    return running().node();
  }

  private Running running() {
    Running now = running;
    if (now == null) {
      throw new IllegalStateException("raft group " + config.wireGroupId() + " is not running");
    }
    return now;
  }
}
