package io.cairn.server.cli;

import io.cairn.client.Cairn;
import io.cairn.client.Task;
import io.cairn.client.TaskName;
import io.cairn.client.TaskQuery;
import io.cairn.client.TaskResult;
import io.cairn.client.TaskState;
import io.cairn.client.job.Barrier;
import io.cairn.client.job.Job;
import io.cairn.client.job.JobName;
import io.cairn.client.job.JobQuery;
import io.cairn.client.job.JobState;
import io.cairn.client.job.StageStatus;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Jobs, as a submitter and an operator see them. */
@Command(
    name = "job",
    description = "Submits jobs, looks at them, and ends them.",
    subcommands = {
      JobSubmit.class,
      JobCommand.Ls.class,
      JobCommand.Show.class,
      JobCommand.Results.class,
      JobCommand.Cancel.class,
      JobCommand.Retry.class,
      JobCommand.StartBarrier.class,
      JobCommand.Delete.class
    },
    footer = {
      "  cairn job submit nightly.yaml",
      "  cairn job show nightly",
      "  cairn job results nightly --stage sum"
    })
final class JobCommand {
  private JobCommand() {}

  /** A command on one job. */
  abstract static class OnJob extends Call {
    @Parameters(paramLabel = "JOB", description = "The job's name.")
    private String job = "";

    final JobName job() {
      return new JobName(cli().namespace(), job);
    }

    final Job found(Cairn cairn) {
      return cairn
          .jobs()
          .get(job())
          .orElseThrow(
              () -> new CommandFailure(Exit.NOT_FOUND, "no job " + job() + "; see 'cairn job ls'"));
    }

    final void said(Job changed) {
      output().result(JobShown.fields(changed), changed.name().name() + " " + changed.state());
    }
  }

  /** Lists jobs. */
  @Command(
      name = "ls",
      description = "Lists the jobs of the namespace in name order.",
      footer = {"  cairn job ls", "  cairn job ls nightly- --state FAILED -o json"})
  static final class Ls extends Call {
    @Parameters(arity = "0..1", paramLabel = "PREFIX", description = "Names that start so.")
    private String prefix = "";

    @Option(
        names = "--state",
        split = ",",
        paramLabel = "STATE",
        description = "In these states: ${COMPLETION-CANDIDATES}.")
    private Set<JobState> states = EnumSet.noneOf(JobState.class);

    @Option(names = "--limit", paramLabel = "N", description = "At most N. Default: 1000.")
    private int limit = 1_000;

    @Override
    Exit run() {
      requirePositive("--limit", limit);
      JobQuery query = JobQuery.of(cli().namespace()).withPrefix(prefix).inStates(states);
      Listed<Job> jobs;
      try (Cairn cairn = connect()) {
        jobs = Listed.jobs(cairn, query, limit);
      }
      output()
          .result(
              Fields.of()
                  .objects("jobs", jobs.items().stream().map(JobShown::fields).toList())
                  .put("more", jobs.more()),
              JobShown.table(jobs.items()).lines());
      if (jobs.more() && !output().isJson()) {
        output().remark("there may be more than " + limit + ": raise --limit, or give a prefix");
      }
      return Exit.DONE;
    }
  }

  /** Shows a job. */
  @Command(
      name = "show",
      description = {
        "Shows a job: its stages, how far it is and how fast, what its checkpoints cost, what was"
            + " recovered. With --tasks also its tasks, which have a row once they were begun."
      },
      footer = {
        "  cairn job show nightly",
        "  cairn job show nightly --tasks --state FAILED,SUSPECT",
        "  cairn job show nightly -o json",
      })
  static final class Show extends OnJob {
    /** Tasks whose bytes are added up, at most. */
    private static final int HELD_TASKS_MAX = 5_000;

    @Option(names = "--tasks", description = "List its tasks, too.")
    private boolean tasks;

    @Option(
        names = "--state",
        split = ",",
        paramLabel = "STATE",
        description = "--tasks: in these states: ${COMPLETION-CANDIDATES}.")
    private Set<TaskState> states = EnumSet.noneOf(TaskState.class);

    @Option(names = "--limit", paramLabel = "N", description = "--tasks: at most N. Default: 100.")
    private int limit = 100;

    @Override
    Exit run() {
      requirePositive("--limit", limit);
      if (!tasks && !states.isEmpty()) {
        throw usage("--state is for --tasks");
      }
      Job job;
      JobProgress progress;
      JobShown.Held held;
      Optional<Listed<Task>> listed = Optional.empty();
      try (Cairn cairn = connect()) {
        job = found(cairn);
        OptionalLong now = job.state().hasEnded() ? OptionalLong.empty() : LogTime.now(cairn);
        progress = JobProgress.of(job, now);
        held = held(cairn);
        if (tasks) {
          listed = Optional.of(list(cairn, states, limit));
        }
      }
      say(job, progress, held, listed);
      return Exit.DONE;
    }

    private JobShown.Held held(Cairn cairn) {
      Listed<Task> all = list(cairn, Set.of(), HELD_TASKS_MAX);
      long bytes =
          all.items().stream().mapToLong(task -> task.sectionBytes() + task.logBytes()).sum();
      List<String> pending =
          all.items().stream()
              .filter(task -> task.state() == TaskState.PENDING)
              .map(task -> task.name().name())
              .toList();
      return new JobShown.Held(bytes, !all.more(), pending);
    }

    private Listed<Task> list(Cairn cairn, Set<TaskState> wanted, int most) {
      TaskQuery query =
          TaskQuery.of(job().namespace()).withPrefix(job().name() + "/").inStates(wanted);
      return Listed.tasks(cairn, query, most);
    }

    private void say(
        Job job, JobProgress progress, JobShown.Held held, Optional<Listed<Task>> listed) {
      Fields fields =
          JobShown.fields(job)
              .put("progress", Optional.of(progress.fields()))
              .put("heldBytes", held.bytes())
              .put("heldBytesOfAll", held.isAll())
              .put("spec", job.spec().map(JobSpecShown::fields));
      List<String> lines = new ArrayList<>(JobShown.lines(job, progress, held));
      if (listed.isPresent()) {
        List<Task> items = listed.get().items();
        fields
            .objects("tasks", items.stream().map(TaskShown::fields).toList())
            .put("moreTasks", listed.get().more());
        lines.add("");
        lines.addAll(JobShown.tasks(items).lines());
      }
      output().result(fields, lines);
      if (listed.isPresent() && listed.get().more() && !output().isJson()) {
        output().remark("there are more than " + limit + " tasks: raise --limit, or use --state");
      }
    }
  }

  /** Shows results. */
  @Command(
      name = "results",
      description = {
        "Writes the results of a stage, one per line: partition, tab, result. The stage need not be"
            + " named if the job has one only."
      },
      footer = {"  cairn job results nightly", "  cairn job results nightly --stage sum -o json"})
  static final class Results extends OnJob {
    @Option(names = "--stage", paramLabel = "STAGE", description = "The stage's name.")
    private Optional<String> stage = Optional.empty();

    @Override
    Exit run() {
      SortedMap<Integer, TaskResult> results;
      StageStatus chosen;
      try (Cairn cairn = connect()) {
        chosen = chosen(found(cairn));
        results = cairn.jobs().results(job(), chosen.name());
      }
      output()
          .result(
              Fields.of()
                  .put("job", job().name())
                  .put("stage", chosen.name())
                  .put("partitions", chosen.partitions())
                  .objects(
                      "results",
                      results.entrySet().stream()
                          .map(row -> JobShown.fields(row.getKey(), row.getValue()))
                          .toList()),
              JobShown.lines(results));
      if (results.size() < chosen.partitions() && !output().isJson()) {
        output()
            .remark(
                "%d of %d partitions have a result".formatted(results.size(), chosen.partitions()));
      }
      return Exit.DONE;
    }

    private StageStatus chosen(Job job) {
      List<String> names = job.stages().stream().map(StageStatus::name).toList();
      if (stage.isEmpty() && names.size() != 1) {
        throw usage("which stage? --stage is one of " + String.join(", ", names));
      }
      return job.stages().stream()
          .filter(one -> stage.isEmpty() || one.name().equals(stage.get()))
          .findFirst()
          .orElseThrow(
              () ->
                  new CommandFailure(
                      Exit.NOT_FOUND,
                      "job '%s' has no stage '%s', it has %s"
                          .formatted(
                              job.name().name(), stage.orElse(""), String.join(", ", names))));
    }
  }

  /** Cancels a job. */
  @Command(
      name = "cancel",
      description = "Ends a job that has not ended; owners of its tasks are fenced.",
      footer = "  cairn job cancel nightly")
  static final class Cancel extends OnJob {
    @Override
    Exit run() {
      try (Cairn cairn = connect()) {
        said(cairn.jobs().cancel(job()));
      }
      return Exit.DONE;
    }
  }

  /** Runs what has failed again. */
  @Command(
      name = "retry",
      description = {
        "Runs the failed partitions of a failed job again, from their newest checkpoints."
      },
      footer = "  cairn job retry nightly")
  static final class Retry extends OnJob {
    @Override
    Exit run() {
      try (Cairn cairn = connect()) {
        said(cairn.jobs().retry(job()));
      }
      return Exit.DONE;
    }
  }

  /** Starts a barrier. */
  @Command(
      name = "barrier",
      description = {
        "Starts a checkpoint of all tasks of a job together, for a job whose checkpoints are"
            + " coordinated. 'cairn job show' says what became of it."
      },
      footer = "  cairn job barrier nightly")
  static final class StartBarrier extends OnJob {
    @Override
    Exit run() {
      Barrier barrier;
      try (Cairn cairn = connect()) {
        barrier = cairn.jobs().startBarrier(job());
      }
      output().result(JobShown.fields(barrier), "barrier " + JobShown.line(barrier));
      return Exit.DONE;
    }
  }

  /** Deletes a job. */
  @Command(
      name = "delete",
      description = "Removes a job that has ended, with its tasks and their results.",
      footer = "  cairn job delete nightly --yes")
  static final class Delete extends OnJob {
    @Option(names = "--yes", description = "Say that this is meant.")
    private boolean yes;

    @Override
    Exit run() {
      if (!yes) {
        throw usage("deletion cannot be undone: say --yes");
      }
      Job job;
      try (Cairn cairn = connect()) {
        job = cairn.jobs().delete(job());
      }
      output()
          .result(
              Fields.of().put("deleted", true).put("job", Optional.of(JobShown.fields(job))),
              "deleted " + job().name());
      return Exit.DONE;
    }
  }

  /** The job whose task this is; empty if it is of none. */
  static Optional<JobName> jobOf(TaskName task) {
    String[] parts = task.name().split("/", -1);
    boolean isOne = parts.length == 3 && !parts[0].isEmpty() && parts[2].matches("\\d+(#\\d+)?");
    return isOne ? Optional.of(new JobName(task.namespace(), parts[0])) : Optional.empty();
  }
}
