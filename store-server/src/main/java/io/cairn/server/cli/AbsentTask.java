package io.cairn.server.cli;

import io.cairn.client.Cairn;
import io.cairn.client.TaskName;
import io.cairn.client.job.Job;
import io.cairn.client.job.StageStatus;
import java.util.Optional;
import java.util.stream.Collectors;

/** Why there is no task of a name: a job's partition has none before it is dispatched. */
final class AbsentTask {
  private AbsentTask() {}

  /** What is told of it. */
  static CommandFailure told(Cairn cairn, TaskName task) {
    Optional<Job> job = JobCommand.jobOf(task).flatMap(name -> cairn.jobs().get(name));
    return new CommandFailure(
        Exit.NOT_FOUND,
        job.map(found -> inJob(found, task))
            .orElseGet(() -> "no task " + task + "; see 'cairn task ls'"));
  }

  private static String inJob(Job job, TaskName task) {
    String[] parts = task.name().split("[/#]", -1);
    Optional<StageStatus> stage =
        job.stages().stream().filter(one -> one.name().equals(parts[1])).findFirst();
    if (stage.isEmpty()) {
      return "job %s has no stage '%s', only %s"
          .formatted(
              job.name(),
              parts[1],
              job.stages().stream().map(StageStatus::name).collect(Collectors.joining(", ")));
    }
    StageStatus of = stage.get();
    if (!isPartition(parts[2], of.partitions())) {
      return "no partition %s: stage '%s' of job %s has partitions 0 to %d"
          .formatted(parts[2], of.name(), job.name(), of.partitions() - 1);
    }
    if (parts.length > 3) {
      return "partition %s/%s/%s has no run %s now; see 'cairn job show %s --tasks'"
          .formatted(parts[0], parts[1], parts[2], parts[3], job.name().name());
    }
    String why =
        job.state().hasEnded()
            ? "job %s is %s".formatted(job.name(), job.state())
            : of.open()
                ? "it waits for a worker"
                : "stage '%s' waits for those before it".formatted(of.name());
    return "partition %s was never dispatched, and has no task yet: %s; see 'cairn job show %s'"
        .formatted(task, why, job.name().name());
  }

  private static boolean isPartition(String number, int partitions) {
    return number.matches("0|[1-9][0-9]{0,8}") && Integer.parseInt(number) < partitions;
  }
}
