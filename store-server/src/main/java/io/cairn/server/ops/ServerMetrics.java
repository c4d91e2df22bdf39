package io.cairn.server.ops;

import io.cairn.protocol.ErrorCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** What is counted, under names that start with {@code cairn_}. Any thread; nothing here blocks. */
public final class ServerMetrics implements AutoCloseable {
  /** What a request asked for. */
  public enum RequestKind {
    /** A command for the log. */
    COMMAND,
    /** A read. */
    QUERY,
    /** A watch, its end, or a wish for task events. */
    WATCH,
    /** A call of the admin service. */
    ADMIN
  }

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<RequestKind, Counter> requests = new EnumMap<>(RequestKind.class);
  private final Map<ErrorCode, Counter> refusals = new EnumMap<>(ErrorCode.class);
  private final DistributionSummary entryCommands;
  private final DistributionSummary entryBytes;
  private final Timer apply;
  private final Timer commit;
  private final DistributionSummary readRound;
  private final Counter watchEvents;

  /** Registers all meters. */
  public ServerMetrics() {
    for (RequestKind kind : RequestKind.values()) {
      requests.put(
          kind,
          Counter.builder("cairn_requests")
              .tag("kind", kind.name())
              .description("Requests that arrived")
              .register(registry));
    }
    for (ErrorCode code : ErrorCode.values()) {
      refusals.put(
          code,
          Counter.builder("cairn_refusals")
              .tag("code", code.name())
              .description("Requests answered with an error")
              .register(registry));
    }
    entryCommands = summary("cairn_entry_commands", "Commands proposed in one log entry");
    entryBytes = summary("cairn_entry_bytes", "Bytes proposed in one log entry");
    readRound = summary("cairn_read_round_requests", "Linearizable reads that shared one round");
    apply = timer("cairn_apply_seconds", "Time to apply and write one batch");
    commit = timer("cairn_commit_seconds", "Time from proposing an entry to its outcomes");
    watchEvents =
        Counter.builder("cairn_watch_events")
            .description("Events sent to watches")
            .register(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  /** A request arrived. */
  public void arrived(RequestKind kind) {
    Counter counter = requests.get(kind);
    if (counter != null) {
      counter.increment();
    }
  }

  /** A request was answered with an error. */
  public void refused(ErrorCode code) {
    Counter counter = refusals.get(code);
    if (counter != null) {
      counter.increment();
    }
  }

  /** An entry was proposed. */
  public void proposed(int commands, long bytes) {
    entryCommands.record(commands);
    entryBytes.record((double) bytes);
  }

  /** A batch was applied and written. */
  public void applied(long nanos) {
    apply.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** A proposed entry came to its outcomes. */
  public void committed(long nanos) {
    commit.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** A round of linearizable reads was asked for. */
  public void readRound(int requestCount) {
    readRound.record(requestCount);
  }

  /** Events went out to a watch. */
  public void watchEvents(int count) {
    watchEvents.increment(count);
  }

  /** A number that is asked for when metrics are read; {@code source} is held strongly. */
  public <T> void gauge(String name, String help, T source, ToDoubleFunction<T> value) {
    Gauge.builder(name, source, value).description(help).strongReference(true).register(registry);
  }

  /** All meters in Prometheus' text form. */
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    registry.close();
  }

  private DistributionSummary summary(String name, String help) {
    return DistributionSummary.builder(name)
        .description(help)
        .publishPercentiles(0.5, 0.99)
        .register(registry);
  }

  private Timer timer(String name, String help) {
    return Timer.builder(name).description(help).publishPercentiles(0.5, 0.99).register(registry);
  }
}
