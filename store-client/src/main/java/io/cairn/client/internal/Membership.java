package io.cairn.client.internal;

import io.cairn.client.Lost;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.TaskEvent;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's being among the workers: one registration after the other, what is heard under it, and
 * what becomes of its tasks when it is gone. Belongs to the loop, except what says otherwise.
 *
 * <pre>
 * registered  lease or entry gone        -> asking      all tasks are lost
 * asking      the id is free             -> registered  under a new lease and epoch
 *             another has the id         -> fenced      the end
 *             no answer                  -> asking      after a pause
 * </pre>
 */
final class Membership {
  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
  private static final int TTLS_BETWEEN_QUESTIONS = 3;
  private static final int FAILURES_COUNTED_MAX = 16;

  private final Client client;
  private final String worker;
  private final Registering registering;
  private final Assignments assignments;
  private final BooleanSupplier stopping;
  private final Consumer<Registration> onFenced;
  private volatile Optional<Registration> registration = Optional.empty();
  private volatile long epoch;
  private Optional<WorkerReports> reports = Optional.empty();
  private boolean draining;
  private int failures;

  /**
   * {@code stopping} tells that it shall not come again; {@code onFenced} is told once, on the
   * loop, that another worker has the id.
   */
  Membership(
      Client client,
      WorkerSetup setup,
      Assignments assignments,
      BooleanSupplier stopping,
      Consumer<Registration> onFenced) {
    this.client = client;
    this.worker = setup.id();
    this.registering = new Registering(client, setup);
    this.assignments = assignments;
    this.stopping = stopping;
    this.onFenced = onFenced;
  }

  /** Registers for the first time. Any thread. */
  CompletableFuture<Void> begin() {
    return registering
        .register()
        .thenAccept(
            now -> {
              epoch = now.epoch(); // is known before anybody hears that the worker has begun
              registered(now);
            });
  }

  /** The registration there is. Any thread. */
  Optional<Registration> registration() {
    return registration;
  }

  /** The number of the newest registration. Any thread. */
  long epoch() {
    return epoch;
  }

  /** A handler begins: it may need reports more often. */
  void taskBegun() {
    reports.ifPresent(WorkerReports::taskBegun);
  }

  /** Asks soon for tasks that the store has as this worker's. */
  void askSoon() {
    registration.ifPresent(now -> later(() -> askAgain(now)));
  }

  /** Gets nothing new any more, under later registrations neither. Any thread. */
  void drain() {
    onLoop(
        () -> {
          draining = true;
          assignments.drain();
          registration.ifPresent(this::tellDraining);
        });
  }

  /** Until the store has heard of it: it would give again what is given back. */
  private void tellDraining(Registration now) {
    CompletableFuture<?> unused =
        registering
            .drain(now.epoch())
            .whenComplete(
                (nothing, thrown) -> {
                  if (thrown != null && isCurrent(now) && goesOn(Failures.of(thrown).code())) {
                    LOG.debug("worker '{}' could not say that it drains", worker, thrown);
                    later(() -> tellDraining(now));
                  }
                });
  }

  private static boolean goesOn(ErrorCode code) {
    return switch (code) {
      case CLOSED, FENCED, WORKER_NOT_FOUND -> false;
      default -> true;
    };
  }

  /** Reports no more; the lease is renewed all the same. */
  void silence() {
    reports.ifPresent(WorkerReports::end);
  }

  /** Leaves; the lease is given up when that was answered. Any thread. */
  CompletableFuture<Void> leave(Registration last) {
    return registering
        .leave(last.epoch())
        .whenComplete(
            (nothing, thrown) -> {
              CompletableFuture<?> unused = client.leases().letGo(last.hold());
            });
  }

  private void registered(Registration now) {
    onLoop(
        () -> {
          if (stopping.getAsBoolean()) {
            CompletableFuture<?> unused = leave(now);
            return;
          }
          failures = 0;
          epoch = now.epoch();
          registration = Optional.of(now);
          assignments.begin(now);
          WorkerReports telling =
              new WorkerReports(client, worker, now, assignments::all, new ReportListener(now));
          reports = Optional.of(telling);
          telling.schedule();
          now.hold().onLost(reason -> onLoop(() -> lost(now, reason)));
          client.leases().follow(now.hold(), new EventListener(now));
          askLater(now);
          if (draining) {
            tellDraining(now);
          }
          LOG.info("worker '{}' is registered as {}", worker, now.epoch());
        });
  }

  /** Asks now and then, for what no event has told of, and whether the registration stands. */
  private void askLater(Registration asked) {
    client
        .requests()
        .context()
        .loop()
        .after(
            TTLS_BETWEEN_QUESTIONS * asked.hold().ttlNanos(),
            () -> {
              if (isCurrent(asked)) {
                ask(asked);
                askLater(asked);
              }
            });
  }

  private void ask(Registration asked) {
    Set<Hold.OwnedName> known = assignments.known();
    CompletableFuture<?> unused =
        registering
            .tasks(asked.epoch())
            .whenComplete(
                (response, thrown) -> {
                  if (!isCurrent(asked)) {
                    return;
                  }
                  if (thrown == null) {
                    failures = 0;
                    assignments.reconcile(known, response);
                    return;
                  }
                  ErrorCode code = Failures.of(thrown).code();
                  if (code == ErrorCode.FENCED || code == ErrorCode.WORKER_NOT_FOUND) {
                    asked.hold().lose(Lost.Reason.TOLD);
                  } else if (code != ErrorCode.CLOSED) {
                    LOG.debug("worker '{}' could not ask for its tasks", worker, thrown);
                    later(() -> askAgain(asked));
                  }
                });
  }

  private void askAgain(Registration asked) {
    if (isCurrent(asked)) {
      ask(asked);
    }
  }

  private boolean isCurrent(Registration asked) {
    return registration.filter(now -> now.epoch() == asked.epoch()).isPresent();
  }

  private void lost(Registration gone, Lost.Reason reason) {
    if (!isCurrent(gone)) {
      return;
    }
    LOG.warn("worker '{}' has lost its registration {}: {}", worker, gone.epoch(), reason);
    registration = Optional.empty();
    silence();
    assignments.end(reason);
    CompletableFuture<?> unused = client.leases().letGo(gone.hold());
    comeBack(gone);
  }

  /** Registers again, unless another worker has taken the id. */
  private void comeBack(Registration before) {
    if (stopping.getAsBoolean()) {
      return;
    }
    CompletableFuture<?> unused =
        registering
            .settle()
            .thenCompose(settled -> registering.tasks(before.epoch()))
            .whenComplete(
                (response, thrown) -> {
                  ErrorCode code =
                      thrown == null ? ErrorCode.WORKER_NOT_FOUND : Failures.of(thrown).code();
                  if (stopping.getAsBoolean() || code == ErrorCode.CLOSED) {
                    return;
                  }
                  if (code == ErrorCode.FENCED) {
                    onFenced.accept(before);
                  } else if (code == ErrorCode.WORKER_NOT_FOUND) {
                    registerAgain(before);
                  } else {
                    later(() -> comeBack(before));
                  }
                });
  }

  private void registerAgain(Registration before) {
    CompletableFuture<?> unused =
        registering
            .register()
            .whenComplete(
                (now, thrown) -> {
                  if (thrown == null) {
                    registered(now);
                  } else if (Failures.of(thrown).code() != ErrorCode.CLOSED) {
                    LOG.info("worker '{}' could not register again yet", worker, thrown);
                    later(() -> comeBack(before));
                  }
                });
  }

  private void later(Runnable work) {
    LinkContext context = client.requests().context();
    failures = Math.min(failures + 1, FAILURES_COUNTED_MAX);
    context.loop().after(context.backoff().nanos(failures), work);
  }

  private void onLoop(Runnable work) {
    client.requests().context().loop().execute(work);
  }

  /** What the lease's events are for. */
  private final class EventListener implements Hold.Follower {
    private final Registration of;

    EventListener(Registration of) {
      this.of = of;
    }

    @Override
    public void told(TaskEvent event) {
      if (isCurrent(of)) {
        assignments.told(event);
      }
    }

    @Override
    public void stands() {
      if (isCurrent(of)) {
        ask(of);
      }
    }
  }

  /** What reports tell. */
  private final class ReportListener implements WorkerReports.Listener {
    private final Registration of;

    ReportListener(Registration of) {
      this.of = of;
    }

    @Override
    public void gone(Hold.OwnedName name) {
      assignments.gone(name);
    }

    @Override
    public void unknown() {
      of.hold().lose(Lost.Reason.TOLD);
    }
  }
}
