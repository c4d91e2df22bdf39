package io.cairn.chaos.run;

import io.cairn.chaos.cluster.Cluster;
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
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/** A store of one number in this process, that can be made to misbehave. */
final class FakeStore implements Workload, Cluster {
  final AtomicLong number = new AtomicLong();
  final List<String> events = new CopyOnWriteArrayList<>();
  final List<Long> processes = new CopyOnWriteArrayList<>();
  volatile long throwEvery = Long.MAX_VALUE;
  volatile boolean hangs;
  volatile boolean killBreaks;
  volatile String deafNode = "";
  volatile Map<String, String> digests = Map.of("n1", "a", "n2", "a");
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
  public Generator finalReads(Plan plan, History sofar) {
    return Generators.eachThread(Generators.once("read"));
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
    events.add("serving");
  }

  @Override
  public void killAll() {
    if (killBreaks) {
      throw new IllegalStateException("no kill");
    }
    events.add("kill");
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
  public void close() {}

  /** A fault that only counts. */
  static final class Counted implements Fault {
    final List<Object> plans = new ArrayList<>();
    private long begun;
    Set<String> weak = Set.of();
    boolean endFails;
    private boolean on;

    @Override
    public String name() {
      return "counted";
    }

    @Override
    public String colour() {
      return "#aa3333";
    }

    @Override
    public Object plan(RandomGenerator random) {
      return (long) random.nextInt(1_000_000);
    }

    @Override
    public Object begin(Object plan) {
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
      String was = on ? "on" : "off";
      on = false;
      return was;
    }

    @Override
    public Map<String, Long> evidence() {
      return Map.of("times", begun);
    }

    @Override
    public Set<String> weakSigns() {
      return weak;
    }

    @Override
    public void close() {}
  }
}
