package io.cairn.chaos.fault;

import io.cairn.chaos.cluster.NodeStatus;
import io.cairn.chaos.cluster.Pause;
import io.cairn.chaos.cluster.ServerCluster;
import io.cairn.chaos.cluster.ServerNode;
import io.cairn.chaos.history.Keyword;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A fault of some of the nodes: finds whom it hits, watches terms, and brings nodes back that ended
 * by themselves.
 */
abstract class NodeFault implements Fault {
  /** Terms that went up while it lasted. */
  static final String TERMS = "terms";

  /** Processes that ended by themselves while it lasted. */
  static final String OWN_EXITS = "own-exits";

  /** Exit code of a process that SIGKILL ended. */
  private static final int KILLED = 137;

  private static final long LEADER_MILLIS_MAX = 5_000;

  private final FaultKind kind;
  private final ServerCluster cluster;
  private final Evidence evidence = new Evidence();
  private final List<Target> targets;
  private List<ServerNode> hit = List.of();
  private long termBefore;
  private int exitsBefore;
  private boolean begun;
  private volatile @Nullable Ending ending;
  private final Set<String> byHand = new TreeSet<>();
  private final List<String> broken = new CopyOnWriteArrayList<>();
  private final List<String> refusals = new CopyOnWriteArrayList<>();

  NodeFault(FaultKind kind, ServerCluster cluster, List<Target> targets) {
    this.kind = kind;
    this.cluster = cluster;
    this.targets = List.copyOf(targets);
  }

  @Override
  public final String name() {
    return kind.name();
  }

  @Override
  public final String colour() {
    return kind.colour();
  }

  @Override
  public final Map<String, Long> evidence() {
    return evidence.counts();
  }

  @Override
  public final List<Set<String>> neededSigns() {
    return Signs.of(name());
  }

  @Override
  public final Map<String, String> pairedSigns() {
    return Signs.paired(name());
  }

  @Override
  public final boolean allowsExit(int code) {
    return OwnEnds.allow(name(), code);
  }

  @Override
  public final List<String> broken() {
    return List.copyOf(broken);
  }

  @Override
  public final boolean mayKeepNodesAway() {
    return OwnEnds.keepAway(name());
  }

  @Override
  public final List<String> refusals() {
    return List.copyOf(refusals);
  }

  @Override
  public final Optional<Ending> lastEnding() {
    return Optional.ofNullable(ending);
  }

  final ServerCluster cluster() {
    return cluster;
  }

  final void count(String sign, long times) {
    evidence.add(sign, times);
  }

  final Evidence signs() {
    return evidence;
  }

  /** Names of the nodes that the cluster began with. */
  final List<String> names() {
    return cluster.nodes().stream().map(node -> node.name()).toList();
  }

  @Override
  public Object plan(RandomGenerator random) {
    return Target.plan(targets, names(), random);
  }

  /** The number of the plan under this name. */
  static long number(Object plan, String name) {
    if (plan instanceof Map<?, ?> map && map.get(name) instanceof Long number) {
      return number;
    }
    throw new IllegalArgumentException("the plan " + plan + " has no number '" + name + "'");
  }

  /** The word of the plan under this name. */
  static String word(Object plan, String name) {
    if (plan instanceof Map<?, ?> map && map.get(name) instanceof Keyword word) {
      return word.name();
    }
    throw new IllegalArgumentException("the plan " + plan + " has no word '" + name + "'");
  }

  /** The plan with one more field. */
  @SuppressWarnings("unchecked")
  static Map<String, Object> with(Object plan, String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>((Map<String, Object>) plan);
    more.put(name, value);
    return more;
  }

  /** The nodes in the plan's order. */
  final List<ServerNode> order(Object plan) {
    List<ServerNode> order = new ArrayList<>();
    if (plan instanceof Map<?, ?> map && map.get("order") instanceof List<?> names) {
      for (Object name : names) {
        order.add(cluster.node(name.toString()));
      }
      return order;
    }
    throw new IllegalArgumentException("the plan " + plan + " has no order of nodes");
  }

  /** Whom the plan hits now; nobody if it wants a leader and for a while nobody leads. */
  private List<ServerNode> resolve(Object plan) {
    List<ServerNode> order = order(plan);
    Target target = Target.of(plan);
    if (target == Target.LEADER) {
      return awaitLeader().stream().toList();
    }
    return List.copyOf(order.subList(0, Math.min(order.size(), target.count(order.size()))));
  }

  @Override
  public final Object begin(Object plan) {
    end();
    termBefore = cluster.term();
    exitsBefore = ownExits();
    hit = resolve(plan);
    begun = true;
    Map<String, Object> done = new LinkedHashMap<>();
    if (plan instanceof Map<?, ?> map && map.get("target") instanceof Keyword target) {
      done.put("target", target);
    }
    done.put("nodes", hit.stream().map(ServerNode::name).toList());
    hitNodes(hit, plan, done);
    return done;
  }

  @Override
  public final Object end() {
    if (!begun) {
      return new Keyword("nothing");
    }
    Map<String, Object> done = new LinkedHashMap<>();
    countTerms();
    byHand.clear();
    healNodes(hit, done);
    long liftedNanos = System.nanoTime();
    restartEnded(done);
    settle(hit, done);
    begun = false; // not before: what failed is tried again
    hit = List.of();
    restartEnded(done); // what ended while it was looked at
    int exits = ownExits() - exitsBefore;
    if (exits > 0) {
      count(OWN_EXITS, exits);
    }
    ending = new Ending(liftedNanos, System.nanoTime(), byHand);
    return done;
  }

  /** Notes what no server may do under this fault. */
  final void noteBroken(String what) {
    broken.add(what);
  }

  /** Notes a node that stays away, and why it should not. */
  final void noteRefusal(String what) {
    refusals.add(what);
  }

  /** Notes that this node comes back only because of what an operator does. */
  final void noteByHand(ServerNode node) {
    byHand.add(node.name());
  }

  /**
   * Elections of a fault before this one may go on; another fault may keep all from winning one.
   */
  final Optional<ServerNode> awaitLeader() {
    AtomicReference<@Nullable ServerNode> found = new AtomicReference<>();
    Pause.until(
        LEADER_MILLIS_MAX,
        () -> {
          cluster.leader().ifPresent(found::set);
          return found.get() != null;
        });
    return Optional.ofNullable(found.get());
  }

  /** Terms that went up mean elections. */
  private void countTerms() {
    long now = cluster.term();
    if (termBefore > 0 && now > termBefore) {
      count(TERMS, now - termBefore);
    }
  }

  private void restartEnded(Map<String, Object> done) {
    List<String> restarted = new ArrayList<>();
    for (ServerNode node : cluster.members()) {
      if (!node.isAlive()) {
        node.exitCode()
            .ifPresent(
                code -> {
                  if (code != KILLED) {
                    done.put("exit-" + node.name(), (long) code);
                  }
                });
        cluster.start(node);
        restarted.add(node.name());
      }
    }
    if (!restarted.isEmpty()) {
      done.merge("restarted", restarted, NodeFault::both);
    }
  }

  private static List<Object> both(Object some, Object others) {
    return Stream.concat(((List<?>) some).stream(), ((List<?>) others).stream())
        .map(Object.class::cast)
        .toList();
  }

  private int ownExits() {
    return cluster.ownExits().size();
  }

  /** Does it to these nodes; adds to {@code done} what a history should tell. */
  abstract void hitNodes(List<ServerNode> nodes, Object plan, Map<String, Object> done);

  /**
   * Takes its cause back, and waits for no server: from its return on nodes have to come back.
   * Those that do not run are started then.
   */
  abstract void healNodes(List<ServerNode> nodes, Map<String, Object> done);

  /**
   * Looks what has become of the nodes, and does what an operator would have to. Those that do not
   * run then are started once more.
   */
  void settle(List<ServerNode> nodes, Map<String, Object> done) {}

  /** The index that the node has applied, 0 if it does not say. */
  static long applied(ServerNode node) {
    return node.status().map(NodeStatus::appliedIndex).orElse(0L);
  }

  @Override
  public void close() {
    end();
  }
}
