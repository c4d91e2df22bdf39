package io.cairn.chaos.run;

import io.cairn.chaos.cluster.Cluster;
import io.cairn.chaos.cluster.ClusterFailure;
import io.cairn.chaos.cluster.OwnExit;
import io.cairn.chaos.cluster.TestNode;
import io.cairn.chaos.fault.Fault;
import io.cairn.chaos.generator.Call;
import io.cairn.chaos.generator.Generator;
import io.cairn.chaos.generator.Generators;
import io.cairn.chaos.history.History;
import io.cairn.chaos.history.Op;
import io.cairn.chaos.workload.Client;
import io.cairn.chaos.workload.Completion;
import io.cairn.chaos.workload.Workload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;

/** A store of one number in this process, that can be made to misbehave. */
final class FakeStore implements Workload, Cluster {
  final AtomicLong number = new AtomicLong();
  final List<String> events = new CopyOnWriteArrayList<>();
  final List<Long> processes = new CopyOnWriteArrayList<>();
  volatile long throwEvery = Long.MAX_VALUE;
  volatile boolean hangs;
  volatile boolean killBreaks;
  volatile Runnable onKill = () -> {};
  volatile boolean neverServesAgain;
  volatile boolean throwsErrors;
  final AtomicLong looks = new AtomicLong();
  volatile Set<String> serving = Set.of("n1", "n2");
  volatile String deafNode = "";
  volatile LongFunction<String> finalError = process -> "";
  volatile Map<String, String> digests = Map.of("n1", "a", "n2", "a");
  final List<OwnExit> exits = new CopyOnWriteArrayList<>();
  volatile Map<String, Path> logs = Map.of();
  final CountDownLatch hanging = new CountDownLatch(1);
  private final AtomicLong calls = new AtomicLong();

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public String about() {
    return "a number in memory";
  }

  @Override
  public Generator operations(Plan plan) {
    return Generators.calls(
        plan.seed(),
        (random, n) -> random.nextBoolean() ? new Call("read", null) : new Call("write", n));
  }

  @Override
  public Map<Integer, List<Call>> finalReads(Plan plan, History sofar) {
    Map<Integer, List<Call>> reads = new TreeMap<>();
    for (int thread = 0; thread < plan.clients(); thread++) {
      reads.put(thread, List.of(new Call("read", null)));
    }
    return reads;
  }

  @Override
  public Client open(TestNode node, long process) {
    processes.add(process);
    return new Client() {
      @Override
      public Completion invoke(Op invocation) {
        if (node.name().equals(deafNode) && invocation.f().equals("read")) {
          return Completion.fail(null, "deaf");
        }
        if (invocation.extras().containsKey(FINAL)) {
          String error = finalError.apply(invocation.process());
          if (!error.isEmpty()) {
            return Completion.fail(null, error);
          }
        }
        return perform(invocation);
      }

      @Override
      public void close() {}
    };
  }

  private Completion perform(Op invocation) {
    if (calls.incrementAndGet() % throwEvery == 0) {
      throw new IllegalStateException("thrown on purpose");
    }
    if (throwsErrors) {
      throw new StackOverflowError("thrown on purpose");
    }
    if (hangs) {
      hanging.countDown();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        throw new IllegalStateException("interrupted", e);
      }
    }
    if (invocation.f().equals("write")) {
      number.set((Long) invocation.value());
      return Completion.ok(invocation.value());
    }
    return Completion.ok(number.get());
  }

  @Override
  public List<TestNode> nodes() {
    return List.of(new TestNode("n1", "h:1", "h:2"), new TestNode("n2", "h:3", "h:4"));
  }

  @Override
  public void startAll() {
    events.add("start");
  }

  @Override
  public void awaitServing(Duration limit) {
    if (neverServesAgain) {
      throw new ClusterFailure("they do not serve", null);
    }
    events.add("serving");
  }

  @Override
  public Set<String> serving() {
    looks.incrementAndGet();
    return serving;
  }

  @Override
  public void aroundExit(Runnable before, Runnable after) {}

  @Override
  public void killAll() {
    if (killBreaks) {
      throw new IllegalStateException("no kill");
    }
    events.add("kill");
    onKill.run();
  }

  @Override
  public Map<String, String> digests() {
    return digests;
  }

  @Override
  public Path log(TestNode node) {
    return Path.of("/nonexistent", node.name());
  }

  @Override
  public Map<String, Path> logs() {
    return logs;
  }

  @Override
  public List<OwnExit> ownExits() {
    return exits;
  }

  @Override
  public void close() {}

  /** A fault that only counts. */
  static final class Counted implements Fault {
    final List<Object> plans = new ArrayList<>();
    private long begun;
    String name = "counted";
    String sign = "times";
    Map<String, String> paired = Map.of();
    int allowedExit = -1;
    List<String> broken = List.of();
    List<String> refusals = List.of();
    boolean keepsAway;
    boolean endFails;
    boolean beginBreaks;
    boolean endsOnce;
    Runnable onEnd = () -> {};
    private volatile Optional<Ending> ending = Optional.empty();
    private Set<String> byHand = Set.of();
    private boolean on;

    @Override
    public String name() {
      return name;
    }

    @Override
    public String colour() {
      return "#aa3333";
    }

    @Override
    public Object plan(RandomGenerator random) {
      return (long) random.nextInt(1_000_000);
    }

    void byHand(String node) {
      byHand = Set.of(node);
    }

    @Override
    public Object begin(Object plan) {
      if (beginBreaks) {
        throw new StackOverflowError("thrown on purpose");
      }
      plans.add(plan);
      begun++;
      on = true;
      return plan;
    }

    @Override
    public Object end() {
      if (endFails) {
        throw new IllegalStateException("it does not end");
      }
      if (endsOnce && ending.isPresent()) {
        return "nothing";
      }
      String was = on ? "on" : "off";
      on = false;
      long lifted = System.nanoTime();
      onEnd.run();
      ending = Optional.of(new Ending(lifted, System.nanoTime(), byHand));
      return was;
    }

    @Override
    public Map<String, Long> evidence() {
      return Map.of("times", begun);
    }

    @Override
    public Map<String, String> pairedSigns() {
      return paired;
    }

    @Override
    public boolean allowsExit(int code) {
      return code == allowedExit;
    }

    @Override
    public List<String> broken() {
      return broken;
    }

    @Override
    public List<String> refusals() {
      return refusals;
    }

    @Override
    public boolean mayKeepNodesAway() {
      return keepsAway;
    }

    @Override
    public List<Set<String>> neededSigns() {
      return List.of(Set.of(sign, "another"));
    }

    @Override
    public Optional<Ending> lastEnding() {
      return ending;
    }

    @Override
    public void close() {}
  }
}
