package io.cairn.client.internal;

import io.cairn.client.CairnException;
import io.cairn.protocol.Certainty;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.WorkerDrainRequest;
import io.cairn.protocol.v1.WorkerLeaveRequest;
import io.cairn.protocol.v1.WorkerRegisterRequest;
import io.cairn.protocol.v1.WorkerTasksRequest;
import io.cairn.protocol.v1.WorkerTasksResponse;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The calls by which a worker comes, asks and goes. Any thread; nothing waits. */
final class Registering {
  private final Client client;
  private final WorkerSetup setup;
  private volatile Optional<Hold> unanswered = Optional.empty();

  Registering(Client client, WorkerSetup setup) {
    this.client = client;
    this.setup = setup;
  }

  /** Takes the worker's id, under a new lease. An older registration is fenced. */
  CompletableFuture<Registration> register() {
    return client
        .leases()
        .holdOnce(setup.leaseTtl())
        .thenCompose(
            hold ->
                hold.map(this::register)
                    .orElseGet(
                        () ->
                            CompletableFuture.failedFuture(
                                new CairnException(
                                    ErrorCode.UNAVAILABLE,
                                    "a lease of "
                                        + setup.leaseTtl().toMillis()
                                        + " ms is over when its grant is answered; take a longer"
                                        + " one"))));
  }

  /**
   * Sees to it that a registration whose answer never came is none: its lease is given up, so that
   * it ends, or is refused when it comes to be applied. Until then it looks like another worker's.
   */
  CompletableFuture<Void> settle() {
    Optional<Hold> hold = unanswered;
    if (hold.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    return client
        .leases()
        .letGo(hold.get())
        .handle(
            (outcome, failure) -> {
              if (failure != null && Failures.of(failure).code() != ErrorCode.LEASE_NOT_FOUND) {
                throw Failures.of(failure);
              }
              unanswered = Optional.empty();
              return null;
            });
  }

  /** What the registration has been given; FENCED or WORKER_NOT_FOUND if it is gone. */
  CompletableFuture<WorkerTasksResponse> tasks(long epoch) {
    return client
        .requests()
        .query(
            Query.newBuilder()
                .setWorkerTasks(WorkerTasksRequest.newBuilder().setId(setup.id()).setEpoch(epoch)))
        .thenApply(result -> result.getWorkerTasks());
  }

  /** Takes the registration away, and gives back what it has. */
  CompletableFuture<Void> leave(long epoch) {
    return client
        .requests()
        .command(
            Command.newBuilder()
                .setWorkerLeave(WorkerLeaveRequest.newBuilder().setId(setup.id()).setEpoch(epoch))
                .build())
        .thenApply(outcome -> null);
  }

  /** Gets nothing new from then on. */
  CompletableFuture<Void> drain(long epoch) {
    return client
        .requests()
        .command(
            Command.newBuilder()
                .setWorkerDrain(WorkerDrainRequest.newBuilder().setId(setup.id()).setEpoch(epoch))
                .build())
        .thenApply(outcome -> null);
  }

  private CompletableFuture<Registration> register(Hold hold) {
    Command command =
        Command.newBuilder()
            .setWorkerRegister(
                WorkerRegisterRequest.newBuilder()
                    .setId(setup.id())
                    .setNode(setup.node())
                    .setLease(hold.lease())
                    .setCapacity(setup.capacity())
                    .addAllHandlers(setup.handlers().keySet().stream().sorted().toList())
                    .setSpare(setup.spare())
                    .addAllLabels(TaskWire.labels(setup.labels())))
            .build();
    return client
        .requests()
        .command(command)
        .thenApply(outcome -> new Registration(outcome.getWorker().getWorker().getEpoch(), hold))
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                unanswered =
                    Failures.of(failure).certainty() == Certainty.OUTCOME_UNKNOWN
                        ? Optional.of(hold)
                        : Optional.empty();
                CompletableFuture<?> unused = client.leases().letGo(hold);
              }
            });
  }
}
