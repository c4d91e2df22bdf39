package io.cairn.client.internal;

import io.cairn.client.job.FaultClassifier;
import io.cairn.client.job.JobHandler;
import io.cairn.client.job.ResultComparator;
import io.cairn.client.job.Worker;
import io.cairn.client.job.WorkerBuilder;
import io.cairn.client.job.WorkerFencedException;
import io.cairn.protocol.Limits;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/** A worker to be started. For one thread. */
final class WorkerStart implements WorkerBuilder {
  private static final int CLASSIFIERS_MAX = 64;

  private final WorkerParts parts;
  private String id;
  private String node;
  private final Map<String, JobHandler> handlers = new LinkedHashMap<>();
  private int concurrency = Runtime.getRuntime().availableProcessors();
  private boolean spare;
  private Map<String, String> labels = Map.of();
  private Duration leaseTtl;
  private final List<FaultClassifier> classifiers = new ArrayList<>();
  private Duration grace = Duration.ofSeconds(30);
  private boolean hooked = true;
  private Consumer<WorkerFencedException> onFenced = failure -> {};
  private Optional<ThreadFactory> threads = Optional.empty();

  WorkerStart(WorkerParts parts) {
    this.parts = parts;
    this.node = hostName();
    this.id =
        "%s-%d-%06x"
            .formatted(
                node, ProcessHandle.current().pid(), ThreadLocalRandom.current().nextInt(1 << 24));
    this.leaseTtl = parts.client().requests().context().settings().leaseTtl();
  }

  @Override
  public WorkerBuilder id(String name) {
    id = name;
    return this;
  }

  @Override
  public WorkerBuilder node(String name) {
    node = name;
    return this;
  }

  @Override
  public WorkerBuilder handle(String name, JobHandler handler) {
    Checked.name("handler's name", name);
    if (handlers.putIfAbsent(name, handler) != null) {
      throw new IllegalArgumentException("handler '" + name + "' is there already");
    }
    return this;
  }

  @Override
  public WorkerBuilder compare(String name, ResultComparator comparator) {
    return handle(name, new Comparing(parts.jobs(), comparator));
  }

  @Override
  public WorkerBuilder concurrency(int tasks) {
    concurrency = tasks;
    return this;
  }

  @Override
  public WorkerBuilder spare() {
    spare = true;
    return this;
  }

  @Override
  public WorkerBuilder labels(Map<String, String> texts) {
    labels = Map.copyOf(texts);
    return this;
  }

  @Override
  public WorkerBuilder leaseTtl(Duration ttl) {
    leaseTtl = ttl;
    return this;
  }

  @Override
  public WorkerBuilder classify(FaultClassifier classifier) {
    within("classifiers", classifiers.size() + 1, CLASSIFIERS_MAX);
    classifiers.add(0, classifier);
    return this;
  }

  @Override
  public WorkerBuilder grace(Duration time) {
    grace = time;
    return this;
  }

  @Override
  public WorkerBuilder withoutShutdownHook() {
    hooked = false;
    return this;
  }

  @Override
  public WorkerBuilder onFenced(Consumer<WorkerFencedException> listener) {
    onFenced = listener;
    return this;
  }

  /** Runs handlers on threads that this makes. */
  WorkerStart threads(ThreadFactory factory) {
    threads = Optional.of(factory);
    return this;
  }

  @Override
  public Worker start() {
    Checked.name("worker's id", id);
    Checked.name("node", node);
    within("handlers", handlers.size(), Limits.HANDLERS_MAX);
    within("concurrency", concurrency, Limits.WORKER_CAPACITY_MAX);
    if (labels.size() > Limits.LABELS_MAX) {
      within("labels", labels.size(), Limits.LABELS_MAX);
    }
    if (leaseTtl.toMillis() < Limits.LEASE_TTL_MILLIS_MIN
        || leaseTtl.toMillis() > Limits.LEASE_TTL_MILLIS_MAX) {
      throw new IllegalArgumentException(
          "lease time to live of %d ms, allowed are %d to %d"
              .formatted(
                  leaseTtl.toMillis(), Limits.LEASE_TTL_MILLIS_MIN, Limits.LEASE_TTL_MILLIS_MAX));
    }
    if (grace.isNegative()) {
      throw new IllegalArgumentException("grace time of " + grace + " is negative");
    }
    WorkerSetup setup =
        new WorkerSetup(
            id,
            node,
            Map.copyOf(handlers),
            concurrency,
            spare,
            labels,
            leaseTtl,
            List.copyOf(classifiers),
            grace,
            hooked,
            onFenced,
            threads.orElseGet(() -> HandlerPool.threadsOf(id)));
    RunningWorker worker = new RunningWorker(parts, setup);
    worker.begin();
    return worker;
  }

  private static void within(String what, int number, int max) {
    if (number < 1 || number > max) {
      throw new IllegalArgumentException(
          "%s: %d, allowed are 1 to %d".formatted(what, number, max));
    }
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown-host";
    }
  }
}
