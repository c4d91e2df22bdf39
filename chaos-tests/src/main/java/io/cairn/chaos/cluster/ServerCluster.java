package io.cairn.chaos.cluster;

import io.cairn.chaos.cluster.ClusterOptions.DiskKind;
import io.cairn.chaos.cluster.ClusterOptions.NetworkKind;
import io.cairn.client.Admin;
import io.cairn.client.Cairn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The cluster that faults see: its nodes with their processes, disks and network. */
public final class ServerCluster implements Cluster {
  private static final String NAME = "chaos";
  private static final long DIGESTS_MILLIS_MAX = 30_000;
  private static final int RAFT_PORT_STEP = 3;
  private static final Duration ADMIN_LIMIT = Duration.ofSeconds(10);

  private final ClusterOptions options;
  private final RunLedger ledger;
  private final RunEnd end;
  private final Installation installation = Installation.find();
  private final Network network;
  private final List<ServerNode> members = new CopyOnWriteArrayList<>();
  private final List<ServerNode> forgotten = new CopyOnWriteArrayList<>();
  private final List<TestNode> first;
  private final Map<Shim, Path> libraries = new LinkedHashMap<>();
  private int everAttached;

  private ServerCluster(ClusterOptions options, RunLedger ledger, RunEnd end, Network network) {
    this.options = options;
    this.ledger = ledger;
    this.end = end;
    this.network = network;
    Path shims = options.root().resolve("shims");
    for (Shim shim : options.shims()) {
      libraries.put(shim, ledger.made(() -> NativeCode.library(shims, shim.source())));
    }
    for (int i = 0; i < options.nodes(); i++) {
      members.add(ledger.made(this::newNode));
    }
    this.first = members.stream().map(ServerNode::testNode).toList();
  }

  static ServerCluster create(ClusterOptions options) {
    Path nodes = options.root().resolve("nodes");
    List<Path> own = List.of(nodes, options.root().resolve("shims"));
    for (Path folder : own) {
      if (Files.exists(folder)) {
        throw new ClusterFailure(
            folder + " exists already: give another folder, or remove it", null);
      }
    }
    RunLedger ledger = RunLedger.open();
    RunEnd end = RunEnd.of(ledger);
    try {
      Folders.make(options.root().resolve("logs"));
      for (Path made : own) {
        if (!options.keepsData()) {
          ledger.record(RunLedger.Kind.FOLDER, made.toString());
        }
        ledger.whileOpen(() -> MarkedFolder.make(made, ledger.run()));
      }
      Network network =
          options.network() == NetworkKind.NAMESPACES
              ? new NamespaceNetwork(ledger)
              : new LoopbackNetwork(nodes.resolve("hosts"));
      return new ServerCluster(options, ledger, end, network);
    } catch (RuntimeException e) {
      try {
        end.now();
      } catch (RuntimeException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  private ServerNode newNode() {
    String name = "n" + ++everAttached;
    Path place = Folders.make(options.root().resolve("nodes").resolve(name));
    NodeAddress address = network.attach(name);
    NodeDisk disk =
        options.disk() == DiskKind.LOOP_EXT4
            ? new LoopDisk(ledger, place.resolve("disk.img"), place.resolve("disk"))
            : new PlainDisk(place.resolve("disk"));
    List<String> words =
        Stream.of(
                network.at(name),
                installation.command(
                    ledger.run(),
                    Stream.of(network.jvmOptions(name), options.jvmOptions())
                        .flatMap(List::stream)
                        .toList(),
                    options.classesInFront()))
            .flatMap(List::stream)
            .toList();
    List<String> settings = new ArrayList<>(List.of("--cluster=" + NAME));
    if (options.network() == NetworkKind.NAMESPACES) {
      settings.add("--insecure");
    }
    options.settings().forEach((setting, value) -> settings.add("--" + setting + "=" + value));
    ServerNode.Launch launch = new ServerNode.Launch(words, settings, environment(name, place));
    return new ServerNode(
        name, address, disk, options.root().resolve("logs").resolve(name + ".log"), launch);
  }

  private Map<String, String> environment(String name, Path place) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("ROCKSDB_SHAREDLIB_DIR", Folders.make(place.resolve("native")).toString());
    environment.putAll(options.environment());
    for (Map.Entry<Shim, Path> library : libraries.entrySet()) {
      ControlPage page = ControlPage.create(controlFile(name, library.getKey()));
      environment.put(library.getKey().variable(), page.file().toString());
    }
    if (options.shims().contains(Shim.IO)) {
      environment.put("CHAOS_IO_PATH", place.resolve("disk").toString());
    }
    if (!libraries.isEmpty()) {
      String all = libraries.values().stream().map(Path::toString).collect(Collectors.joining(":"));
      environment.merge("LD_PRELOAD", all, (given, ours) -> given + ":" + ours);
    }
    return environment;
  }

  private Path controlFile(String node, Shim shim) {
    return options
        .root()
        .resolve("nodes")
        .resolve(node)
        .resolve(shim.source().replace(".c", ".page"));
  }

  /** The page by which a shim in this node's process is told what to do. */
  public ControlPage controlPage(ServerNode node, Shim shim) {
    if (!libraries.containsKey(shim)) {
      throw new ClusterFailure("this cluster was made without the shim " + shim, null);
    }
    return ControlPage.open(controlFile(node.name(), shim));
  }

  /** A control group of its own for this node. */
  public ControlGroup controlGroup(ServerNode node, String controller) {
    return ledger.made(() -> ControlGroup.create(ledger, controller, node.name()));
  }

  /** A program of ours built from a resource, such as {@code shutdown.c}. */
  public Path program(String source) {
    return ledger.made(() -> NativeCode.program(options.root().resolve("shims"), source));
  }

  /** What it was made to be like. */
  public ClusterOptions options() {
    return options;
  }

  @Override
  public List<TestNode> nodes() {
    return first;
  }

  /** Its nodes at present, those that were added too. */
  public List<ServerNode> members() {
    return List.copyOf(members);
  }

  /** The node of this name. */
  public ServerNode node(String name) {
    return members.stream()
        .filter(node -> node.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new ClusterFailure("there is no node '" + name + "'", null));
  }

  @Override
  public void startAll() {
    members.forEach(this::start);
  }

  /** Starts one node if it does not run; does not wait. */
  public void start(ServerNode node) {
    boolean forms = first.contains(node.testNode());
    String listed = members.stream().map(ServerNode::member).collect(Collectors.joining(","));
    ledger.whileOpen(() -> node.start(listed, forms));
  }

  @Override
  public void awaitServing(Duration limit) {
    List<ServerNode> waiting = new ArrayList<>(members);
    long startNanos = System.nanoTime();
    // Nobody starts a server that ended: more patience would not help.
    Pause.until(
        limit.toMillis(),
        () -> {
          waiting.removeIf(ServerNode::isReady);
          return waiting.isEmpty() || waiting.stream().anyMatch(node -> !node.isAlive());
        });
    if (!waiting.isEmpty()) {
      String reasons =
          waiting.stream()
              .map(
                  node ->
                      "%s (%s) logged last:%n  %s"
                          .formatted(
                              node.name(),
                              node.exitCode().isPresent()
                                  ? "ended with " + node.exitCode().getAsInt()
                                  : "runs",
                              node.lastWords()))
              .collect(Collectors.joining("\n"));
      throw new ClusterFailure(
          "after %d ms these do not serve: %s"
              .formatted(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos), reasons),
          null);
    }
  }

  @Override
  public Set<String> serving() {
    return members.stream()
        .filter(ServerNode::isReady)
        .map(ServerNode::name)
        .collect(Collectors.toSet());
  }

  @Override
  public void killAll() {
    members.forEach(node -> node.signal("KILL"));
    members.forEach(ServerNode::kill);
  }

  @Override
  public Map<String, String> digests() {
    Map<String, NodeStatus> last = new LinkedHashMap<>();
    boolean same =
        Pause.until(
            DIGESTS_MILLIS_MAX,
            () -> {
              last.clear();
              members.forEach(
                  node -> node.status().ifPresent(status -> last.put(node.name(), status)));
              return last.size() == members.size()
                  && last.values().stream().map(NodeStatus::appliedIndex).distinct().count() == 1;
            });
    if (!same) {
      throw new ClusterFailure("no common applied index: " + last, null);
    }
    Map<String, String> digests = new LinkedHashMap<>();
    last.forEach((node, status) -> digests.put(node, status.digest()));
    return digests;
  }

  /** The node that leads in the highest term that any node knows, if one answers. */
  public Optional<ServerNode> leader() {
    @Nullable ServerNode best = null;
    long bestTerm = -1;
    for (ServerNode node : members) {
      Optional<NodeStatus> status = node.status();
      if (status.isPresent() && status.get().leads() && status.get().term() > bestTerm) {
        best = node;
        bestTerm = status.get().term();
      }
    }
    return Optional.ofNullable(best);
  }

  /** The highest term that any node tells, 0 if none answers. */
  public long term() {
    return members.stream()
        .flatMap(node -> node.status().stream())
        .mapToLong(NodeStatus::term)
        .max()
        .orElse(0);
  }

  /** Asks the cluster as its operator would. */
  public <T> T administer(Function<Admin, T> question) {
    String endpoints =
        members.stream()
            .map(node -> node.address().clientEndpoint())
            .collect(Collectors.joining(","));
    try (Cairn cairn =
        Cairn.builder()
            .endpoints(endpoints)
            .clientName("chaos-operator")
            .requestTimeout(ADMIN_LIMIT)
            .build()) {
      return question.apply(cairn.admin());
    }
  }

  /** A new node, running, with an empty disk, that waits to be added. */
  public ServerNode grow() {
    ServerNode node = ledger.made(this::newNode);
    members.add(node);
    start(node);
    return node;
  }

  /** Ends a node that is no member any more, and forgets it. */
  public void forget(ServerNode node) {
    node.kill();
    members.remove(node);
    forgotten.add(node);
  }

  /** The node as the list of members has it. */
  public Admin.Member member(ServerNode node) {
    NodeAddress at = node.address();
    return new Admin.Member(
        node.name(),
        at.listed() + ":" + at.raftPort(),
        at.listed() + ":" + at.clientPort(),
        at.listed() + ":" + at.httpPort());
  }

  /** The node is found at another raft port from its next start on; it does not run. */
  public void readdress(ServerNode node) {
    node.moveTo(network.move(node.name(), node.address().raftPort() + RAFT_PORT_STEP));
  }

  /** True if links can be troubled this way. */
  public boolean canImpair(Impairment.Kind kind) {
    return network.supports(kind);
  }

  /** Troubles the link from one node to another, beside what troubles it already. */
  public void impair(ServerNode from, ServerNode to, Impairment impairment) {
    network.impair(from.name(), to.name(), impairment);
  }

  /** Takes all trouble off all links. Returns what was seen of it since the last time. */
  public Map<String, Long> heal() {
    return network.heal();
  }

  @Override
  public Path log(TestNode node) {
    return options.root().resolve("logs").resolve(node.name() + ".log");
  }

  @Override
  public Map<String, Path> logs() {
    Map<String, Path> logs = new LinkedHashMap<>();
    everyNode().forEach(node -> logs.put(node.name(), node.log()));
    return logs;
  }

  @Override
  public List<OwnExit> ownExits() {
    return everyNode().flatMap(node -> node.ownExits().stream()).toList();
  }

  private Stream<ServerNode> everyNode() {
    return Stream.of(members, forgotten).flatMap(List::stream);
  }

  @Override
  public void aroundExit(Runnable before, Runnable after) {
    end.aroundExit(before, after);
  }

  /** Not by its nodes: one of them may hang on a frozen disk. */
  @Override
  public void close() {
    try {
      end.now();
    } finally {
      network.close();
    }
  }
}
