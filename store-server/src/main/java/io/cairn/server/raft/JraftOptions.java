package io.cairn.server.raft;

import com.alipay.sofa.jraft.JRaftServiceFactory;
import com.alipay.sofa.jraft.StateMachine;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.option.ReadOnlyOption;

/**
 * The only place that sets JRaft's options, each with its reason.
 *
 * <p>Failover. A follower's election timer runs freely, every {@code T + random(D)}, and acts only
 * if it has not heard the leader for {@code T}. So the first of the followers acts after T at best
 * and {@code 2T + D} at worst. If two act within the time of one vote, both wait {@code T +
 * random(D)} once more. JRaft's T = D = 1000 ms gives 3 s at worst and 5 s with one split vote;
 * with T = 600 ms and D = 300 ms it is 1.5 s, and about half of that as a rule. A ping to a peer
 * that does not answer is made inside the node's lock, so the time allowed for it is a part of T
 * too. All this is for leaders that fall silent; where a leader's process has ended, {@link
 * ElectionPace} has shorter times.
 */
final class JraftOptions {
  /** One message of entries, and one chunk of a snapshot file. */
  static final int RPC_BYTES_MAX = 1 << 20;

  /**
   * Entries held in memory, not yet applied; beyond it JRaft refuses with EBUSY, which is
   * NOT_APPLIED.
   */
  static final long LOGS_IN_MEMORY_BYTES_MAX = 64L << 20;

  /**
   * Messages to one follower without an answer: with {@link #RPC_BYTES_MAX} it bounds what a slow
   * follower holds.
   */
  static final int INFLIGHT_MESSAGES_MAX = 32;

  private static final int RING_SIZE = 4_096;
  private static final int APPLY_BATCH = 128;
  private static final int READ_INDEX_LAG_MAX = 1_000;

  /**
   * A heartbeat may go unanswered, and the next one still counts: it is sent two intervals and T/2,
   * JRaft's time for an answer, after the last that was answered, and a leader that has heard no
   * majority for 0.9 T steps down. So less than T/5 apart; with T/6 a fifteenth of T is left. An
   * idle server does little else than heartbeats. A follower that could not be reached is tried
   * again after one interval.
   */
  private static final int HEARTBEATS_PER_ELECTION_TIMEOUT = 6;

  private static final int CONNECT_TIMEOUT_MILLIS_MIN = 200;
  private static final int RPC_TIMEOUT_MILLIS = 3_000;
  private static final int INSTALL_SNAPSHOT_TIMEOUT_MILLIS = 600_000;
  private static final int RPC_CLIENT_THREADS = 12;
  private static final int TIMER_THREADS = 2;
  private static final int CATCH_UP_MARGIN_MAX = 1_000;

  private JraftOptions() {}

  static ElectionOptions node(
      RaftGroupConfig config,
      GroupFolder folder,
      StateMachine stateMachine,
      JRaftServiceFactory storages) {
    ElectionOptions options = new ElectionOptions();
    int electionTimeoutMillis = config.timings().electionTimeoutMillis();
    options.setElectionTimeoutMs(electionTimeoutMillis);
    options.setInitialConf(
        configuration(folder)); // I9: empty unless this folder was formed explicitly
    options.setFsm(stateMachine);
    options.setServiceFactory(storages);
    options.setLogUri(folder.log().toString());
    options.setRaftMetaUri(folder.meta().toString());
    options.setSnapshotUri(folder.snapshot().toString());
    options.setSnapshotIntervalSecs(config.timings().snapshotIntervalSeconds());
    options.setSnapshotLogIndexMargin(
        0); // else a snapshot asked for by log bytes would be skipped in silence
    options.setFilterBeforeCopyRemote(
        false); // its reuse of local files compares names and a weak checksum only
    options.setDisableCli(true); // else one unauthenticated request replaces the membership
    options.setEnableMetrics(
        false); // its histograms cost on each entry; our own metrics count at the edges

    // A server has few groups: one shared set of timers instead of five threads each.
    options.setSharedTimerPool(true);
    options.setSharedElectionTimer(true);
    options.setSharedVoteTimer(true);
    options.setSharedStepDownTimer(true);
    options.setSharedSnapshotTimer(true);
    options.setTimerPoolSize(TIMER_THREADS);

    options.setRpcConnectTimeoutMs(connectTimeoutMillis(electionTimeoutMillis));
    options.setRpcDefaultTimeout(
        RPC_TIMEOUT_MILLIS); // an unanswered append is sent again after it; the default is 5 s
    options.setRpcInstallSnapshotTimeout(
        INSTALL_SNAPSHOT_TIMEOUT_MILLIS); // covers the whole download
    options.setEnableRpcChecksum(
        true); // of whole messages; HardenedRpcFactory chooses the protocol that has one
    options.setRpcProcessorThreadPoolSize(
        RPC_CLIENT_THREADS); // callbacks of answers; the default of 80 keeps 26 idle
    options.setRaftRpcThreadPoolSize(0); // RaftPort brings its own bounded pool
    options.setCliRpcThreadPoolSize(0); // no CLI processor is registered
    options.setRaftOptions(raft(electionTimeoutMillis));
    return options;
  }

  private static RaftOptions raft(int electionTimeoutMillis) {
    RaftOptions options = new RaftOptions();
    options.setSync(true); // R1: OK means fsynced
    options.setSyncMeta(
        true); // the default forgets a vote on power loss; our MetaStorage syncs in any case
    options.setEnableLogEntryChecksum(
        false); // a table of 64 bits, byte by byte: of 64 KiB, half the time of a follower
    options.setReadOnlyOptions(ReadOnlyOption.ReadOnlySafe); // lease reads can be stale
    options.setMaxReadIndexLag(
        READ_INDEX_LAG_MAX); // a follower far behind refuses a read instead of holding it
    options.setOpenStatistics(false); // RocksDB statistics cost 5 to 10 % of a write
    options.setMaxElectionDelayMs(
        electionTimeoutMillis / 2); // D above: short, yet several votes long
    options.setElectionHeartbeatFactor(HEARTBEATS_PER_ELECTION_TIMEOUT);
    options.setStepDownWhenVoteTimedout(
        true); // a candidate that lost contact goes back to the pre-vote
    options.setReplicatorPipeline(true);
    options.setMaxReplicatorInflightMsgs(INFLIGHT_MESSAGES_MAX);
    options.setMaxLogsInMemoryBytes(LOGS_IN_MEMORY_BYTES_MAX);
    options.setApplyBatch(APPLY_BATCH);
    options.setMaxAppendBufferSize(
        RPC_BYTES_MAX); // bytes of one fsync; the default of 256 KiB is half a batch of commands
    options.setMaxByteCountPerRpc(RPC_BYTES_MAX);
    options.setDisruptorBufferSize(
        RING_SIZE); // full rings block for ever: proposals are bounded before them
    return options;
  }

  /**
   * Time to connect to and ping a peer. It passes with the node locked: a black hole must not eat
   * the election timeout.
   */
  static int connectTimeoutMillis(int electionTimeoutMillis) {
    return Math.max(CONNECT_TIMEOUT_MILLIS_MIN, electionTimeoutMillis / 3);
  }

  /**
   * How many entries a new voter may be behind when it begins to count: never the whole log. Of a
   * young one JRaft's own margin is all, so that a server would count that has stored nothing yet;
   * started again just then, it could not tell that from a lost disk (I9).
   */
  static int catchUpMargin(long lastLogIndex) {
    return (int) Math.max(0, Math.min(CATCH_UP_MARGIN_MAX, lastLogIndex - 1));
  }

  private static Configuration configuration(GroupFolder folder) {
    Configuration configuration = new Configuration();
    folder.initialVoters().forEach(peer -> configuration.addPeer(peer.toPeerId()));
    return configuration;
  }
}
