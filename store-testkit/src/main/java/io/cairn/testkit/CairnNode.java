package io.cairn.testkit;

import io.cairn.protocol.v1.GroupStatus;
import io.cairn.server.CairnServer;
import io.cairn.server.MemberAddress;
import io.cairn.server.ServerConfig;
import io.cairn.server.Setting;
import io.cairn.server.raft.RaftGroupFactory;
import io.cairn.server.rpc.RpcServer;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * One node of a {@link CairnCluster}: a server that comes and goes, with one name, one data folder
 * and the same ports each time. Any thread may ask; the cluster starts and stops it.
 */
public final class CairnNode {
  private static final int HALTS_KEPT_MAX = 100;

  private final MemberAddress address;
  private final Path folder;
  private final Map<Setting, String> settings;
  private final Links links;
  private final List<String> halts = new CopyOnWriteArrayList<>();
  private volatile @Nullable CairnServer server;
  private RpcServer.@Nullable Frozen frozen; // guarded by this

  CairnNode(MemberAddress address, Path folder, Map<Setting, String> settings, Links links) {
    this.address = address;
    this.folder = folder;
    this.settings = new EnumMap<>(settings);
    this.links = links;
  }

  /** Its name: node1, node2, ... */
  public String name() {
    return address.name();
  }

  /** Where clients reach it, {@code host:port}. */
  public String endpoint() {
    return address.clientAddress();
  }

  /** Where operators reach it, {@code host:port}. */
  public String httpEndpoint() {
    return address.httpAddress();
  }

  /** Its data folder. */
  public Path folder() {
    return folder;
  }

  /** False before it is started, and from a kill or stop on. */
  public boolean isRunning() {
    return server != null;
  }

  /** True if it takes itself for the leader; when it is isolated it may be wrong for a while. */
  public boolean isLeader() {
    CairnServer now = server;
    return now != null && now.group().isLeader();
  }

  /** Index of the last log entry it has applied; 0 while it does not run. */
  public long appliedIndex() {
    return status().map(GroupStatus::getAppliedIndex).orElse(0L);
  }

  /**
   * LEADER, FOLLOWER, CANDIDATE, WAITING (to be added to a cluster), ERROR, or STOPPED while it
   * does not run.
   */
  public String role() {
    return status().map(GroupStatus::getRole).orElse("STOPPED");
  }

  /**
   * Why it ended itself, oldest first: where a server process would have halted, for example after
   * a failed write of its log. A node that did so has been stopped as by {@link CairnCluster#kill}.
   */
  public List<String> halts() {
    return List.copyOf(halts);
  }

  @Override
  public String toString() {
    return name() + " " + endpoint() + " " + role();
  }

  String raftAddress() {
    return address.raftAddress();
  }

  MemberAddress address() {
    return address;
  }

  /** What it says of its group; empty while it does not run. */
  Optional<GroupStatus> status() {
    CairnServer now = server;
    if (now == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(now.group().status());
    } catch (IllegalStateException stopping) {
      return Optional.empty();
    }
  }

  Optional<ReplicaDigest> digest() {
    return status()
        .map(
            status ->
                new ReplicaDigest(
                    name(),
                    status.getAppliedIndex(),
                    HexFormat.of().formatHex(status.getStateDigest().toByteArray())));
  }

  /** True if it runs, other nodes reach it, and it does not wait to be added. */
  boolean takesPart() {
    return isRunning() && !links.isCut(raftAddress()) && !role().equals("WAITING");
  }

  /** Starts a server. A refused start leaves nothing behind. */
  synchronized void start(boolean forming) {
    if (server != null) {
      throw new IllegalStateException(name() + " runs already");
    }
    Map<Setting, String> all = new EnumMap<>(settings);
    all.put(Setting.INITIAL_CLUSTER_STATE, forming ? "new" : "existing");
    RaftGroupFactory factory =
        new RaftGroupFactory(this::halted, links.filterOf(address.raftAddress()));
    CairnServer starting = new CairnServer(ServerConfig.of(all), factory);
    try {
      starting.start();
    } catch (RuntimeException e) {
      starting.crash();
      throw e;
    }
    server = starting;
  }

  synchronized void stop(boolean gracefully) {
    thaw();
    CairnServer running = server;
    server = null;
    if (running == null) {
      return;
    }
    if (gracefully) {
      running.close();
    } else {
      running.crash();
    }
  }

  synchronized void freeze() {
    CairnServer running = server;
    if (running != null && frozen == null) {
      frozen = running.freezeClients();
    }
  }

  synchronized void thaw() {
    if (frozen != null) {
      frozen.close();
      frozen = null;
    }
  }

  /** Takes the place of the end of the process. Runs inside the call that failed. */
  private void halted(String reason, @Nullable Throwable cause) {
    if (halts.size() < HALTS_KEPT_MAX) {
      halts.add(cause == null ? reason : reason + ": " + cause.getMessage());
    }
    // The failing thread is one that the stop has to wait for.
    Thread ending = new Thread(() -> stop(false), "cairn-halt-" + name());
    ending.setDaemon(true);
    ending.start();
  }
}
