package io.cairn.core.job;

import io.cairn.core.apply.ApplyContext;
import io.cairn.core.lease.LeaseTable;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.v1.ProgressRow;
import io.cairn.core.storage.v1.WorkerRow;
import io.cairn.core.task.DispatchedTasks;
import io.cairn.core.task.TaskEdit;
import io.cairn.core.task.TaskEndings;
import io.cairn.core.task.TaskHistory;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Detection;
import io.cairn.protocol.v1.Due;
import io.cairn.protocol.v1.TaskName;
import io.cairn.protocol.v1.TaskOfJob;
import io.cairn.protocol.v1.TaskState;
import io.cairn.protocol.v1.WorkerHealth;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks at the tasks of a worker when one of them may have to be taken from it: a claim that was
 * not acknowledged, a worker that is silent, an attempt that takes too long or stands still. One
 * row per worker says when; it is moved when it is due and when a task comes that needs it earlier,
 * not by a heartbeat. Applying thread only.
 *
 * <p>I10: what depends on a message of the worker's counts from the newest leader start at the
 * earliest, as nobody could take the message before.
 */
final class WorkerSweep {
  static final String SILENT = "it is silent";

  /** When to look again whether a silent worker was heard of. No worker is silent sooner. */
  private static final long SILENT_LOOK_MILLIS = Limits.LEASE_TTL_MILLIS_MIN;

  private final Workspace workspace;
  private final WorkerTable workers;
  private final TaskEndings endings;
  private final Stragglers stragglers;

  WorkerSweep(JobPlane.Parts parts, WorkerTable workers) {
    this.workspace = parts.workspace();
    this.workers = workers;
    this.endings = parts.endings();
    this.stragglers = new Stragglers(parts.workspace(), parts.replicas());
  }

  /** What is the same for all tasks of one sweep. */
  private record Round(
      ApplyContext context,
      long now,
      long floor,
      long heard,
      Map<TaskName, ProgressRow> progress) {}

  /** Looks at a worker's tasks, if it is still the one that was found due. */
  void due(ApplyContext context, Due due) {
    Batch batch = context.batch();
    byte[] id =
        batch.get(
            ColumnFamily.DEADLINE,
            KeyLayout.deadline(
                due.getDeadlineMillis(), KeyLayout.DEADLINE_WORKER_SWEEP, due.getId()));
    if (id == null
        || due.getDeadlineMillis() > context.logTimeMillis()
        || workspace.rowsLeft() <= 0) {
      return; // moved by a command before this one, or for the next Expire
    }
    WorkerRow row = WorkerRows.find(batch, new String(id, StandardCharsets.UTF_8)).orElseThrow();
    workspace.touch();
    Map<TaskName, ProgressRow> progress = new HashMap<>();
    for (ProgressRow known : WorkerRows.report(batch, row.getWorker().getId()).getTasksList()) {
      progress.put(known.getProgress().getName(), known);
    }
    long floor = batch.counter(Counter.FLOOR);
    long heard =
        Math.max(LeaseTable.require(batch, row.getWorker().getLease()).getRenewTimeMillis(), floor);
    Round round = new Round(context, context.logTimeMillis(), floor, heard, progress);
    List<TaskEdit> tasks = DispatchedTasks.onLease(batch, row.getWorker().getLease());
    workspace.looked(tasks.size() + 1);
    long next = 0;
    boolean silent = false;
    for (TaskEdit edit : tasks) {
      Detection detection = detection(round, edit);
      silent |= silentMillis(round, edit, detection) <= round.now();
      next = earlier(next, look(round, edit, detection));
      if (edit.live()) {
        next = earlier(next, stragglers.look(context, edit, floor));
      }
    }
    judge(round, row, silent, next);
  }

  /** When a task that is dispatched now has to be looked at. */
  static long lookAfterClaim(long now, Detection detection) {
    return now + Math.min(detection.getAckMillis(), detection.getTtlMillis());
  }

  /** When a task that begins now, or goes on, has to be looked at; never for its silence. */
  static long lookAfterStart(long now, Detection detection) {
    long look = earlier(detection.getNoProgressMillis(), detection.getAttemptMillisMax());
    return look == 0 ? Long.MAX_VALUE : now + look;
  }

  /** A silent worker gets nothing new until it is heard of; then it is as it was. */
  private void judge(Round round, WorkerRow row, boolean silent, long next) {
    WorkerRow judged = row;
    WorkerHealth health = row.getWorker().getHealth();
    boolean wasSilent = row.getWorker().getReason().equals(SILENT);
    long lookAt = next;
    if (silent && health != WorkerHealth.DRAINING) {
      judged = workers.health(round.context(), row, WorkerHealth.STRAINED, SILENT);
      wasSilent = true;
    } else if (wasSilent && !silent && round.heard() >= row.getSweepMillis() - SILENT_LOOK_MILLIS) {
      judged = workers.health(round.context(), row, WorkerHealth.HEALTHY, "");
      wasSilent = false;
    }
    if (wasSilent) {
      lookAt = earlier(next, round.now() + SILENT_LOOK_MILLIS);
    }
    workers.lookAt(round.context(), judged, lookAt);
  }

  /**
   * When the worker has been silent for too long about a task: without one of the job it need not
   * have told of itself so often.
   */
  private static long silentMillis(Round round, TaskEdit edit, Detection detection) {
    return Math.max(round.heard(), edit.task().getJob().getClaimTimeMillis())
        + detection.getTtlMillis();
  }

  /** Does what is due about a task; returns when to look at it again, 0 if it has been taken. */
  private long look(Round round, TaskEdit edit, Detection detection) {
    TaskOfJob of = edit.task().getJob();
    long silent = silentMillis(round, edit, detection);
    if (silent <= round.now()) {
      endings.fault(
          round.context(),
          edit,
          TaskHistory.Kind.LOST,
          Faults.processLost(
              edit, "its worker was silent for " + detection.getTtlMillis() + " ms"));
      return 0;
    }
    if (edit.task().getState() == TaskState.CLAIMED) {
      long acknowledged =
          Math.max(of.getClaimTimeMillis(), round.floor()) + detection.getAckMillis();
      if (acknowledged <= round.now()) {
        endings.takeBack(round.context(), edit, TaskHistory.Kind.UNACKNOWLEDGED);
        return 0;
      }
      return Math.min(silent, acknowledged);
    }
    long over =
        detection.getAttemptMillisMax() == 0
            ? Long.MAX_VALUE
            : of.getStartTimeMillis() + detection.getAttemptMillisMax();
    if (over <= round.now()) {
      return timeout(
          round, edit, "the attempt took longer than " + detection.getAttemptMillisMax() + " ms");
    }
    return Math.min(Math.min(silent, over), progress(round, edit, detection));
  }

  /** The same for a running task's progress. */
  private long progress(Round round, TaskEdit edit, Detection detection) {
    if (edit.task().getState() == TaskState.SUSPECT) {
      if (detection.getSuspectMillisMax() == 0) {
        return Long.MAX_VALUE;
      }
      long patience =
          Math.max(edit.task().getJob().getSuspectTimeMillis(), round.floor())
              + detection.getSuspectMillisMax();
      return patience <= round.now()
          ? timeout(round, edit, "it was suspect for " + detection.getSuspectMillisMax() + " ms")
          : patience;
    }
    if (detection.getNoProgressMillis() == 0) {
      return Long.MAX_VALUE;
    }
    long since = Math.max(edit.task().getJob().getStartTimeMillis(), round.floor());
    ProgressRow known = round.progress().get(edit.task().getName());
    if (known != null && known.getProgress().getEpoch() == edit.task().getEpoch()) {
      since = Math.max(since, known.getChangeTimeMillis());
    }
    long still = since + detection.getNoProgressMillis();
    if (still > round.now()) {
      return still;
    }
    DispatchedTasks.suspect(
        round.context(), edit, "no progress for " + detection.getNoProgressMillis() + " ms");
    return detection.getSuspectMillisMax() == 0
        ? Long.MAX_VALUE
        : round.now() + detection.getSuspectMillisMax();
  }

  private long timeout(Round round, TaskEdit edit, String message) {
    endings.fault(round.context(), edit, TaskHistory.Kind.FAILED, Faults.timeout(edit, message));
    return 0;
  }

  private Detection detection(Round round, TaskEdit edit) {
    return workspace
        .stored()
        .get(round.context().batch(), edit.task().getJob().getId())
        .spec()
        .getDetection();
  }

  /** The earlier of two times, of which 0 is none. */
  private static long earlier(long one, long other) {
    return one == 0 || other == 0 ? Math.max(one, other) : Math.min(one, other);
  }
}
