package io.cairn.core.job;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.ApplyContext;
import io.cairn.core.job.PartitionState.Run;
import io.cairn.core.job.Runs.Partition;
import io.cairn.core.job.redundancy.ResultComparison;
import io.cairn.core.job.redundancy.Vote;
import io.cairn.core.storage.v1.JobWalk;
import io.cairn.core.task.DispatchedTasks;
import io.cairn.core.task.TaskEdit;
import io.cairn.core.task.TaskEndings;
import io.cairn.protocol.v1.JobName;
import io.cairn.protocol.v1.Redundancy;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskOfJob;
import io.cairn.protocol.v1.TaskOfJob.Decision;
import io.cairn.protocol.v1.TaskState;
import io.cairn.protocol.v1.Verification;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What becomes of a partition with several runs when one of them has changed: it is decided once,
 * in the command that brought what decides, and everything else of the partition is fenced there
 * (I4). Applying thread only.
 */
final class Replicas {
  /** Why a task was called off that had neither failed nor a result. */
  static final String FAILED = "its partition has failed";

  private final Workspace workspace;
  private final TaskEndings endings;
  private final ReadyLists lists;

  Replicas(Workspace workspace, TaskEndings endings, ReadyLists lists) {
    this.workspace = workspace;
    this.endings = endings;
    this.lists = lists;
  }

  /** Makes the further runs of a partition whose first one has just been dispatched. */
  void accompany(ApplyContext context, JobEdit job, Partition partition) {
    Redundancy redundancy = job.spec().getRedundancy();
    if (redundancy.getKind() == Redundancy.Kind.REPLICAS) {
      for (int replica = 1; replica < redundancy.getReplicas(); replica++) {
        add(context, job, partition, replica);
      }
    }
  }

  /** One more run of a partition, or the comparison, waits. */
  void add(ApplyContext context, JobEdit job, Partition partition, int replica) {
    JobName name = job.name();
    TaskOfJob of =
        TaskOfJob.newBuilder()
            .setJob(name.getName())
            .setId(job.id())
            .setStage(job.job().stage(partition.place().stage()).getName())
            .setPartition(partition.number())
            .setReplica(replica)
            .build();
    Census.moves(
        context, job, of, Optional.empty(), new Run(TaskState.PENDING, Decision.UNDECIDED));
    TaskEdit edit =
        DispatchedTasks.makeWaiting(
            context, Runs.name(job.job(), partition, replica), job.job().taskSpec(), of);
    lists.list(context, job, edit.task());
  }

  /** Decides about all partitions of which a run has changed. */
  void settle(ApplyContext context) {
    Optional<Map.Entry<Partition, Long>> next = workspace.nextChanged();
    while (next.isPresent()) {
      Partition partition = next.get().getKey();
      long fault = next.get().getValue();
      workspace
          .find(context.batch(), partition.place().job())
          .ifPresent(job -> settle(context, job, partition, fault));
      next = workspace.nextChanged();
    }
  }

  /** A worker has compared the results: these runs agree, or none do. */
  void judged(ApplyContext context, JobEdit job, Partition partition, List<Integer> accepted) {
    Runs runs = Runs.read(context.batch(), job.job(), partition);
    List<TaskEdit> results = runs.undecided();
    boolean enough =
        job.spec().getVerification().getAllEqual()
            ? accepted.size() == results.size()
            : accepted.size() >= Vote.needed(results.size());
    List<TaskEdit> agreeing =
        results.stream()
            .filter(edit -> accepted.contains(edit.task().getJob().getReplica()))
            .toList();
    if (enough && !agreeing.isEmpty()) {
      accept(context, job, runs, agreeing);
    } else {
      boolean tie = results.size() == 2 && !job.spec().getVerification().getAllEqual();
      disagree(context, job, partition, tie ? Vote.Outcome.TIE : Vote.Outcome.NONE);
    }
  }

  private void settle(ApplyContext context, JobEdit job, Partition partition, long fault) {
    decide(context, job, partition, fault);
    lists.relist(context, job, partition);
  }

  private void decide(ApplyContext context, JobEdit job, Partition partition, long fault) {
    Runs runs = Runs.read(context.batch(), job.job(), partition);
    if (runs.isAccepted()) {
      fence(context, runs);
    } else if (!job.goesOn() || isComingBack(job, runs)) {
      return; // a vote now would be one without those that were called off
    } else if (runs.undecided().isEmpty()) {
      boolean failed =
          runs.open() == 0
              && runs.all().stream().anyMatch(run -> run.task().getState() == TaskState.FAILED);
      if (failed) {
        fail(context, job, runs, fault);
      }
    } else {
      vote(context, job, partition, fault);
    }
  }

  private void vote(ApplyContext context, JobEdit job, Partition partition, long fault) {
    Runs runs = Runs.read(context.batch(), job.job(), partition);
    List<TaskEdit> results = runs.undecided();
    Verification verification = job.spec().getVerification();
    if (verification.getAllEqual() && results.size() + runs.open() < runs.all().size()) {
      fail(context, job, runs, fault); // one will never have a result
      return;
    }
    if (verification.getComparison() == Verification.Comparison.CUSTOM && results.size() > 1) {
      compare(context, job, partition, fault);
      return;
    }
    ResultComparison comparison = new ResultComparison(verification);
    List<Task> told = results.stream().map(TaskEdit::toTask).toList();
    Vote vote =
        verification.getAllEqual()
            ? Vote.unanimity(told, runs.open(), comparison::alike)
            : Vote.majority(told, runs.open(), comparison::alike);
    switch (vote.outcome()) {
      case ACCEPTED ->
          accept(context, job, runs, vote.agreeing().stream().map(results::get).toList());
      case OPEN -> {}
      case TIE, NONE -> disagree(context, job, partition, vote.outcome());
    }
  }

  /** Sees to it that a worker compares the results, when all are there. */
  private void compare(ApplyContext context, JobEdit job, Partition partition, long fault) {
    Runs runs = Runs.read(context.batch(), job.job(), partition);
    if (runs.open() > 0 || !job.goesOn()) {
      return;
    }
    if (runs.comparison().isEmpty()) {
      add(context, job, partition, Runs.COMPARISON);
      return;
    }
    TaskEdit comparison = runs.comparison().get();
    switch (comparison.task().getState()) {
      case SUCCEEDED -> rerun(context, job, comparison);
      case FAILED, CANCELLED -> fail(context, job, runs, fault);
      default -> {}
    }
  }

  /** Results that were compared are joined by another one. */
  private void rerun(ApplyContext context, JobEdit job, TaskEdit comparison) {
    Census.moves(context, job, comparison, TaskState.PENDING);
    DispatchedTasks.rerun(context, comparison);
    lists.list(context, job, comparison.task());
  }

  private void accept(ApplyContext context, JobEdit job, Runs runs, List<TaskEdit> agreeing) {
    TaskEdit first = agreeing.get(0);
    Census.moves(
        context,
        job,
        first.task().getJob(),
        Optional.of(Run.of(first.task())),
        new Run(first.task().getState(), Decision.ACCEPTED));
    DispatchedTasks.accept(context, first);
    String against =
        "the result differs from the accepted one, of " + first.task().getName().getName();
    for (TaskEdit result : runs.undecided()) {
      boolean agrees = agreeing.contains(result);
      if (!agrees) {
        mismatch(context, job, result, against);
        DispatchedTasks.outvote(context, result);
      }
    }
    fence(context, runs);
  }

  /** Nothing of an accepted partition runs on, nor is it run again. */
  private void fence(ApplyContext context, Runs runs) {
    for (TaskEdit task : runs.all()) {
      if (task.task().getJob().getDecision() == Decision.UNDECIDED) {
        task.task().getJobBuilder().setDecision(Decision.NOT_NEEDED);
        if (Runs.isOpen(task)) {
          endings.cancel(context, task);
        } else {
          task.store(context.batch());
        }
      }
    }
    runs.comparison()
        .filter(Runs::isOpen)
        .ifPresent(comparison -> endings.cancel(context, comparison));
  }

  private void disagree(
      ApplyContext context, JobEdit job, Partition partition, Vote.Outcome outcome) {
    if (!job.goesOn()) {
      return;
    }
    Runs runs = Runs.read(context.batch(), job.job(), partition);
    int asked = job.spec().getRedundancy().getReplicas();
    if (outcome == Vote.Outcome.TIE && runs.all().size() == asked) {
      add(context, job, partition, asked);
      return;
    }
    long first = 0;
    String apart = "not enough results of the partition agree: " + told(runs.undecided());
    for (TaskEdit result : runs.undecided()) {
      Census.moves(context, job, result, TaskState.FAILED);
      long fault = mismatch(context, job, result, apart);
      DispatchedTasks.distrust(context, result);
      DispatchedTasks.reject(context, result);
      first = first == 0 ? fault : first;
    }
    fail(context, job, Runs.read(context.batch(), job.job(), partition), first);
  }

  /** The partition has no result, and will have none; what is left of it is called off. */
  private void fail(ApplyContext context, JobEdit job, Runs runs, long fault) {
    if (!job.goesOn()) {
      return;
    }
    for (TaskEdit task : runs.tasks()) {
      if (Runs.isOpen(task)) {
        task.task().getJobBuilder().setReason(FAILED);
        endings.cancel(context, task);
      }
    }
    job.failed(fault);
  }

  /** True while a job is retried, and has not come to all tasks of the partition that it reruns. */
  private static boolean isComingBack(JobEdit job, Runs runs) {
    return job.state().getWalk() == JobWalk.RETRYING
        && runs.tasks().stream()
            .filter(edit -> isAhead(job.state().getWalkAfter(), edit))
            .anyMatch(Runs::comesBack);
  }

  /** True if a walk that has come to {@code after} will still come to the task. */
  private static boolean isAhead(ByteString after, TaskEdit edit) {
    return Arrays.compareUnsigned(edit.key(), after.toByteArray()) > 0;
  }

  /** Who brought what: equal results have equal digests, of which the first bytes tell enough. */
  private static String told(List<TaskEdit> results) {
    return results.stream()
        .map(TaskEdit::task)
        .map(
            task ->
                "#%d of %s has %s"
                    .formatted(
                        task.getJob().getReplica(),
                        task.getJob().getWorker(),
                        start(task.getResultDigest())))
        .collect(Collectors.joining(", "));
  }

  private static String start(ByteString digest) {
    return HexFormat.of().formatHex(digest.substring(0, Math.min(4, digest.size())).toByteArray());
  }

  /** Notes that a result was wrong, and who brought it; returns the fault's number. */
  private static long mismatch(ApplyContext context, JobEdit job, TaskEdit edit, String message) {
    edit.task().setFault(TaskEndings.stamped(context, edit, Faults.mismatch(edit, message)));
    job.state().getStatsBuilder().setFaults(job.state().getStats().getFaults() + 1);
    return FaultLog.append(context, job, edit.task());
  }
}
