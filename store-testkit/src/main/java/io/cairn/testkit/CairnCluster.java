package io.cairn.testkit;

import io.cairn.client.Cairn;
import io.cairn.client.CairnBuilder;
import io.cairn.protocol.v1.GroupStatus;
import io.cairn.server.MemberAddress;
import io.cairn.server.Setting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cluster inside this JVM: the real servers, on free ports of loopback and in a temporary folder,
 * with all the faults a test may want.
 *
 * <pre>{@code
 * try (CairnCluster cluster = CairnCluster.start(3)) {
 *   Cairn cairn = cluster.connect();
 *   cairn.kv().put("a", "1");
 *   cluster.kill(cluster.leader());
 *   assertThat(cairn.kv().get("a")).isPresent();
 * }
 * }</pre>
 *
 * <p>What {@link #kill} takes away is all that one process can lose: connections, what was not
 * flushed, the right to say goodbye. It is not a power failure: what was written without fsync
 * survives. For that, run servers as processes.
 *
 * <p>A node takes part if it runs, is neither isolated nor paused, and does not wait to be added.
 *
 * <p>Methods that change the cluster are for one thread at a time, those that ask for any. The
 * {@code await} methods throw {@link AssertionError} with the state of all nodes when what they
 * wait for does not come within 30 s ({@link ClusterBuilder#patience}).
 */
public final class CairnCluster implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CairnCluster.class);
  private static final String NAME = "test";
  private static final int PORTS_PER_NODE = 3;

  private final PortBlock ports;
  private final Path folder;
  private final List<CairnNode> nodes;
  private final Links links;
  private final Patience patience;
  private final List<Cairn> clients = new ArrayList<>(); // guarded by itself
  private volatile boolean keepsFolder;
  private boolean closed; // guarded by this

  private CairnCluster(PortBlock ports, Path folder, ClusterBuilder builder) {
    this.ports = ports;
    this.folder = folder;
    this.links = new Links();
    this.patience = new Patience(builder.patience());
    this.keepsFolder = builder.keepsFolder();
    this.nodes = makeNodes(builder);
  }

  /**
   * Starts a cluster of 1, 3 or 5 nodes; returns when it has a leader that all nodes follow.
   *
   * @throws AssertionError when no leader is elected in time
   */
  public static CairnCluster start(int nodes) {
    return builder().nodes(nodes).start();
  }

  /** Settings for a cluster that is not as usual. */
  public static ClusterBuilder builder() {
    return new ClusterBuilder();
  }

  static CairnCluster started(ClusterBuilder builder) {
    CairnCluster cluster = made(builder);
    try {
      cluster.nodes.forEach(node -> node.start(true));
      cluster.awaitLeader();
      return cluster;
    } catch (RuntimeException | AssertionError e) {
      cluster.close();
      throw e;
    }
  }

  /** A cluster of which nothing runs yet. */
  static CairnCluster made(ClusterBuilder builder) {
    try {
      PortBlock ports = PortBlock.take();
      return new CairnCluster(ports, Files.createTempDirectory("cairn-cluster-"), builder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a cluster: " + e.getMessage(), e);
    }
  }

  private List<CairnNode> makeNodes(ClusterBuilder builder) {
    List<MemberAddress> members = new ArrayList<>();
    for (int i = 0; i < builder.nodes(); i++) {
      int port = PORTS_PER_NODE * i;
      members.add(
          new MemberAddress(
              "node" + (i + 1),
              "127.0.0.1",
              ports.port(port),
              ports.port(port + 1),
              ports.port(port + 2)));
    }
    String list = members.stream().map(MemberAddress::toString).collect(Collectors.joining(","));
    List<CairnNode> made = new ArrayList<>();
    for (MemberAddress member : members) {
      Path dataDir = folder.resolve(member.name());
      Map<Setting, String> settings = new EnumMap<>(builder.settings());
      settings.put(Setting.CLUSTER, NAME);
      settings.put(Setting.NODE, member.name());
      settings.put(Setting.MEMBERS, list);
      settings.put(Setting.DATA_DIR, dataDir.toString());
      made.add(new CairnNode(member, dataDir, settings, links));
    }
    return List.copyOf(made);
  }

  /** A client that knows all nodes. The cluster closes it, if nobody has before. */
  public Cairn connect() {
    Cairn client = clientBuilder().build();
    synchronized (clients) {
      clients.add(client);
    }
    return client;
  }

  /** Settings for a client that knows all nodes. What is built from it the caller has to close. */
  public CairnBuilder clientBuilder() {
    return Cairn.builder().endpoints(endpoints()).cluster(NAME).clientName("test");
  }

  /** Where clients reach the nodes: {@code host:port,host:port,host:port}. */
  public String endpoints() {
    return nodes.stream().map(CairnNode::endpoint).collect(Collectors.joining(","));
  }

  /** All nodes, running or not. */
  public List<CairnNode> nodes() {
    return nodes;
  }

  /**
   * One node.
   *
   * @param number from 1: {@code node(1)} is called node1
   */
  public CairnNode node(int number) {
    if (number < 1 || number > nodes.size()) {
      throw new IllegalArgumentException("node " + number + " of " + nodes.size());
    }
    return nodes.get(number - 1);
  }

  /** The node that leads; waits for one, as {@link #awaitLeader}. */
  public CairnNode leader() {
    return awaitLeader();
  }

  /** The running nodes but the leader, cut off or not. */
  public List<CairnNode> followers() {
    CairnNode leader = leader();
    return nodes.stream().filter(node -> node != leader && node.isRunning()).toList();
  }

  /** Stops a node without a word, as {@code kill -9} does: see the class comment for the limits. */
  public void kill(CairnNode node) {
    own(node).stop(false);
    links.resume(node.raftAddress());
  }

  /** Stops a node gracefully: it hands over leadership and answers what is open. */
  public void stop(CairnNode node) {
    resume(node);
    own(node).stop(true);
  }

  /**
   * Starts a node again, on the folder it has left; one that runs is killed first. Returns when its
   * ports are open, not when it has caught up: see {@link #awaitApplied()}.
   *
   * @throws io.cairn.server.StartRefusedException when the server refuses to start, with the reason
   */
  public void restart(CairnNode node) {
    kill(node);
    boolean isNew = !Files.exists(node.folder().resolve("FORMATION"));
    if (isNew && nodes.stream().noneMatch(CairnNode::isRunning)) {
      throw new IllegalStateException(
          node.name() + " has an empty folder, and no other node runs that could take it in");
    }
    own(node).start(false);
  }

  /** Deletes the data folder of a node that does not run, as a new disk would. */
  public void wipe(CairnNode node) {
    if (own(node).isRunning()) {
      throw new IllegalStateException(node.name() + " runs: kill or stop it first");
    }
    delete(node.folder());
  }

  /** Cuts a node off from all other nodes, in both directions. Clients still reach it. */
  public void isolate(CairnNode node) {
    links.isolate(own(node).raftAddress());
  }

  /** Mends all links that {@link #isolate} has cut. */
  public void heal() {
    links.heal();
  }

  /**
   * Holds a node still, as a long pause of its process would appear to the others: it neither hears
   * other nodes nor do they hear it, and clients get no answer, though their connections stay.
   */
  public void pause(CairnNode node) {
    links.pause(own(node).raftAddress());
    node.freeze();
  }

  /** Lets a paused node go on. */
  public void resume(CairnNode node) {
    own(node).thaw();
    links.resume(node.raftAddress());
  }

  /**
   * Undoes all faults: links are mended, paused nodes go on, stopped ones are started. Returns when
   * all nodes have applied the same.
   */
  public void restore() {
    heal();
    nodes.forEach(this::resume);
    nodes.stream().filter(node -> !node.isRunning()).forEach(node -> node.start(false));
    awaitApplied();
  }

  /** Waits until one node serves as leader and all others that can hear it follow it. */
  public CairnNode awaitLeader() {
    return patience.until(this::agreedLeader, () -> "no leader (" + report() + ")");
  }

  /** Waits until a node other than {@code old} leads. */
  public CairnNode awaitLeaderOtherThan(CairnNode old) {
    return patience.until(
        () -> agreedLeader().filter(leader -> leader != old),
        () -> "no leader other than " + old.name() + " (" + report() + ")");
  }

  /** Waits until all running nodes that take part have applied {@code index}. */
  public void awaitApplied(long index) {
    awaitApplied(index, nodes.stream().filter(CairnNode::takesPart).toList());
  }

  /** Waits until one node has applied {@code index}. */
  public void awaitApplied(CairnNode node, long index) {
    awaitApplied(index, List.of(own(node)));
  }

  /** Waits until all running nodes that take part have applied all that the leader has. */
  public void awaitApplied() {
    awaitApplied(leader().appliedIndex());
  }

  private void awaitApplied(long index, List<CairnNode> which) {
    patience.until(
        () ->
            which.stream().allMatch(node -> node.appliedIndex() >= index)
                ? Optional.of(index)
                : Optional.empty(),
        () -> "not all have applied index " + index + " (" + report() + ")");
  }

  /**
   * The digests of all running nodes that take part, all at the same applied index; waits for that.
   * It comes when nobody writes.
   *
   * @throws AssertionError when two replicas differ, or do not come to the same index in time
   */
  public List<ReplicaDigest> digests() {
    List<ReplicaDigest> digests =
        patience.until(this::digestsAtOneIndex, () -> "no common applied index (" + report() + ")");
    if (digests.stream().map(ReplicaDigest::digest).distinct().count() > 1) {
      throw new AssertionError("replicas differ: " + digests);
    }
    return digests;
  }

  /** Does not delete the folder on {@link #close}; its path is logged then. */
  public void keepFolder() {
    keepsFolder = true;
  }

  /** The folder that holds the data folders of all nodes. */
  public Path folder() {
    return folder;
  }

  /**
   * Ends clients and nodes and deletes the folder. Leaves no port and no thread of theirs behind;
   * the pools that JRaft, Netty and RocksDB keep once per process stay. Idempotent.
   */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    synchronized (clients) {
      clients.forEach(Cairn::close);
      clients.clear();
    }
    nodes.forEach(node -> node.stop(false));
    try {
      ports.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot free ports: " + e.getMessage(), e);
    }
    if (keepsFolder) {
      LOG.warn("the folder of a test cluster is kept: {}", folder);
    } else {
      delete(folder);
    }
  }

  private CairnNode own(CairnNode node) {
    if (!nodes.contains(node)) {
      throw new IllegalArgumentException(node.name() + " is a node of another cluster");
    }
    return node;
  }

  private Optional<CairnNode> agreedLeader() {
    List<CairnNode> parts = nodes.stream().filter(CairnNode::takesPart).toList();
    Optional<CairnNode> leader = parts.stream().filter(CairnNode::isLeader).findFirst();
    return leader.filter(one -> parts.stream().allMatch(node -> leaderOf(node).equals(one.name())));
  }

  private static String leaderOf(CairnNode node) {
    Optional<GroupStatus> status = node.status();
    return status.map(known -> known.getLeader().getNode()).orElse("");
  }

  private Optional<List<ReplicaDigest>> digestsAtOneIndex() {
    List<ReplicaDigest> digests =
        nodes.stream()
            .filter(CairnNode::takesPart)
            .map(CairnNode::digest)
            .flatMap(Optional::stream)
            .toList();
    boolean same = digests.stream().map(ReplicaDigest::appliedIndex).distinct().count() == 1;
    return same ? Optional.of(digests) : Optional.empty();
  }

  private String report() {
    return nodes.stream()
        .map(
            node ->
                "%s %s leader=%s applied=%d%s"
                    .formatted(
                        node.name(),
                        node.role(),
                        leaderOf(node),
                        node.appliedIndex(),
                        node.halts().isEmpty() ? "" : " halts=" + node.halts()))
        .collect(Collectors.joining("; "));
  }

  private static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + folder + ": " + e.getMessage(), e);
    }
  }
}
