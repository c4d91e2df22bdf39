package io.cairn.client.internal;

import com.google.protobuf.ByteString;
import io.cairn.client.CairnException;
import io.cairn.client.Fault;
import io.cairn.client.FencedException;
import io.cairn.client.job.JobHandler;
import io.cairn.client.job.StoppedException;
import io.cairn.protocol.v1.Command;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of a handler, and how the attempt ends by it. On a thread of the worker's pool; {@link
 * Endings} sends what needs no waiting for.
 */
final class HandlerRun implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(HandlerRun.class);
  private static final int TRIES_MAX = 3;

  /** Ends an attempt with a command of its own, in the background. */
  interface Endings {
    /** Sends the command until it is answered. */
    void end(Assignment assignment, Command command);

    /** The store could not be told of the end. */
    void unfinished(Assignment assignment);

    /** The handler's thread is free. */
    void freed(Assignment assignment);
  }

  private final JobHandler handler;
  private final HandlerContext context;
  private final Assignment assignment;
  private final FaultReading faults;
  private final Endings endings;

  HandlerRun(
      JobHandler handler,
      HandlerContext context,
      Assignment assignment,
      FaultReading faults,
      Endings endings) {
    this.handler = handler;
    this.context = context;
    this.assignment = assignment;
    this.faults = faults;
    this.endings = endings;
  }

  @Override
  public void run() {
    try {
      @Nullable Object result = null;
      @Nullable Throwable thrown = null;
      assignment.enter();
      try {
        result = handler.run(context);
      } catch (Throwable e) {
        // Also an error: the store has to hear of it, as far as there is memory left to tell.
        thrown = e;
      } finally {
        assignment.exit();
      }
      end(result, thrown);
    } finally {
      endings.freed(assignment);
    }
  }

  /**
   * Ends the attempt by what has come of it. What is thrown meanwhile is the attempt's failure, as
   * a rule by code of the user's: by a codec, by a classifier, by an exception that cannot be read.
   * So is an error. An attempt whose end is not told stays as it is, and is never tried again.
   */
  private void end(@Nullable Object result, @Nullable Throwable thrown) {
    @Nullable Throwable failure = thrown;
    for (int i = 1; i <= TRIES_MAX; i++) {
      try {
        endOnce(result, failure);
        return;
      } catch (Throwable e) {
        // Of memory: what the handler held is garbage by now, the next try may have room.
        failure = failure == null ? e : failure;
        // Not the exception itself: what is logged would ask it for its message.
        LOG.warn("{} cannot end as it should: {}", assignment.owned(), e.getClass().getName());
      }
    }
    try {
      Fault bare = Faults.bare(Objects.requireNonNull(failure));
      endings.end(assignment, TaskWriteCalls.failure(context.taskName(), context.epoch(), bare));
    } catch (Throwable e) {
      LOG.error("the end of {} could not be told", assignment.owned(), e);
      endings.unfinished(assignment);
    }
  }

  private void endOnce(@Nullable Object result, @Nullable Throwable thrown) {
    if (!assignment.isAlive()) {
      LOG.debug("{} is no longer this worker's; what its handler did is left", assignment.owned());
      return;
    }
    boolean stops =
        assignment.isStopping() && (thrown == null ? context.sawStopping() : isStop(thrown));
    if (stops) {
      handOn();
    } else if (thrown == null) {
      complete(result == null ? new byte[0] : result);
    } else {
      fail(thrown);
    }
  }

  private static boolean isStop(Throwable thrown) {
    return thrown instanceof StoppedException || thrown instanceof InterruptedException;
  }

  private void complete(Object result) {
    if (result instanceof Comparing.Verdict verdict) {
      endings.end(assignment, verdict.command(context));
      return;
    }
    Command command;
    try {
      ByteString bytes = Results.checked(result);
      command =
          TaskWriteCalls.completion(
              context.taskName(), context.epoch(), bytes, context.resultValue());
    } catch (RuntimeException e) {
      LOG.warn("{} returned what cannot be stored: {}", assignment.owned(), e.getMessage());
      fail(e);
      return;
    }
    if (context.run().isEmpty()) {
      endings.end(assignment, command);
      return;
    }
    try {
      context.run().get().complete(command);
    } catch (FencedException e) {
      LOG.debug("{} was completed by another, or goes on elsewhere", assignment.owned(), e);
    } catch (CairnException e) {
      fail(e);
    }
  }

  private void handOn() {
    Command release = TaskWriteCalls.release(assignment.owned());
    endBy(release, OwnedTask::handOn);
  }

  private void fail(Throwable thrown) {
    Fault fault = faults.of(thrown, context.facts());
    Command failure = TaskWriteCalls.failure(context.taskName(), context.epoch(), fault);
    endBy(failure, run -> run.end(fault));
  }

  private interface Ending {
    void of(OwnedTask<?> run);
  }

  /** By the run behind what it has under way; past it where a write before has failed. */
  private void endBy(Command command, Ending ending) {
    if (context.run().isEmpty()) {
      endings.end(assignment, command);
      return;
    }
    try {
      ending.of(context.run().get());
    } catch (FencedException e) {
      LOG.debug("{} goes on elsewhere", assignment.owned(), e);
    } catch (RuntimeException e) {
      LOG.debug("{} is ended past its writes", assignment.owned(), e);
      endings.end(assignment, command);
    }
  }
}
