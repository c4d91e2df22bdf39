package io.cairn.client.internal;

import io.cairn.client.Acquisition;
import io.cairn.client.CairnException;
import io.cairn.client.Lost;
import io.cairn.client.NotAcquiredException;
import io.cairn.client.OutcomeUnknownException;
import io.cairn.client.Task;
import io.cairn.client.TaskBuilder;
import io.cairn.client.TaskName;
import io.cairn.client.TaskRun;
import io.cairn.client.TaskSpec;
import io.cairn.client.TaskWrites.Claim;
import io.cairn.client.codec.Codec;
import io.cairn.protocol.ErrorCode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** How a task is acquired, and then worked on. For one thread. */
final class Acquiring<T> implements TaskBuilder<T> {
  private final Client client;
  private final Codec<T> codec;
  private TaskName name;
  private String owner;
  private Triggers.Conditions conditions = Triggers.Conditions.none();
  private TaskSpec spec = TaskSpec.defaults();
  private Duration leaseTtl;
  private Consumer<Lost> onLost = lost -> {};

  Acquiring(Client client, String name, Codec<T> codec) {
    Settings settings = client.requests().context().settings();
    this.client = client;
    this.codec = codec;
    this.name = new TaskName(settings.namespace(), name);
    this.owner = settings.clientName();
    this.leaseTtl = settings.leaseTtl();
  }

  @Override
  public TaskBuilder<T> namespace(String namespace) {
    name = new TaskName(namespace, name.name());
    return this;
  }

  @Override
  public TaskBuilder<T> owner(String who) {
    owner = who;
    return this;
  }

  @Override
  public TaskBuilder<T> checkpointEvery(int items) {
    positive("items between checkpoints", items);
    conditions = conditions.withItems(items);
    return this;
  }

  @Override
  public TaskBuilder<T> checkpointEvery(Duration interval) {
    positive("nanoseconds between checkpoints", interval.toNanos());
    conditions = conditions.withInterval(interval);
    return this;
  }

  @Override
  public TaskBuilder<T> checkpointEveryBytes(long bytes) {
    positive("bytes between checkpoints", bytes);
    conditions = conditions.withBytes(bytes);
    return this;
  }

  @Override
  public TaskBuilder<T> checkpointEveryParts(int parts) {
    positive("parts between checkpoints", parts);
    conditions = conditions.withParts(parts);
    return this;
  }

  @Override
  public TaskBuilder<T> checkpointAdaptively(Duration min, Duration max, Duration mtbf) {
    positive("nanoseconds between checkpoints", min.toNanos());
    positive("nanoseconds between faults", mtbf.toNanos());
    if (max.compareTo(min) < 0) {
      throw new IllegalArgumentException("the longest interval " + max + " is below " + min);
    }
    conditions = conditions.withAdaptive(new AdaptiveInterval(min, max, Optional.of(mtbf)));
    return this;
  }

  @Override
  public TaskBuilder<T> keepCheckpoints(int checkpoints) {
    positive("checkpoints kept", checkpoints);
    spec = new TaskSpec(checkpoints, spec.keepLog(), spec.labels());
    return this;
  }

  @Override
  public TaskBuilder<T> keepLog() {
    spec = new TaskSpec(spec.checkpointsKept(), true, spec.labels());
    return this;
  }

  @Override
  public TaskBuilder<T> labels(Map<String, String> labels) {
    spec = new TaskSpec(spec.checkpointsKept(), spec.keepLog(), labels);
    return this;
  }

  @Override
  public TaskBuilder<T> leaseTtl(Duration ttl) {
    leaseTtl = ttl;
    return this;
  }

  @Override
  public TaskBuilder<T> onLost(Consumer<Lost> listener) {
    onLost = listener;
    return this;
  }

  @Override
  public TaskRun<T> acquire() {
    Acquisition<T> acquisition = acquire(left -> left.plus(leaseTtl));
    if (acquisition instanceof Acquisition.Acquired<T> acquired) {
      return acquired.run();
    }
    throw new NotAcquiredException(acquisition, refusal(acquisition));
  }

  @Override
  public Acquisition<T> acquire(Duration timeout) {
    return acquire(left -> timeout);
  }

  /** An answer, and the lease that the task hangs on. */
  private record Answer(Claim claim, long lease) {}

  private interface Patience {
    Duration whenHeldFor(Duration left);
  }

  private Acquisition<T> acquire(Patience patience) {
    Checked.task(name);
    Hold hold = client.leases().hold(leaseTtl);
    boolean owned = false;
    try (HolderWatch holder = new HolderWatch(client.leases())) {
      long startNanos = clock();
      Optional<Duration> timeout = Optional.empty();
      while (true) {
        Optional<Answer> answer = claim(hold);
        Optional<Claim> claim = answer.map(Answer::claim);
        if (claim.isPresent() && claim.get().result() == Claim.Result.ACQUIRED) {
          Acquisition<T> acquired = new Acquisition.Acquired<>(run(hold, claim.get().task()));
          owned = true;
          return acquired;
        }
        if (claim.isPresent() && claim.get().result() != Claim.Result.HELD) {
          return ended(claim.get());
        }
        Duration left = Duration.ofMillis(claim.map(Claim::leftMillis).orElse(0L));
        Duration limit = timeout.orElseGet(() -> patience.whenHeldFor(left));
        timeout = Optional.of(limit);
        Duration rest = limit.minusNanos(clock() - startNanos);
        if (claim.isPresent() && (rest.isNegative() || rest.isZero())) {
          Task task = claim.get().task();
          return new Acquisition.HeldBy<>(task.owner().orElse(""), left, task);
        }
        answer.ifPresent(held -> holder.of(held.lease()));
        pause(holder, left, rest);
      }
    } finally {
      if (!owned) {
        CompletableFuture<?> unused = client.leases().letGo(hold);
      }
    }
  }

  /** One attempt; empty: nobody knows how it ended, and the next one will tell. */
  private Optional<Answer> claim(Hold hold) {
    if (!hold.isAlive()) {
      throw new CairnException(
          ErrorCode.UNAVAILABLE,
          "the lease for task " + name + " could not be renewed while waiting for it");
    }
    try {
      var response =
          client
              .requests()
              .await(
                  client
                      .requests()
                      .command(
                          TaskWriteCalls.acquisition(name, hold.lease(), owner, Optional.of(spec))))
              .getTaskAcquire();
      Claim claim = TaskWriteCalls.claim(response);
      boolean ours = response.getTask().getLease() == hold.lease();
      return Optional.of(
          new Answer(
              claim.result() == Claim.Result.HELD && ours
                  ? new Claim(Claim.Result.ACQUIRED, claim.task(), 0)
                  : claim,
              response.getTask().getLease()));
    } catch (OutcomeUnknownException e) {
      if (e.code() == ErrorCode.CLOSED) {
        throw e;
      }
      return Optional.empty();
    } catch (CairnException e) {
      if (e.code() == ErrorCode.ANSWER_DROPPED) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private TaskRun<T> run(Hold hold, Task task) {
    TaskTerms<T> terms =
        new TaskTerms<>(
            codec,
            conditions,
            spec.labels(),
            onLost,
            new LeasedOwnership(hold, client.leases()),
            true);
    TaskRun<T> run = OwnedTask.recovered(client, task, terms);
    client.leases().own(hold, new Hold.OwnedName(task.name(), task.epoch()));
    return run;
  }

  private Acquisition<T> ended(Claim claim) {
    Task task = claim.task();
    if (claim.result() == Claim.Result.COMPLETED) {
      return new Acquisition.AlreadyCompleted<>(
          task,
          Results.read(
              task.name(),
              KvWire.wire(task.result().orElse(io.cairn.client.Bytes.empty())),
              KvWire.wire(task.resultDigest().orElse(io.cairn.client.Bytes.empty()))));
    }
    return new Acquisition.Ended<>(task);
  }

  private void pause(HolderWatch holder, Duration left, Duration rest) {
    try {
      holder.await(left, rest);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CairnException(
          ErrorCode.CLOSED,
          "interrupted while waiting for task " + name + "; it is not acquired",
          e);
    }
  }

  private String refusal(Acquisition<T> acquisition) {
    if (acquisition instanceof Acquisition.HeldBy<T> held) {
      return "task %s is owned by '%s' under epoch %d, for %d ms at least"
          .formatted(name, held.owner(), held.task().epoch(), held.left().toMillis());
    }
    if (acquisition instanceof Acquisition.AlreadyCompleted<T> completed) {
      return "task %s was completed in attempt %d".formatted(name, completed.task().attempt());
    }
    if (acquisition instanceof Acquisition.Ended<T> ended) {
      return "task %s has ended as %s".formatted(name, ended.task().state());
    }
    return "task " + name;
  }

  private long clock() {
    return client.requests().context().clock().nanos();
  }

  private static void positive(String what, long number) {
    if (number < 1) {
      throw new IllegalArgumentException(what + ": " + number + ", at least 1 is needed");
    }
  }
}
