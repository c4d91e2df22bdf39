package io.cairn.server.cli;

import io.cairn.client.Bytes;
import io.cairn.client.Task;
import io.cairn.client.TaskResult;
import io.cairn.client.job.Barrier;
import io.cairn.client.job.CheckpointPolicy;
import io.cairn.client.job.Job;
import io.cairn.client.job.JobStats;
import io.cairn.client.job.StageSpec;
import io.cairn.client.job.StageStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** How jobs and what belongs to them are shown, to people and as JSON. */
final class JobShown {
  private JobShown() {}

  /**
   * What a job's tasks have.
   *
   * @param bytes of kept sections and records
   * @param isAll false: there are more tasks than were asked for
   * @param pending names of those that wait to be dispatched
   */
  record Held(long bytes, boolean isAll, List<String> pending) {}

  /** A job as JSON. */
  static Fields fields(Job job) {
    return Fields.of()
        .put("namespace", job.name().namespace())
        .put("name", job.name().name())
        .put("id", job.id())
        .put("state", job.state().name())
        .put("submission", job.submission())
        .put("generation", job.generation())
        .put("createTimeMillis", job.createTimeMillis())
        .put("endTimeMillis", job.endTimeMillis())
        .objects("stages", job.stages().stream().map(JobShown::fields).toList())
        .put("stats", Optional.of(fields(job.stats())))
        .put("fault", job.fault().map(FaultShown::fields))
        .put("barrier", job.barrier().map(JobShown::fields))
        .put("committedBarrier", job.committedBarrier())
        .texts("handlersMissing", job.handlersMissing().stream().sorted().toList());
  }

  private static Fields fields(StageStatus stage) {
    return Fields.of()
        .put("name", stage.name())
        .put("partitions", stage.partitions())
        .put("waiting", stage.waiting())
        .put("pending", stage.pending())
        .put("running", stage.running())
        .put("succeeded", stage.succeeded())
        .put("failed", stage.failed())
        .put("cancelled", stage.cancelled())
        .put("open", stage.open())
        .put("medianMillis", stage.median().toMillis());
  }

  private static Fields fields(JobStats stats) {
    return Fields.of()
        .put("attempts", stats.attempts())
        .put("faults", stats.faults())
        .put("runTimeMillis", stats.runTime().toMillis())
        .put("checkpoints", stats.checkpoints())
        .put("checkpointBytes", stats.checkpointBytes())
        .put("checkpointTimeMicros", stats.checkpointTime().toNanos() / 1_000)
        .put("recoveredBytes", stats.recoveredBytes())
        .put("intervalMillis", stats.interval().toMillis())
        .put("intervalReason", stats.intervalReason())
        .put("quarantined", stats.quarantined());
  }

  /** A barrier as JSON. */
  static Fields fields(Barrier barrier) {
    return Fields.of()
        .put("number", barrier.number())
        .put("phase", barrier.phase().name())
        .put("deadlineMillis", barrier.deadlineMillis())
        .put("tasks", barrier.tasks())
        .put("arrived", barrier.arrived())
        .put("reason", barrier.reason())
        .put("commitTimeMillis", barrier.commitTimeMillis());
  }

  /** The result of a partition as JSON. */
  static Fields fields(int partition, TaskResult result) {
    ResultShown shown = ResultShown.of(result.stored());
    return Fields.of()
        .put("partition", partition)
        .put("result", shown.value())
        .put("resultCodec", shown.codec())
        .put("resultDigest", result.digest().toHex());
  }

  /** A barrier on one line. */
  static String line(Barrier barrier) {
    return "#%d %s, %d of %d tasks%s"
        .formatted(
            barrier.number(),
            barrier.phase(),
            barrier.arrived(),
            barrier.tasks(),
            barrier.reason().isEmpty() ? "" : ": " + barrier.reason());
  }

  /** Jobs in a list. */
  static Table table(List<Job> jobs) {
    Table table =
        new Table(
            "JOB",
            "STATE",
            "PARTITIONS",
            "WAITING",
            "PENDING",
            "RUNNING",
            "SUCCEEDED",
            "FAILED",
            "FAULTS",
            "SUBMISSION");
    for (Job job : jobs) {
      table.row(
          job.name().name(),
          job.state(),
          JobProgress.sum(job, StageStatus::partitions),
          JobProgress.sum(job, StageStatus::waiting),
          JobProgress.sum(job, StageStatus::pending),
          JobProgress.sum(job, StageStatus::running),
          JobProgress.sum(job, StageStatus::succeeded),
          JobProgress.sum(job, StageStatus::failed),
          job.stats().faults(),
          job.submission());
    }
    return table;
  }

  /** A job for people. */
  static List<String> lines(Job job, JobProgress progress, Held held) {
    JobStats stats = job.stats();
    Table table = new Table("job", job.name().name());
    table.row("namespace", job.name().namespace());
    table.row("state", job.state());
    table.row("submission", job.submission());
    table.row("generation", job.generation());
    table.row("progress", progress.line());
    table.row(
        "attempts",
        "%d, %d faults, %d items left out"
            .formatted(stats.attempts(), stats.faults(), stats.quarantined()));
    table.row("interval", interval(job));
    table.row("checkpoints", cost(stats));
    table.row("recovered", recovered(stats, held));
    job.barrier().ifPresent(barrier -> table.row("barrier", line(barrier)));
    if (job.committedBarrier() > 0) {
      table.row("committed", "#" + job.committedBarrier());
    }
    job.fault().ifPresent(fault -> table.row("fault", FaultShown.line(fault)));
    job.spec()
        .ifPresent(
            spec ->
                spec.labels().entrySet().stream()
                    .sorted(java.util.Map.Entry.comparingByKey())
                    .forEach(label -> table.row("label", label.getKey() + "=" + label.getValue())));
    job.handlersMissing().stream()
        .sorted()
        .forEach(handler -> table.row("missing", "no worker has handler '" + handler + "'"));
    List<String> lines = new ArrayList<>(table.lines());
    lines.add("");
    lines.addAll(stages(job).lines());
    if (!held.pending().isEmpty() && !job.state().hasEnded()) {
      lines.add("");
      lines.add(
          "%d tasks are PENDING; 'cairn task explain %s' says for what one waits"
              .formatted(held.pending().size(), held.pending().get(0)));
    }
    return lines;
  }

  private static Table stages(Job job) {
    Table table =
        new Table(
            "STAGE",
            "HANDLER",
            "PARTITIONS",
            "WAITING",
            "PENDING",
            "RUNNING",
            "SUCCEEDED",
            "FAILED",
            "CANCELLED",
            "MEDIAN",
            "AFTER");
    for (StageStatus stage : job.stages()) {
      Optional<StageSpec> spec =
          job.spec().stream()
              .flatMap(all -> all.stages().stream())
              .filter(one -> one.name().equals(stage.name()))
              .findFirst();
      table.row(
          stage.name(),
          spec.map(StageSpec::handler).orElse("-"),
          stage.partitions(),
          stage.waiting(),
          stage.pending(),
          stage.running(),
          stage.succeeded(),
          stage.failed(),
          stage.cancelled(),
          stage.median().isZero() ? "-" : Shown.duration(stage.median()),
          after(stage, spec));
    }
    return table;
  }

  private static String after(StageStatus stage, Optional<StageSpec> spec) {
    String names = spec.map(one -> String.join(",", one.after())).orElse("");
    if (names.isEmpty()) {
      return "-";
    }
    return stage.open() ? names : names + " (waits)";
  }

  /** The interval that its tasks told last, and why; else what the job says. */
  private static String interval(Job job) {
    JobStats stats = job.stats();
    if (stats.interval().isZero()) {
      return job.spec().map(spec -> interval(spec.checkpoints())).orElse("not by time");
    }
    String every = Shown.duration(stats.interval());
    return stats.intervalReason().isEmpty() ? every : every + ": " + stats.intervalReason();
  }

  private static String interval(CheckpointPolicy policy) {
    Optional<CheckpointPolicy.Coordinated> coordinated = policy.coordinated();
    if (coordinated.isPresent()) {
      Duration every = coordinated.get().interval();
      return every.isZero()
          ? "all tasks together, when asked"
          : Shown.duration(every) + ": all tasks together";
    }
    return policy
        .adaptive()
        .map(
            bounds ->
                "%s to %s: adaptive, nothing measured yet"
                    .formatted(Shown.duration(bounds.min()), Shown.duration(bounds.max())))
        .orElse(
            policy.interval().isZero()
                ? "not by time"
                : Shown.duration(policy.interval()) + ": fixed");
  }

  private static String cost(JobStats stats) {
    long micros = stats.checkpointTime().toNanos() / 1_000;
    long run = stats.runTime().toMillis();
    String share =
        run == 0 ? "" : String.format(Locale.ROOT, ", %.2f%% of run time", micros / 10.0 / run);
    return "%d, %s, took %s%s%s"
        .formatted(
            stats.checkpoints(),
            Shown.bytes(stats.checkpointBytes()),
            Shown.duration(stats.checkpointTime()),
            share,
            run == 0 ? "" : " " + Shown.duration(Duration.ofMillis(run)));
  }

  private static String recovered(JobStats stats, Held held) {
    String of =
        "%s read again of %s%s that its tasks hold"
            .formatted(
                Shown.bytes(stats.recoveredBytes()),
                held.isAll() ? "" : "more than ",
                Shown.bytes(held.bytes()));
    return held.bytes() == 0
        ? of
        : of
            + String.format(
                Locale.ROOT, " (%.1f%%)", 100.0 * stats.recoveredBytes() / held.bytes());
  }

  /** A job's tasks for people. */
  static Table tasks(List<Task> tasks) {
    Table table =
        new Table("TASK", "STATE", "ATTEMPT", "EPOCH", "CHECKPOINT", "LOG", "OWNER", "FAULT");
    for (Task task : tasks) {
      table.row(
          task.name().name(),
          task.state(),
          task.attempt(),
          task.epoch(),
          task.checkpointSeq() < 0 ? "-" : Long.toString(task.checkpointSeq()),
          task.lastLsn(),
          task.owner().orElse("-"),
          task.fault().map(fault -> fault.type()).orElse("-"));
    }
    return table;
  }

  /** Results for people: number, tab, value. */
  static List<String> lines(java.util.SortedMap<Integer, TaskResult> results) {
    return results.entrySet().stream()
        .map(
            row ->
                row.getKey() + "\t" + Shown.line(ResultShown.of(row.getValue().stored()).value()))
        .collect(Collectors.toList());
  }

  /** Texts of names, or a dash. */
  static String joined(java.util.Collection<String> names) {
    return names.isEmpty() ? "-" : Shown.line(Bytes.utf8(String.join(",", names)));
  }
}
