package io.cairn.server.cli;

import io.cairn.client.Bytes;
import io.cairn.client.Cairn;
import io.cairn.client.Checkpoint;
import io.cairn.client.LogEntry;
import io.cairn.client.Page;
import io.cairn.client.Task;
import io.cairn.client.TaskHistoryEvent;
import io.cairn.client.TaskName;
import io.cairn.client.TaskQuery;
import io.cairn.client.TaskState;
import io.cairn.client.TaskVerification;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tasks, as an operator sees them. */
@Command(
    name = "task",
    description = "Looks at tasks: their state, history, checkpoints, recovery log and faults.",
    subcommands = {
      TaskCommand.Ls.class,
      TaskCommand.Show.class,
      TaskCommand.History.class,
      TaskCommand.Log.class,
      TaskCommand.Verify.class,
      TaskFaults.Faults.class,
      TaskFaults.Quarantine.class,
      TaskFaults.Explain.class,
      TaskCommand.Cancel.class,
      TaskCommand.Delete.class
    },
    footer = {
      "  cairn task ls",
      "  cairn task show billing/2026-11",
      "  cairn task verify billing/2026-11 --namespace finance"
    })
final class TaskCommand {
  private TaskCommand() {}

  /** A command on one task. */
  abstract static class OnTask extends Call {
    @Parameters(paramLabel = "TASK", description = "The task's name.")
    private String task = "";

    final TaskName task() {
      return new TaskName(cli().namespace(), task);
    }

    final Task found(Cairn cairn) {
      return cairn.tasks().get(task()).orElseThrow(() -> AbsentTask.told(cairn, task()));
    }
  }

  /** Lists tasks. */
  @Command(
      name = "ls",
      description = "Lists the tasks of the namespace in name order.",
      footer = {"  cairn task ls", "  cairn task ls billing/ --state FAILED -o json"})
  static final class Ls extends Call {
    @Parameters(arity = "0..1", paramLabel = "PREFIX", description = "Names that start so.")
    private String prefix = "";

    @Option(
        names = "--state",
        split = ",",
        paramLabel = "STATE",
        description = "In these states: ${COMPLETION-CANDIDATES}.")
    private Set<TaskState> states = EnumSet.noneOf(TaskState.class);

    @Option(names = "--limit", paramLabel = "N", description = "At most N. Default: 1000.")
    private int limit = 1_000;

    @Override
    Exit run() {
      requirePositive("--limit", limit);
      TaskQuery query = TaskQuery.of(cli().namespace()).withPrefix(prefix).inStates(states);
      Listed<Task> tasks;
      try (Cairn cairn = connect()) {
        tasks = Listed.tasks(cairn, query, limit);
      }
      say(tasks.items(), tasks.more());
      return Exit.DONE;
    }

    private void say(List<Task> tasks, boolean more) {
      Table table = new Table("TASK", "STATE", "ATTEMPT", "EPOCH", "CHECKPOINT", "LOG", "OWNER");
      for (Task task : tasks) {
        table.row(
            task.name().name(),
            task.state(),
            task.attempt(),
            task.epoch(),
            task.checkpointSeq() < 0 ? "-" : Long.toString(task.checkpointSeq()),
            task.lastLsn(),
            task.owner().orElse("-"));
      }
      output()
          .result(
              Fields.of()
                  .objects("tasks", tasks.stream().map(TaskShown::fields).toList())
                  .put("more", more),
              table.lines());
      if (more && !output().isJson()) {
        output().remark("there are more than " + limit + ": raise --limit, or give a prefix");
      }
    }
  }

  /** Shows a task. */
  @Command(
      name = "show",
      description = "Shows a task with its kept checkpoints.",
      footer = "  cairn task show billing/2026-11 -o json")
  static final class Show extends OnTask {
    @Override
    Exit run() {
      Task task;
      List<Checkpoint> checkpoints;
      try (Cairn cairn = connect()) {
        task = found(cairn);
        checkpoints = cairn.tasks().checkpoints(task());
      }
      output()
          .result(
              TaskShown.fields(task)
                  .objects("checkpoints", checkpoints.stream().map(TaskShown::fields).toList()),
              TaskShown.lines(task, checkpoints));
      return Exit.DONE;
    }
  }

  /** Shows the history of a task. */
  @Command(
      name = "history",
      description = "Shows what happened to a task, oldest first.",
      footer = "  cairn task history billing/2026-11")
  static final class History extends OnTask {
    @Override
    Exit run() {
      List<TaskHistoryEvent> events;
      try (Cairn cairn = connect()) {
        found(cairn);
        events = cairn.tasks().history(task());
      }
      output()
          .result(
              Fields.of().objects("events", events.stream().map(TaskShown::fields).toList()),
              TaskShown.table(events).lines());
      return Exit.DONE;
    }
  }

  /** Shows the recovery log of a task. */
  @Command(
      name = "log",
      description = {
        "Shows the recovery log of a task: number, epoch, size, digest and bytes of each record."
      },
      footer = {
        "  cairn task log billing/2026-11",
        "  cairn task log billing/2026-11 --from 100 --limit 10 -o json"
      })
  static final class Log extends OnTask {
    private static final int SHOWN_MAX = 60;

    @Option(names = "--from", paramLabel = "LSN", description = "From this record on.")
    private long from = 1;

    @Option(names = "--limit", paramLabel = "N", description = "At most N. Default: 100.")
    private int limit = 100;

    @Override
    Exit run() {
      requirePositive("--limit", limit);
      List<LogEntry> entries = new ArrayList<>();
      boolean more = true;
      try (Cairn cairn = connect()) {
        long next = Math.max(from, found(cairn).firstLsn());
        while (more && entries.size() < limit) {
          Page<LogEntry> page = cairn.tasks().log(task(), next, limit - entries.size());
          entries.addAll(page.items());
          more = page.more() && !page.items().isEmpty();
          next = more ? page.items().get(page.items().size() - 1).lsn() + 1 : next;
        }
      }
      Table table = new Table("LSN", "EPOCH", "TIME", "BYTES", "DIGEST", "RECORD");
      for (LogEntry entry : entries) {
        table.row(
            entry.lsn(),
            entry.epoch(),
            entry.timeMillis(),
            entry.payload().size(),
            Shown.digest(entry.digest()),
            shortened(entry.payload()));
      }
      output()
          .result(
              Fields.of()
                  .objects("records", entries.stream().map(TaskShown::fields).toList())
                  .put("more", more),
              table.lines());
      return Exit.DONE;
    }

    private static String shortened(Bytes payload) {
      String line = Shown.line(payload);
      return line.length() <= SHOWN_MAX ? line : line.substring(0, SHOWN_MAX) + "...";
    }
  }

  /** Verifies a task's stored bytes. */
  @Command(
      name = "verify",
      description = {
        "Walks the chain of digests through the recovery log, and the sections of the kept"
            + " checkpoints. Exit code 1 and the place of each damage if one does not fit."
      },
      footer = "  cairn task verify billing/2026-11")
  static final class Verify extends OnTask {
    @Override
    Exit run() {
      TaskVerification verification;
      try (Cairn cairn = connect()) {
        found(cairn);
        verification = cairn.tasks().verify(task());
      }
      List<String> lines = new ArrayList<>();
      String counts =
          "%d records, %d checkpoints"
              .formatted(verification.records(), verification.checkpoints());
      if (verification.isSound()) {
        lines.add("sound: " + counts);
      }
      for (TaskVerification.Damage damage : verification.damages()) {
        lines.add("DAMAGED %s: %s".formatted(damage.place(), damage.what()));
      }
      output()
          .result(
              Fields.of()
                  .put("sound", verification.isSound())
                  .put("records", verification.records())
                  .put("checkpoints", verification.checkpoints())
                  .objects(
                      "damages", verification.damages().stream().map(TaskShown::fields).toList()),
              lines);
      if (!verification.isSound()) {
        throw new CommandFailure(
            Exit.FAILED,
            "%s is damaged at %d places, the first is %s (%s walked)"
                .formatted(
                    task(),
                    verification.damages().size(),
                    verification.damages().get(0).place(),
                    counts));
      }
      return Exit.DONE;
    }
  }

  /** Cancels a task. */
  @Command(
      name = "cancel",
      description = "Ends a task that has not ended; its owner is fenced.",
      footer = "  cairn task cancel billing/2026-11")
  static final class Cancel extends OnTask {
    @Override
    Exit run() {
      Task task;
      try (Cairn cairn = connect()) {
        task = cairn.tasks().cancel(task());
      }
      output().result(TaskShown.fields(task), task.name().name() + " " + task.state());
      return Exit.DONE;
    }
  }

  /** Deletes a task. */
  @Command(
      name = "delete",
      description = {
        "Removes a task with its checkpoints, log and history. Its next owner starts from the"
            + " beginning. A task that is owned is cancelled before."
      },
      footer = "  cairn task delete billing/2026-11 --yes")
  static final class Delete extends OnTask {
    @Option(names = "--yes", description = "Say that this is meant.")
    private boolean yes;

    @Override
    Exit run() {
      if (!yes) {
        throw usage("deletion cannot be undone: say --yes");
      }
      Optional<Task> task;
      try (Cairn cairn = connect()) {
        task = Optional.of(cairn.tasks().delete(task()));
      }
      output()
          .result(
              Fields.of().put("deleted", true).put("task", task.map(TaskShown::fields)),
              "deleted " + task().name());
      return Exit.DONE;
    }
  }
}
