package io.cairn.server.raft;

import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.GetFileRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteResponse;
import com.alipay.sofa.jraft.storage.snapshot.Snapshot;
import com.alipay.sofa.jraft.util.RpcFactoryHelper;
import com.google.protobuf.Message;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which requests of other members reach JRaft, by who sends them and by what this server's
 * disk may promise.
 *
 * <p>JRaft keeps a thread for each sender it was ever named, so the names are bounded here. And it
 * grants a vote whether or not it has a configuration, so the rules of I9 are kept here: a server
 * with an empty log votes only in the first election of a cluster that is being formed, and a
 * server that waits to be added takes no entries under a name the cluster already counts on: that
 * disk is new, but the name acknowledged things on a lost one. The entries do not tell: a new
 * member is sent the same ones, and one that was removed and is added again finds its name in them.
 * So such a server takes none before a leader has said that it does not count on it. One that forms
 * takes the first entries of all, and others only when it was told the same.
 *
 * <p>Threads: any network thread.
 */
final class RequestGate {
  /** Senders ever admitted by one process. Members change one at a time and rarely. */
  static final int SENDERS_MAX = 64;

  private static final Logger LOG = LoggerFactory.getLogger(RequestGate.class);
  private static final long LOG_EVERY = 1_000;

  static {
    BoltHardening.install(); // this class makes messages of JRaft's
  }

  private static final RequestVoteResponse NOT_GRANTED =
      RequestVoteResponse.newBuilder().setTerm(0).setGranted(false).build();

  private static final ReadIndexResponse READ_REFUSED =
      ReadIndexResponse.newBuilder().setIndex(0).setSuccess(false).build();

  private final RaftPeer self;
  private final boolean formed;
  private final LongSupplier lastLogIndex;
  private volatile Past past = Past.UNKNOWN;
  private final Set<String> senders = ConcurrentHashMap.newKeySet();
  private final AtomicLong refusedIdentity = new AtomicLong();
  private volatile LinkFilter links = LinkFilter.NONE;
  private volatile BooleanSupplier servesReads = () -> true;

  /**
   * What this server may have acknowledged before its folder was empty, as a leader said since the
   * start. It matters while the folder is empty.
   */
  enum Past {
    /** Nobody has said yet. */
    UNKNOWN,
    /** Nobody has said for so long that it does not look as if it came to that. */
    UNTOLD,
    /** Nothing: it may take part. */
    NONE,
    /** The cluster counts on what a lost disk has acknowledged. */
    FORGOTTEN
  }

  /**
   * @param formed whether this folder was formed explicitly, as opposed to waiting to be added
   * @param lastLogIndex last index of the node's log, 0 when it is empty
   */
  RequestGate(RaftPeer self, boolean formed, LongSupplier lastLogIndex) {
    this.self = self;
    this.formed = formed;
    this.lastLogIndex = lastLogIndex;
  }

  void past(Past told) {
    past = told;
  }

  void links(LinkFilter filter) {
    links = filter;
  }

  /** Asks {@code serves} before a ReadIndex of another server is answered. */
  void reads(BooleanSupplier serves) {
    servesReads = serves;
  }

  /** Requests refused because an empty folder was addressed under a name that has a past (I9). */
  long refusedIdentityCount() {
    return refusedIdentity.get();
  }

  /** Whether JRaft may keep state for this sender. */
  boolean knows(String sender) {
    if (senders.contains(sender)) {
      return true;
    }
    if (senders.size() >= SENDERS_MAX) {
      return false;
    }
    try {
      if (!RaftPeer.parse(sender).toString().equals(sender)) {
        return false; // one peer, one spelling
      }
    } catch (IllegalArgumentException e) {
      return false;
    }
    return senders.add(sender);
  }

  /**
   * Whether a request from this sender is dropped without an answer, as if the network had lost it.
   */
  boolean drops(String sender, Message request) {
    if (links.blocked(sender) || (!sender.isEmpty() && !knows(sender))) {
      return true;
    }
    if (request instanceof GetFileRequest file) {
      return !isBounded(file);
    }
    return isForLostDisk(request);
  }

  // JRaft asks for the small list of files with an unlimited count, and for the files in chunks.
  private static boolean isBounded(GetFileRequest file) {
    return file.getCount() >= 0
        && (file.getCount() <= JraftOptions.RPC_BYTES_MAX
            || file.getFilename().equals(Snapshot.JRAFT_SNAPSHOT_META_FILE));
  }

  /** The answer to give instead of asking JRaft, if any. */
  Optional<Message> instead(Message request) {
    boolean empty = lastLogIndex.getAsLong() == 0;
    // I9: an empty log never votes for one that has entries, and without having been formed it
    // never votes at all.
    if (request instanceof RequestVoteRequest vote
        && empty
        && (!formed || vote.getLastLogIndex() > 0 || past == Past.FORGOTTEN)) {
      return Optional.of(NOT_GRANTED);
    }
    // With one voter JRaft answers a ReadIndex before this term has committed, and whoever asks.
    // The
    // asker hears a refusal, and tries again.
    if (request instanceof ReadIndexRequest && !servesReads.getAsBoolean()) {
      return Optional.of(READ_REFUSED);
    }
    // I9: a heartbeat that is confirmed counts for the leader's reads, and this disk may have
    // forgotten a newer leader. It is answered all the same, because the leader waits for one that
    // it adds only as long as that answers; without a last index the leader draws nothing from it.
    if (empty && request instanceof AppendEntriesRequest append && isHeartbeat(append)) {
      return Optional.of(
          AppendEntriesResponse.newBuilder().setTerm(append.getTerm()).setSuccess(false).build());
    }
    // The leader tries again at once; without an answer it would wait, for a snapshot minutes.
    if (empty && past != Past.NONE && presumesPast(request)) {
      Message kind =
          request instanceof InstallSnapshotRequest
              ? InstallSnapshotResponse.getDefaultInstance()
              : AppendEntriesResponse.getDefaultInstance();
      return Optional.of(
          RpcFactoryHelper.responseFactory()
              .newResponse(kind, RaftError.EBUSY, "%s has not heard of its past yet", self));
    }
    return Optional.empty();
  }

  private boolean isForLostDisk(Message request) {
    if (lastLogIndex.getAsLong() > 0) {
      return false;
    }
    if (past == Past.UNTOLD
        && request instanceof AppendEntriesRequest append
        && isHeartbeat(append)) {
      return true; // else a leader that adds this server would wait for it for good
    }
    boolean refused = past == Past.FORGOTTEN && comesFromLeader(request);
    if (refused && refusedIdentity.getAndIncrement() % LOG_EVERY == 0) {
      LOG.error(
          "this folder is empty, but the cluster counts on what peer={} has acknowledged: remove that"
              + " member, then add this server",
          self);
    }
    return refused;
  }

  private static boolean comesFromLeader(Message request) {
    return request instanceof InstallSnapshotRequest || request instanceof AppendEntriesRequest;
  }

  /**
   * Whether a request is one that a new server gets only if it has no past: any that replicates to
   * one that waits; beyond the first entries of all to one that forms. An empty probe counts: after
   * its answer a leader may take this server for one that has all.
   */
  private boolean presumesPast(Message request) {
    return request instanceof InstallSnapshotRequest
        || (request instanceof AppendEntriesRequest append
            && !isHeartbeat(append)
            && (!formed || append.getPrevLogIndex() > 0));
  }

  // JRaft's probes carry data, if only empty.
  private static boolean isHeartbeat(AppendEntriesRequest request) {
    return request.getEntriesCount() == 0 && !request.hasData();
  }
}
