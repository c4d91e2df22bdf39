package io.cairn.client.internal;

import io.cairn.client.CairnException;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Outcome;
import io.cairn.protocol.v1.TaskProgress;
import io.cairn.protocol.v1.TaskStartResponse;
import io.cairn.protocol.v1.WorkerLoad;
import io.cairn.protocol.v1.WorkerReportRequest;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a worker tells of its load and of its tasks' progress, under one registration. A report also
 * renews the lease. A worker without tasks reports only when its load has changed much: its lease
 * is renewed with all others of the client. Belongs to the loop.
 */
final class WorkerReports {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerReports.class);
  private static final int BEATS_PER_TTL = 3;
  private static final int MUCH_PERCENT = 25;
  private static final long INTERVAL_NANOS_MIN = 10_000_000L;

  /** What comes of reports. */
  interface Listener {
    /** The store says that the task is not the worker's. */
    void gone(Hold.OwnedName name);

    /** The store does not know the registration. */
    void unknown();
  }

  private final Client client;
  private final String worker;
  private final Registration registration;
  private final Supplier<Collection<Assignment>> assignments;
  private final Listener listener;
  private final Supplier<WorkerLoad> load;
  private final int connectionsLostBefore;
  private Optional<WorkerLoad> told = Optional.empty();
  private long ticks;
  private long scheduledNanos;
  private boolean over;

  WorkerReports(
      Client client,
      String worker,
      Registration registration,
      Supplier<Collection<Assignment>> assignments,
      Listener listener) {
    this.client = client;
    this.worker = worker;
    this.registration = registration;
    this.assignments = assignments;
    this.listener = listener;
    this.load = new LoadMeter(client.requests().context().clock())::measure;
    this.connectionsLostBefore = client.requests().connectionsLost();
  }

  /** Sees to it that a task with a short heartbeat is reported in time. On the loop. */
  void taskBegun() {
    long interval = intervalNanos();
    if (registration.hold().silentNanos() > interval) {
      tick();
    } else if (interval < scheduledNanos) {
      schedule();
    }
  }

  /** Begins. */
  void schedule() {
    scheduledNanos = intervalNanos();
    long number = ++ticks;
    client
        .requests()
        .context()
        .loop()
        .after(
            scheduledNanos,
            () -> {
              if (number == ticks && !over) {
                tick();
              }
            });
  }

  /** Reports no more. */
  void end() {
    over = true;
    registration.hold().reported(false);
  }

  private void tick() {
    boolean working = false;
    for (Assignment assignment : assignments.get()) {
      working = true;
      if (!assignment.isAlive()) {
        // Its job waits less long than the lease lives.
        assignment.lose(io.cairn.client.Lost.Reason.LEASE_RAN_OUT);
      }
    }
    registration.hold().reported(working);
    WorkerLoad now = load.get();
    if (working || isNews(now)) {
      report(now);
    }
    schedule();
  }

  private boolean isNews(WorkerLoad now) {
    WorkerLoad before = told.orElse(WorkerLoad.getDefaultInstance());
    return differs(now.getCpuPercent(), before.getCpuPercent())
        || differs(now.getHeapPercent(), before.getHeapPercent())
        || differs(now.getGcPercent(), before.getGcPercent());
  }

  private static boolean differs(int one, int other) {
    return Math.abs(one - other) >= MUCH_PERCENT;
  }

  private void report(WorkerLoad now) {
    WorkerReportRequest.Builder report =
        WorkerReportRequest.newBuilder()
            .setId(worker)
            .setEpoch(registration.epoch())
            .setLoad(now.toBuilder().setConnectionsLost(connectionsLost()));
    for (Assignment assignment : assignments.get()) {
      if (assignment.start().isPresent() && !assignment.isEnding()) {
        report.addTasks(
            TaskProgress.newBuilder()
                .setName(TaskWire.name(assignment.owned().name()))
                .setEpoch(assignment.owned().epoch())
                .setProgress(assignment.progress().done())
                .setTotal(assignment.progress().total()));
      }
    }
    told = Optional.of(now);
    // I10: the time it is sent, not the time it is answered.
    long sentNanos = client.requests().context().clock().nanos();
    CompletableFuture<?> unused =
        client
            .requests()
            .report(report.build(), Duration.ofNanos(registration.hold().ttlNanos()))
            .whenComplete(
                (outcome, failure) -> {
                  if (over) {
                    return;
                  }
                  if (failure == null) {
                    reported(outcome, sentNanos);
                  } else {
                    failed(Failures.of(failure));
                  }
                });
  }

  private void reported(Outcome outcome, long sentNanos) {
    registration.hold().renewed(sentNanos);
    outcome
        .getWorkerReport()
        .getLostList()
        .forEach(
            lost ->
                listener.gone(new Hold.OwnedName(TaskWire.name(lost.getName()), lost.getEpoch())));
  }

  private void failed(CairnException failure) {
    ErrorCode code = failure.code();
    if (code == ErrorCode.FENCED || code == ErrorCode.WORKER_NOT_FOUND) {
      listener.unknown();
    } else {
      LOG.debug("a report of worker '{}' failed", worker, failure);
    }
  }

  private int connectionsLost() {
    return client.requests().connectionsLost() - connectionsLostBefore;
  }

  private long intervalNanos() {
    long shortest = registration.hold().ttlNanos() / BEATS_PER_TTL;
    for (Assignment assignment : assignments.get()) {
      long millis =
          assignment
              .start()
              .map(TaskStartResponse::getDetection)
              .map(WorkerReports::heartbeatMillis)
              .orElse(Long.MAX_VALUE / 1_000_000);
      shortest = Math.min(shortest, millis * 1_000_000);
    }
    return Math.max(shortest, INTERVAL_NANOS_MIN);
  }

  private static long heartbeatMillis(io.cairn.protocol.v1.Detection detection) {
    return detection.getHeartbeatMillis() > 0
        ? detection.getHeartbeatMillis()
        : Math.max(1, detection.getTtlMillis() / BEATS_PER_TTL);
  }
}
