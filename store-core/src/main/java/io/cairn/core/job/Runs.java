package io.cairn.core.job;

import io.cairn.core.job.Work.Place;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.task.TaskEdit;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Redundancy;
import io.cairn.protocol.v1.TaskName;
import io.cairn.protocol.v1.TaskOfJob;
import io.cairn.protocol.v1.TaskOfJob.Decision;
import io.cairn.protocol.v1.TaskState;
import io.cairn.protocol.v1.Verification;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The tasks of one partition: its runs, numbered from 0 without a gap, and what compares their
 * results. Read once; a change of one is seen by others only after they have been read anew.
 */
final class Runs {
  /**
   * The number of the task that compares results. One run may be added to those that were asked.
   */
  static final int COMPARISON = Limits.REPLICAS_MAX + 1;

  private final List<TaskEdit> runs = new ArrayList<>();
  private Optional<TaskEdit> comparison = Optional.empty();

  private Runs() {}

  /**
   * One partition.
   *
   * @param place where its runs wait
   */
  record Partition(Place place, int number) {
    static Partition of(StoredJob job, TaskOfJob of) {
      return new Partition(new Place(job.id(), job.stageIndex(of.getStage())), of.getPartition());
    }
  }

  static Runs read(ReadView view, StoredJob job, Partition partition) {
    Runs read = new Runs();
    Redundancy redundancy = job.spec().getRedundancy();
    int max =
        switch (redundancy.getKind()) {
          case REPLICAS -> redundancy.getReplicas() + 1;
          case SPECULATE -> 2;
          default -> 1;
        };
    Optional<TaskEdit> run = find(view, job, partition, 0);
    while (run.isPresent()) {
      read.runs.add(run.get());
      int next = read.runs.size();
      run = next < max ? find(view, job, partition, next) : Optional.empty();
    }
    if (job.spec().getVerification().getComparison() == Verification.Comparison.CUSTOM) {
      read.comparison = find(view, job, partition, COMPARISON);
    }
    return read;
  }

  static TaskName name(StoredJob job, Partition partition, int replica) {
    String stage = job.stage(partition.place().stage()).getName();
    return JobNames.task(job.name(), stage, partition.number(), replica);
  }

  private static Optional<TaskEdit> find(
      ReadView view, StoredJob job, Partition partition, int replica) {
    TaskName name = name(job, partition, replica);
    return TaskEdit.find(view, KeyLayout.task(name.getNamespace(), name.getName()))
        .filter(edit -> edit.ofJob() && edit.task().getJob().getId() == job.id());
  }

  /** All that run the partition. */
  List<TaskEdit> all() {
    return runs;
  }

  Optional<TaskEdit> comparison() {
    return comparison;
  }

  /** Both. */
  List<TaskEdit> tasks() {
    List<TaskEdit> tasks = new ArrayList<>(runs);
    comparison.ifPresent(tasks::add);
    return tasks;
  }

  /** Those with a result about which nothing was decided. */
  List<TaskEdit> undecided() {
    return runs.stream()
        .filter(edit -> edit.task().getState() == TaskState.SUCCEEDED)
        .filter(edit -> edit.task().getJob().getDecision() == Decision.UNDECIDED)
        .toList();
  }

  /** How many may still bring a result. */
  int open() {
    return (int) runs.stream().filter(Runs::isOpen).count();
  }

  boolean isAccepted() {
    return runs.stream().anyMatch(edit -> edit.task().getJob().getDecision() == Decision.ACCEPTED);
  }

  static boolean isOpen(TaskEdit edit) {
    return edit.live() || edit.task().getState() == TaskState.PENDING;
  }

  /**
   * True if a retry of the job lets the task run again, unless its partition has a result: it has
   * failed, was called off because something had, or compares what is still to be compared.
   */
  static boolean comesBack(TaskEdit edit) {
    TaskOfJob of = edit.task().getJob();
    boolean withOthers = !of.getReason().isEmpty() || of.getReplica() == COMPARISON;
    return of.getDecision() != Decision.NOT_NEEDED
        && (edit.task().getState() == TaskState.FAILED
            || (edit.task().getState() == TaskState.CANCELLED && withOthers));
  }

  /** Workers that must not have a run, as they have, or brought the result of, another one. */
  Set<String> barred(int replica) {
    Set<String> workers = new HashSet<>();
    for (TaskEdit edit : others(replica)) {
      workers.add(edit.task().getJob().getWorker());
    }
    return workers;
  }

  /** Where a run is not to go: to the workers of others, nor if it can be helped to their nodes. */
  Apart apart(int replica) {
    Set<String> nodes = new HashSet<>();
    for (TaskEdit edit : others(replica)) {
      nodes.add(edit.task().getJob().getNode());
    }
    return new Apart(nodes, barred(replica));
  }

  private List<TaskEdit> others(int replica) {
    if (replica == COMPARISON) {
      return List.of();
    }
    return runs.stream()
        .filter(edit -> edit.task().getJob().getReplica() != replica)
        .filter(edit -> edit.live() || edit.task().getState() == TaskState.SUCCEEDED)
        .toList();
  }
}
