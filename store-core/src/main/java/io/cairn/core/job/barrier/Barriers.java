package io.cairn.core.job.barrier;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.apply.Checks;
import io.cairn.core.apply.Refusal;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.JobStateRow;
import io.cairn.core.storage.v1.JobStateRowOrBuilder;
import io.cairn.core.storage.v1.JobWalk;
import io.cairn.core.storage.v1.StageRow;
import io.cairn.core.task.PreparedCheckpoints;
import io.cairn.core.task.TaskEdit;
import io.cairn.core.task.TaskHistory;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Barrier;
import io.cairn.protocol.v1.BarrierAbortRequest;
import io.cairn.protocol.v1.BarrierPauseRequest;
import io.cairn.protocol.v1.BarrierPrepareRequest;
import io.cairn.protocol.v1.JobState;
import java.util.List;
import java.util.Optional;

/**
 * The barriers of a job: one at a time, numbered from 1.
 *
 * <pre>
 * -          start                        PAUSING     all owners are asked to stop
 * PAUSING    the last owner has stopped   PREPARING   all are asked to save
 * PREPARING  the last owner has saved     COMMITTED   all parts are checkpoints, by one command
 * PAUSING    an owner ends; deadline      ABORTED     nothing has come of it
 * PREPARING  an owner ends; deadline      ABORTED     the same
 * </pre>
 *
 * Each owner acts under its own epoch, which is checked where it is applied. Any end of any of them
 * aborts the barrier, so that those counted as arrived are still the owners when the last one
 * arrives. Applying thread only.
 */
public final class Barriers {
  private Barriers() {}

  /** Begins one. Refuses WRONG_STATE if the job cannot have one now. */
  public static Barrier start(ApplyContext context, CoordinatedJob job) {
    Optional<String> obstacle = obstacle(context.batch(), job);
    if (obstacle.isPresent()) {
      throw new Refusal(ErrorCode.WRONG_STATE, "job " + job.text() + ": " + obstacle.get());
    }
    begin(context, job);
    return job.state().getBarrier();
  }

  /** An owner has stopped. Resends, and those that come late, are answered with the barrier. */
  public static Barrier pause(
      ApplyContext context, CoordinatedJob job, TaskEdit edit, BarrierPauseRequest request) {
    checkNumber(job, request.getBarrier());
    JobStateRow.Builder state = job.state();
    if (underWay(state) && !PreparedCheckpoints.paused(edit, request.getBarrier())) {
      PreparedCheckpoints.pause(context, edit, request.getBarrier());
      if (allArrived(state.getBarrierBuilder())) {
        state.getBarrierBuilder().setPhase(Barrier.Phase.PREPARING).setArrived(0);
        CoordinatedTasks.tell(context, job, TaskHistory.Kind.BARRIER_PREPARE);
      }
    }
    return state.getBarrier();
  }

  /** An owner has saved. Resends, and those that come late, are answered with the barrier. */
  public static Barrier prepare(
      ApplyContext context, CoordinatedJob job, TaskEdit edit, BarrierPrepareRequest request) {
    checkNumber(job, request.getBarrier());
    JobStateRow.Builder state = job.state();
    Barrier.Builder barrier = state.getBarrierBuilder();
    if (barrier.getPhase() == Barrier.Phase.PAUSING) {
      throw new Refusal(
          ErrorCode.WRONG_STATE,
          "barrier %d of job %s: %d of %d tasks have stopped, and none may save before all have"
              .formatted(
                  barrier.getNumber(), job.text(), barrier.getArrived(), barrier.getTasks()));
    }
    if (barrier.getPhase() == Barrier.Phase.PREPARING
        && PreparedCheckpoints.prepare(
            context, edit, request, Limits.BARRIER_BYTES_MAX / barrier.getTasks())
        && allArrived(barrier)) {
      commit(context, job);
    }
    return state.getBarrier();
  }

  /**
   * Somebody calls it off. Refuses WRONG_STATE if another one is the newest, or it was committed.
   */
  public static Barrier abort(CoordinatedJob job, BarrierAbortRequest request) {
    checkNumber(job, request.getBarrier());
    Checks.text("reason", request.getReason(), true, Limits.LABEL_BYTES_MAX);
    if (job.state().getBarrier().getPhase() == Barrier.Phase.COMMITTED) {
      throw new Refusal(
          ErrorCode.WRONG_STATE,
          "barrier " + request.getBarrier() + " of job " + job.text() + " is COMMITTED");
    }
    abort(job.state(), request.getReason().isEmpty() ? "it was called off" : request.getReason());
    return job.state().getBarrier();
  }

  /** Nothing comes of the barrier that is under way, if one is. Its owners are still to be told. */
  public static void abort(JobStateRow.Builder state, String reason) {
    if (underWay(state)) {
      state.getBarrierBuilder().setPhase(Barrier.Phase.ABORTED).setReason(reason);
    }
  }

  /** Tells owners of the end of a barrier from which nothing has come. */
  public static void tellAborted(ApplyContext context, CoordinatedJob job) {
    CoordinatedTasks.tell(context, job, TaskHistory.Kind.BARRIER_ABORTED);
  }

  /** Does what is due: the end of one that took too long, the beginning of the next. */
  public static void tick(ApplyContext context, CoordinatedJob job) {
    JobStateRow.Builder state = job.state();
    long now = context.logTimeMillis();
    Barrier barrier = state.getBarrier();
    if (underWay(state) && barrier.getDeadlineMillis() <= now) {
      abort(
          state,
          "%d of %d tasks had come through %s when its time was over"
              .formatted(barrier.getArrived(), barrier.getTasks(), barrier.getPhase()));
    } else if (state.getBarrierDueMillis() > 0 && state.getBarrierDueMillis() <= now) {
      if (obstacle(context.batch(), job).isEmpty()) {
        begin(context, job);
      } else {
        due(job, now);
      }
    }
  }

  /** When to tick next; 0: never. */
  public static long nextTickMillis(JobStateRowOrBuilder state) {
    long due = state.getBarrierDueMillis();
    if (!underWay(state)) {
      return due;
    }
    long deadline = state.getBarrier().getDeadlineMillis();
    return due == 0 ? deadline : Math.min(due, deadline);
  }

  /** Sets when the store begins the next one, counted from {@code nowMillis}. */
  public static void due(CoordinatedJob job, long nowMillis) {
    long period = job.policy().getBarrierMillis();
    job.state().setBarrierDueMillis(period == 0 ? 0 : nowMillis + period);
  }

  /** True if one has begun, and is neither committed nor aborted. */
  public static boolean underWay(JobStateRowOrBuilder state) {
    Barrier.Phase phase = state.getBarrier().getPhase();
    return phase == Barrier.Phase.PAUSING || phase == Barrier.Phase.PREPARING;
  }

  private static boolean allArrived(Barrier.Builder barrier) {
    barrier.setArrived(barrier.getArrived() + 1);
    return barrier.getArrived() == barrier.getTasks();
  }

  private static void begin(ApplyContext context, CoordinatedJob job) {
    long now = context.logTimeMillis();
    job.state()
        .setBarrier(
            Barrier.newBuilder()
                .setNumber(job.state().getBarrier().getNumber() + 1)
                .setPhase(Barrier.Phase.PAUSING)
                .setDeadlineMillis(now + job.policy().getBarrierTimeoutMillis())
                .setTasks(job.tasks()));
    due(job, now);
    CoordinatedTasks.tell(context, job, TaskHistory.Kind.BARRIER_PAUSE);
  }

  /** All parts become checkpoints: the one command that does so for any of them. */
  private static void commit(ApplyContext context, CoordinatedJob job) {
    JobStateRow.Builder state = job.state();
    long number = state.getBarrier().getNumber();
    List<TaskEdit> parts = CoordinatedTasks.all(context.batch(), job);
    // I4: any end of an owner has aborted the barrier before, so that each still holds its epoch.
    if (parts.size() != job.tasks()
        || !parts.stream().allMatch(edit -> PreparedCheckpoints.prepared(edit, number))) {
      abort(state, "a task has another owner than it had");
      return;
    }
    for (TaskEdit edit : parts) {
      PreparedCheckpoints.commit(context, edit);
      TaskHistory.tell(context, edit, TaskHistory.Kind.BARRIER_DONE, number);
    }
    state
        .setCommittedBarrier(number)
        .getBarrierBuilder()
        .setPhase(Barrier.Phase.COMMITTED)
        .setCommitTimeMillis(context.logTimeMillis());
  }

  private static void checkNumber(CoordinatedJob job, long number) {
    long newest = job.state().getBarrier().getNumber();
    if (number != newest || number == 0) {
      throw new Refusal(
          ErrorCode.WRONG_STATE,
          "barrier " + number + " of job " + job.text() + "; the newest is " + newest,
          newest,
          number);
    }
  }

  /** Without the prefix that the wire gives it. */
  private static String text(JobState state) {
    return state.name().replaceFirst("^JOB_", "");
  }

  /** Why the job cannot have a barrier now. */
  private static Optional<String> obstacle(ReadView view, CoordinatedJob job) {
    JobStateRow.Builder state = job.state();
    if (state.getState() != JobState.JOB_RUNNING) {
      return Optional.of("it is " + text(state.getState()));
    }
    if (state.getEnding() != JobState.JOB_STATE_UNSPECIFIED) {
      return Optional.of("it is about to be " + text(state.getEnding()));
    }
    if (state.getWalk() != JobWalk.NO_WALK) {
      return Optional.of("its tasks go back to the newest checkpoint of all");
    }
    if (underWay(state)) {
      return Optional.of(
          "barrier "
              + state.getBarrier().getNumber()
              + " is under way, "
              + state.getBarrier().getPhase());
    }
    int finished = 0;
    int idle = 0;
    for (StageRow stage : state.getStagesList()) {
      finished += stage.getSucceeded() + stage.getFailed() + stage.getCancelled();
      idle += stage.getWaiting() + stage.getPending();
    }
    String why =
        finished > 0
            ? "a barrier on a job with a finished task"
            : "a barrier on a job with a task that does not run yet";
    Optional<String> first = CoordinatedTasks.notRunning(view, job);
    return first.isPresent() || finished + idle > 0
        ? Optional.of(why + first.map(name -> ": " + name).orElse(""))
        : Optional.empty();
  }
}
