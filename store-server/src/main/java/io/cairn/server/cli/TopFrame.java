package io.cairn.server.cli;

import io.cairn.client.Admin.GroupStatus;
import io.cairn.client.Admin.NodeReport;
import io.cairn.client.Admin.NodeStatus;
import io.cairn.client.Cairn;
import io.cairn.client.job.Job;
import io.cairn.client.job.JobQuery;
import io.cairn.client.job.JobState;
import io.cairn.client.job.StageStatus;
import io.cairn.client.job.WorkerHealth;
import io.cairn.client.job.WorkerStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What {@code cairn top} shows at one time.
 *
 * @param now log time, if a member told it
 * @param before the frame before this one, whose own one is forgotten
 */
record TopFrame(
    List<NodeReport> nodes,
    OptionalLong now,
    Listed<Job> jobs,
    Listed<WorkerStatus> workers,
    Optional<TopFrame> before) {
  /** Asks for at most {@code rows} jobs and workers. */
  static TopFrame of(
      Cairn cairn, String namespace, Set<JobState> states, int rows, Optional<TopFrame> before) {
    Collection<NodeReport> nodes = cairn.admin().status().values();
    return new TopFrame(
        List.copyOf(nodes),
        LogTime.of(nodes),
        Listed.jobs(cairn, JobQuery.of(namespace).inStates(states), rows),
        Listed.workers(cairn, rows),
        before.map(TopFrame::alone));
  }

  private TopFrame alone() {
    return new TopFrame(nodes, now, jobs, workers, Optional.empty());
  }

  /** Partitions that a job finished in a second since the frame before, else since its begin. */
  private OptionalDouble rate(Job job) {
    Optional<Job> was =
        before.stream()
            .flatMap(frame -> frame.jobs().items().stream())
            .filter(one -> one.id() == job.id())
            .findFirst();
    OptionalLong then = before.map(TopFrame::now).orElse(OptionalLong.empty());
    if (was.isEmpty() || now.isEmpty() || then.isEmpty() || now.getAsLong() <= then.getAsLong()) {
      return JobProgress.of(job, now).perSecond();
    }
    long done =
        JobProgress.sum(job, StageStatus::succeeded)
            - JobProgress.sum(was.get(), StageStatus::succeeded);
    return OptionalDouble.of(Math.max(0, done) * 1_000.0 / (now.getAsLong() - then.getAsLong()));
  }

  /** For people. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(cluster());
    lines.add(totals());
    lines.add("");
    lines.addAll(jobTable().lines());
    if (jobs.more()) {
      lines.add("... and more jobs");
    }
    lines.add("");
    lines.addAll(WorkerCommand.table(workers.items(), now).lines());
    if (workers.more()) {
      lines.add("... and more workers");
    }
    return lines;
  }

  private List<NodeStatus> answering() {
    return nodes.stream().filter(NodeStatus.class::isInstance).map(NodeStatus.class::cast).toList();
  }

  private String leader() {
    return answering().stream()
        .flatMap(node -> node.groups().stream())
        .map(GroupStatus::leader)
        .filter(leader -> !leader.isEmpty())
        .findFirst()
        .orElse("");
  }

  private String cluster() {
    String name = answering().stream().map(NodeStatus::cluster).findFirst().orElse("?");
    return "Cluster %s, %d of %d nodes answer, leader %s"
        .formatted(
            name, answering().size(), nodes.size(), leader().isEmpty() ? "unknown" : leader());
  }

  private String totals() {
    Map<WorkerHealth, Long> health =
        workers.items().stream()
            .collect(Collectors.groupingBy(WorkerStatus::health, Collectors.counting()));
    String told =
        health.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(entry -> entry.getValue() + " " + entry.getKey())
            .collect(Collectors.joining(", "));
    return "%d%s jobs, %d%s workers%s, %d of %d places taken"
        .formatted(
            jobs.items().size(),
            jobs.more() ? "+" : "",
            workers.items().size(),
            workers.more() ? "+" : "",
            told.isEmpty() ? "" : " (" + told + ")",
            workers.items().stream().mapToLong(WorkerStatus::running).sum(),
            workers.items().stream().mapToLong(WorkerStatus::capacity).sum());
  }

  /** What matters most comes first, as narrow terminals show the beginning of a line. */
  private Table jobTable() {
    Table table =
        new Table(
            "JOB",
            "STATE",
            "DONE",
            "LEFT",
            "RATE",
            "SUCCEEDED",
            "FAILED",
            "RUNNING",
            "PENDING",
            "WAITING",
            "FAULTS");
    for (Job job : jobs.items()) {
      JobProgress progress = JobProgress.of(job, now);
      OptionalDouble rate = job.state().hasEnded() ? progress.perSecond() : rate(job);
      table.row(
          job.name().name(),
          job.state(),
          String.format(Locale.ROOT, "%.1f%%", progress.percent()),
          progress.left().map(Shown::duration).orElse("-"),
          JobProgress.rate(rate),
          progress.succeeded() + "/" + progress.partitions(),
          JobProgress.sum(job, StageStatus::failed),
          JobProgress.sum(job, StageStatus::running),
          JobProgress.sum(job, StageStatus::pending),
          JobProgress.sum(job, StageStatus::waiting),
          job.stats().faults());
    }
    return table;
  }

  /** As JSON. */
  Fields fields() {
    return Fields.of()
        .put("nodes", nodes.size())
        .put("nodesAnswering", answering().size())
        .put("leader", leader())
        .objects("jobs", jobs.items().stream().map((Function<Job, Fields>) this::fields).toList())
        .put("moreJobs", jobs.more())
        .objects(
            "workers",
            workers.items().stream().map(worker -> WorkerCommand.fields(worker, now)).toList())
        .put("moreWorkers", workers.more());
  }

  private Fields fields(Job job) {
    Fields fields = JobShown.fields(job);
    OptionalDouble rate = rate(job);
    if (rate.isPresent()) {
      fields.put("perSecond", rate.getAsDouble());
    }
    return fields.put("progress", Optional.of(JobProgress.of(job, now).fields()));
  }
}
