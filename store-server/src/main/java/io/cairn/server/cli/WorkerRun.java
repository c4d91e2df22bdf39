package io.cairn.server.cli;

import io.cairn.client.Cairn;
import io.cairn.client.job.JobHandler;
import io.cairn.client.job.ResultComparator;
import io.cairn.client.job.Worker;
import io.cairn.client.job.WorkerBuilder;
import io.cairn.client.job.WorkerFencedException;
import io.cairn.protocol.Limits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a worker as this process. */
@Command(
    name = "run",
    description = {
      "Runs a worker with handlers out of a jar until SIGTERM or Ctrl-C; then it takes nothing new,"
          + " asks its handlers to stop, waits for them, and leaves. What has not ended goes on"
          + " elsewhere.",
      "A handler is a public class with a public constructor without parameters that implements"
          + " io.cairn.client.job.JobHandler. Without =CLASS it is the one that the jar declares in"
          + " META-INF/services, or the one whose class is called like it.",
      "Each attempt is told on a line when it begins and when it ends: begin, returned, stopped,"
          + " lost, failed. CAIRN_JAVA_OPTS gives the process its memory.",
    },
    footer = {
      "  cairn worker run --jar pricing.jar --handler pricing=com.example.Pricing",
      "  cairn worker run --jar jobs.jar --handler pricing --handler summing --concurrency 4",
      "  CAIRN_JAVA_OPTS=-Xmx4g cairn worker run --jar jobs.jar --handler pricing --spare",
    })
final class WorkerRun extends Call {
  private static final long POLL_MILLIS = 200;

  /** Behind the grace time: what the last answers of the store may take. */
  private static final long LEAVE_MILLIS_MAX = 10_000;

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch left = new CountDownLatch(1);

  @Option(
      names = "--jar",
      required = true,
      split = ",",
      paramLabel = "JAR",
      description = "The jar, or several: a.jar,b.jar. A folder of classes does as well.")
  private List<Path> jars = List.of();

  @Option(
      names = "--handler",
      paramLabel = "H[=CLASS]",
      description = "A handler's name, and its class. May be given again.")
  private List<String> handlers = List.of();

  @Option(
      names = "--comparator",
      paramLabel = "C=CLASS",
      description =
          "A comparator's name, and its class, for jobs whose verification is CUSTOM. May be given"
              + " again.")
  private List<String> comparators = List.of();

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      description = "Tasks at a time. Default: as many as there are processors.")
  private Optional<Integer> concurrency = Optional.empty();

  @Option(
      names = "--id",
      paramLabel = "ID",
      description = "Its id, unique among workers. Default: made of host and process.")
  private Optional<String> id = Optional.empty();

  @Option(
      names = "--node",
      paramLabel = "NODE",
      description = "The machine it is on: workers of one node fall together. Default: the host.")
  private Optional<String> node = Optional.empty();

  @Option(
      names = "--spare",
      description = "Get tasks only when workers that are not spare cannot take them.")
  private boolean spare;

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      description = "How long the store waits for it when it is silent. Default: 10s.")
  private Duration ttl = Duration.ofSeconds(10);

  @Option(
      names = "--grace",
      paramLabel = "TIME",
      description = "How long handlers that were asked to stop may take. Default: 30s.")
  private Duration grace = Duration.ofSeconds(30);

  @Override
  Exit run() throws IOException, InterruptedException {
    requirePositive("--concurrency", concurrency.orElse(1));
    long millis = ttl.toMillis();
    if (millis < Limits.LEASE_TTL_MILLIS_MIN || millis > Limits.LEASE_TTL_MILLIS_MAX) {
      throw usage(
          "--ttl is %s, allowed are %dms to %ds"
              .formatted(
                  Shown.duration(ttl),
                  Limits.LEASE_TTL_MILLIS_MIN,
                  Limits.LEASE_TTL_MILLIS_MAX / 1_000));
    }
    if (handlers.isEmpty() && comparators.isEmpty()) {
      throw usage("what shall it run? Name it with --handler NAME=CLASS, or --comparator");
    }
    Thread onSignal = new Thread(this::awaitLeaving, "leave");
    Runtime.getRuntime().addShutdownHook(onSignal);
    letJarsLog();
    try (HandlerJar jar = HandlerJar.open(jars)) {
      Map<String, JobHandler> loaded = load(jar);
      Map<String, ResultComparator> comparing = loadComparators(jar);
      try (Cairn cairn = cli().connect(builder -> builder.leaseTtl(ttl))) {
        return work(start(cairn, loaded, comparing));
      }
    } finally {
      left.countDown();
    }
  }

  /** What jars log by a copy of slf4j of their own is seen; the command line's own says nothing. */
  private static void letJarsLog() {
    LoggerFactory.getILoggerFactory(); // is bound now, once and for all
    System.clearProperty("slf4j.provider");
  }

  private Map<String, JobHandler> load(HandlerJar jar) {
    Map<String, JobHandler> loaded = new LinkedHashMap<>();
    for (String handler : handlers) {
      int at = handler.indexOf('=');
      String name = at < 0 ? handler : handler.substring(0, at);
      Optional<String> type = at < 0 ? Optional.empty() : Optional.of(handler.substring(at + 1));
      if (name.isEmpty() || type.map(String::isEmpty).orElse(false)) {
        throw usage("--handler '%s' is not NAME or NAME=CLASS".formatted(handler));
      }
      JobHandler made =
          new TellingHandler(jar.handler(name, type), jar.loader(), this::say, System::nanoTime);
      if (loaded.put(name, made) != null) {
        throw usage("--handler names '%s' twice".formatted(name));
      }
    }
    return loaded;
  }

  private Map<String, ResultComparator> loadComparators(HandlerJar jar) {
    Map<String, ResultComparator> loaded = new LinkedHashMap<>();
    for (String comparator : comparators) {
      String[] parts = comparator.split("=", 2);
      if (parts.length < 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
        throw usage("--comparator '%s' is not NAME=CLASS".formatted(comparator));
      }
      if (loaded.put(parts[0], jar.comparator(parts[1])) != null) {
        throw usage("--comparator names '%s' twice".formatted(parts[0]));
      }
    }
    return loaded;
  }

  private Worker start(
      Cairn cairn, Map<String, JobHandler> loaded, Map<String, ResultComparator> comparing) {
    WorkerBuilder builder = cairn.worker().leaseTtl(ttl).grace(grace).withoutShutdownHook();
    loaded.forEach(builder::handle);
    comparing.forEach(builder::compare);
    concurrency.ifPresent(builder::concurrency);
    id.ifPresent(builder::id);
    node.ifPresent(builder::node);
    if (spare) {
      builder.spare();
    }
    return builder.start();
  }

  private Exit work(Worker worker) throws InterruptedException {
    try {
      say(worker, "started");
      while (worker.isRunning() && !asked.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        // it works by itself
      }
      Optional<WorkerFencedException> failure = worker.failure();
      if (failure.isPresent()) {
        throw failure.get();
      }
      say(worker, "stopping");
    } finally {
      worker.close();
    }
    say(worker, "left");
    return Exit.DONE;
  }

  /** Gives the main thread time to leave when the process is asked to end. */
  private void awaitLeaving() {
    asked.countDown();
    try {
      if (!left.await(grace.toMillis() + LEAVE_MILLIS_MAX, TimeUnit.MILLISECONDS)) {
        output().remark("cairn: the worker did not leave in time; its tasks end after " + ttl);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void say(Worker worker, String event) {
    say(
        Fields.of()
            .put("event", event)
            .put("worker", worker.id())
            .put("node", worker.node())
            .put("epoch", worker.epoch()),
        "%s worker %s on %s, epoch %d"
            .formatted(event, worker.id(), worker.node(), worker.epoch()));
  }

  private void say(TellingHandler.Told told) {
    say(told.fields(), told.line());
  }

  /** Handlers' threads tell, too. */
  private synchronized void say(Fields fields, String line) {
    output().result(fields, line);
    output().flush();
  }
}
