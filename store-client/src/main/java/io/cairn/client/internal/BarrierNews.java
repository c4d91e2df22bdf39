package io.cairn.client.internal;

import io.cairn.client.job.JobName;
import io.cairn.protocol.v1.Barrier;
import io.cairn.protocol.v1.Job;
import io.cairn.protocol.v1.JobGetRequest;
import io.cairn.protocol.v1.Query;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the newest barrier of a job is, as far as was heard: by events, by answers, and by asking
 * where events may have been missed. All tasks that a worker has of the job share it, so that they
 * ask together. Any thread.
 */
final class BarrierNews {
  private static final Logger LOG = LoggerFactory.getLogger(BarrierNews.class);

  /** Between two questions, in nanoseconds. */
  static final long ASK_NANOS = 1_000_000_000L;

  /** A barrier's phase, and the number of the newest that is known to be committed. */
  record Newest(long number, Barrier.Phase phase, long committed) {
    boolean is(long barrier, Barrier.Phase expected) {
      return number == barrier && phase == expected;
    }
  }

  private Newest newest = new Newest(0, Barrier.Phase.NO_BARRIER, 0);
  private long askedNanos;
  private boolean asking;

  BarrierNews(long nowNanos) {
    askedNanos = nowNanos;
  }

  /** Takes an event, if it is one of a barrier. */
  void told(String kind, long number) {
    Barrier.Phase phase =
        switch (kind) {
          case "BARRIER_PAUSE" -> Barrier.Phase.PAUSING;
          case "BARRIER_PREPARE" -> Barrier.Phase.PREPARING;
          case "BARRIER_DONE" -> Barrier.Phase.COMMITTED;
          case "BARRIER_ABORTED" -> Barrier.Phase.ABORTED;
          default -> Barrier.Phase.NO_BARRIER;
        };
    if (phase != Barrier.Phase.NO_BARRIER) {
      told(number, phase, 0);
    }
  }

  /** Takes what was heard; what is older than what is known changes nothing. */
  synchronized void told(long number, Barrier.Phase phase, long committedBefore) {
    long committed = phase == Barrier.Phase.COMMITTED ? number : committedBefore;
    boolean newer =
        number > newest.number()
            || (number == newest.number() && phase.getNumber() > newest.phase().getNumber());
    newest =
        new Newest(
            newer ? number : newest.number(),
            newer ? phase : newest.phase(),
            Math.max(committed, newest.committed()));
    notifyAll();
  }

  /** Takes what another has heard. */
  void told(BarrierNews other) {
    Newest known = other.newest();
    told(known.number(), known.phase(), known.committed());
  }

  synchronized Newest newest() {
    return newest;
  }

  /** Waits for other news than these, at most so long. */
  synchronized Newest awaitOther(Newest known, long nanos) throws InterruptedException {
    if (newest.equals(known)) {
      TimeUnit.NANOSECONDS.timedWait(this, nanos);
    }
    return newest;
  }

  /** Asks the store, if it was not asked for long; the answer comes as news. */
  void askSometimes(Requests requests, JobName job) {
    synchronized (this) {
      long now = requests.context().clock().nanos();
      if (asking || now - askedNanos < ASK_NANOS) {
        return;
      }
      asking = true;
      askedNanos = now;
    }
    CompletableFuture<?> unused =
        ask(requests, job)
            .whenComplete(
                (answer, failure) -> {
                  if (failure != null) {
                    LOG.debug("the barrier of job {} could not be asked for", job, failure);
                  }
                  asked();
                });
  }

  /** Asks the store; the answer is among the news before the future is done. */
  CompletableFuture<Void> ask(Requests requests, JobName job) {
    Query.Builder query =
        Query.newBuilder()
            .setJobGet(
                JobGetRequest.newBuilder().setName(JobSpecWire.name(job)).setWithoutSpec(true));
    return requests
        .query(query)
        .thenAccept(
            result -> {
              Job found = result.getJobGet();
              told(
                  found.getBarrier().getNumber(),
                  found.getBarrier().getPhase(),
                  found.getCommittedBarrier());
            });
  }

  private synchronized void asked() {
    asking = false;
  }
}
