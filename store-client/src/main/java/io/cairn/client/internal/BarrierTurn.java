package io.cairn.client.internal;

import io.cairn.client.CairnException;
import io.cairn.client.job.BarrierSteps;
import io.cairn.client.job.JobName;
import io.cairn.protocol.Certainty;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Barrier;
import io.cairn.protocol.v1.BarrierPauseRequest;
import io.cairn.protocol.v1.BarrierPrepareRequest;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Outcome;
import java.util.Optional;

/**
 * A task's part in one barrier, on its handler's thread: it stops, waits for the others to stop,
 * saves, and waits for the others to save. What it sends may be sent again, as often as needed.
 */
final class BarrierTurn<T> {
  private final Requests requests;
  private final JobName job;
  private final BarrierNews news;
  private final OwnedTask<T> run;
  private final long number;

  BarrierTurn(Requests requests, JobName job, BarrierNews news, OwnedTask<T> run, long number) {
    this.requests = requests;
    this.job = job;
    this.news = news;
    this.run = run;
    this.number = number;
  }

  /** True: the states of all tasks are one checkpoint. */
  boolean take(BarrierSteps<T> steps) {
    boolean committed = false;
    long sinceNanos = run.writes().now();
    steps.pause();
    try {
      run.flush();
      tell(
          Command.newBuilder()
              .setBarrierPause(
                  BarrierPauseRequest.newBuilder()
                      .setTask(TaskWire.name(run.name()))
                      .setEpoch(run.epoch())
                      .setBarrier(number))
              .build());
      if (await(Barrier.Phase.PAUSING).is(number, Barrier.Phase.PREPARING)) {
        committed = prepare(run.encoded(steps.drain()));
      }
    } finally {
      // All of it: the task stands still as long as the others need, too.
      run.writes().took(sinceNanos);
      steps.resume(committed);
    }
    return committed;
  }

  private boolean prepare(Sections sections) {
    OwnedWrites.BarrierDraft draft = run.writes().draftForBarrier(sections);
    boolean committed = false;
    try {
      for (Command stage : draft.stages()) {
        if (!tell(stage)) {
          return false;
        }
      }
      tell(
          Command.newBuilder()
              .setBarrierPrepare(
                  BarrierPrepareRequest.newBuilder()
                      .setTask(TaskWire.name(run.name()))
                      .setEpoch(run.epoch())
                      .setBarrier(number)
                      .setCheckpoint(draft.write())
                      .setStats(draft.stats()))
              .build());
      committed = decided();
      return committed;
    } finally {
      run.writes().barrierDecided(draft, committed);
    }
  }

  private boolean decided() {
    BarrierNews.Newest newest = await(Barrier.Phase.PREPARING);
    while (newest.number() != number && newest.committed() < number && !asked()) {
      run.check();
      newest = pause(newest);
    }
    return news.newest().committed() == number;
  }

  /** Asks what has become of a barrier behind which there is another; false: no answer yet. */
  private boolean asked() {
    try {
      requests.await(news.ask(requests, job));
      return true;
    } catch (CairnException e) {
      return !again(e);
    }
  }

  /** Waits for the barrier to be in another phase than this, or over. */
  private BarrierNews.Newest await(Barrier.Phase phase) {
    BarrierNews.Newest newest = news.newest();
    while (newest.number() <= number && newest.phase().getNumber() <= phase.getNumber()) {
      run.check();
      news.askSometimes(requests, job);
      newest = pause(newest);
    }
    return newest;
  }

  private BarrierNews.Newest pause(BarrierNews.Newest known) {
    try {
      return news.awaitOther(known, BarrierNews.ASK_NANOS / 2);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      run.check();
      throw new CairnException(
          ErrorCode.CLOSED, "interrupted at barrier " + number + " of job " + job, e);
    }
  }

  /** Sends until there is an answer, which is news; false: the store says that it is too late. */
  private boolean tell(Command command) {
    while (true) {
      run.check();
      try {
        Outcome outcome = requests.await(requests.command(command));
        if (outcome.hasBarrier()) {
          Barrier barrier = outcome.getBarrier().getBarrier();
          news.told(barrier.getNumber(), barrier.getPhase(), 0);
        }
        return true;
      } catch (CairnException e) {
        if (e.code() == ErrorCode.WRONG_STATE) {
          news.told(number, Barrier.Phase.ABORTED, 0); // another one is the newest
          return false;
        }
        if (e.code() == ErrorCode.FENCED) {
          run.fenced();
        }
        if (!again(e)) {
          throw e;
        }
      }
    }
  }

  private static boolean again(CairnException e) {
    return e.code() != ErrorCode.CLOSED
        && !Thread.currentThread().isInterrupted()
        && (e.code().retriable() || e.certainty() == Certainty.OUTCOME_UNKNOWN);
  }

  /** The number of a barrier that is asked for, and was not taken part in before. */
  static Optional<Long> asked(BarrierNews news, long done) {
    BarrierNews.Newest newest = news.newest();
    boolean asked =
        newest.number() > done
            && (newest.phase() == Barrier.Phase.PAUSING
                || newest.phase() == Barrier.Phase.PREPARING);
    return asked ? Optional.of(newest.number()) : Optional.empty();
  }
}
