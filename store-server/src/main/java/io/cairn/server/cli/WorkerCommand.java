package io.cairn.server.cli;

import io.cairn.client.Cairn;
import io.cairn.client.job.WorkerLoad;
import io.cairn.client.job.WorkerStatus;
import io.cairn.client.job.WorkerTask;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Workers, as an operator sees them, and as a process. */
@Command(
    name = "worker",
    description = "Looks at workers, has them leave, and runs one.",
    subcommands = {
      WorkerCommand.Ls.class,
      WorkerCommand.Tasks.class,
      WorkerCommand.Drain.class,
      WorkerCommand.Remove.class,
      WorkerRun.class
    },
    footer = {
      "  cairn worker ls",
      "  cairn worker tasks host7-1",
      "  cairn worker run --jar pricing.jar --handler pricing=com.example.Pricing"
    })
final class WorkerCommand {
  private WorkerCommand() {}

  /** Lists workers. */
  @Command(
      name = "ls",
      description = {
        "Lists the workers in the order of their ids: node, health and its reason, handlers, running"
            + " tasks and places, and load in percent (processors/heap/collections) as it reported"
            + " last: one without tasks reports only when its load changes."
      },
      footer = {"  cairn worker ls", "  cairn worker ls --handler pricing -o json"})
  static final class Ls extends Call {
    @Option(names = "--handler", paramLabel = "H", description = "Those that have this handler.")
    private Optional<String> handler = Optional.empty();

    @Option(names = "--node", paramLabel = "NODE", description = "Those on this node.")
    private Optional<String> node = Optional.empty();

    @Option(names = "--limit", paramLabel = "N", description = "Of the first N. Default: 1000.")
    private int limit = 1_000;

    @Override
    Exit run() {
      requirePositive("--limit", limit);
      Listed<WorkerStatus> found;
      OptionalLong now;
      try (Cairn cairn = connect()) {
        found = Listed.workers(cairn, limit);
        now = LogTime.now(cairn);
      }
      List<WorkerStatus> workers =
          found.items().stream()
              .filter(worker -> handler.map(worker.handlers()::contains).orElse(true))
              .filter(worker -> node.map(worker.node()::equals).orElse(true))
              .toList();
      output()
          .result(
              Fields.of()
                  .objects("workers", workers.stream().map(worker -> fields(worker, now)).toList())
                  .put("more", found.more()),
              table(workers, now).lines());
      if (found.more() && !output().isJson()) {
        output().remark("there may be more than " + limit + ": raise --limit");
      }
      return Exit.DONE;
    }
  }

  /** A command on one worker. */
  abstract static class OnWorker extends Call {
    @Parameters(paramLabel = "WORKER", description = "The worker's id.")
    private String id = "";

    final WorkerStatus found(Cairn cairn) {
      return cairn
          .workers()
          .get(id)
          .orElseThrow(
              () ->
                  new CommandFailure(
                      Exit.NOT_FOUND, "no worker '%s'; see 'cairn worker ls'".formatted(id)));
    }
  }

  /** Lists a worker's tasks. */
  @Command(
      name = "tasks",
      description = "Lists what a worker has been given.",
      footer = "  cairn worker tasks host7-1")
  static final class Tasks extends OnWorker {
    @Override
    Exit run() {
      WorkerStatus worker;
      List<WorkerTask> tasks;
      try (Cairn cairn = connect()) {
        worker = found(cairn);
        tasks = cairn.workers().tasks(worker.id(), worker.epoch());
      }
      Table table = new Table("TASK", "STATE", "ATTEMPT", "EPOCH", "PROGRESS", "CHECKPOINT", "LOG");
      for (WorkerTask row : tasks) {
        table.row(
            row.task().name().name(),
            row.task().state(),
            row.task().attempt(),
            row.task().epoch(),
            row.total() == 0 ? row.progress() : row.progress() + "/" + row.total(),
            row.task().checkpointSeq() < 0 ? "-" : Long.toString(row.task().checkpointSeq()),
            row.task().lastLsn());
      }
      output()
          .result(
              Fields.of()
                  .put("worker", worker.id())
                  .put("epoch", worker.epoch())
                  .objects("tasks", tasks.stream().map(Tasks::fields).toList()),
              table.lines());
      return Exit.DONE;
    }

    private static Fields fields(WorkerTask row) {
      return Fields.of()
          .put("task", Optional.of(TaskShown.fields(row.task())))
          .put("progress", row.progress())
          .put("total", row.total());
    }
  }

  /** Gives a worker nothing new. */
  @Command(
      name = "drain",
      description = {
        "Gives a worker nothing new any more. It goes on with what it has, and stays until its"
            + " process is stopped, or 'cairn worker remove'."
      },
      footer = "  cairn worker drain host7-1")
  static final class Drain extends OnWorker {
    @Override
    Exit run() {
      WorkerStatus drained;
      int tasks;
      try (Cairn cairn = connect()) {
        WorkerStatus worker = found(cairn);
        drained = cairn.workers().drain(worker.id(), worker.epoch());
        tasks = cairn.workers().tasks(worker.id(), worker.epoch()).size();
      }
      output()
          .result(
              fields(drained, OptionalLong.empty()),
              "%s %s, %d tasks go on".formatted(drained.id(), drained.health(), tasks));
      return Exit.DONE;
    }
  }

  /** Takes a worker away. */
  @Command(
      name = "remove",
      description = {
        "Takes a worker away at once, as if it were lost: what it has is given to others, and its"
            + " writes are refused. A process that lives registers anew: stop it, or drain it."
      },
      footer = "  cairn worker remove host7-1")
  static final class Remove extends OnWorker {
    @Override
    Exit run() {
      WorkerStatus worker;
      int tasks;
      try (Cairn cairn = connect()) {
        worker = found(cairn);
        tasks = cairn.workers().tasks(worker.id(), worker.epoch()).size();
        cairn.workers().remove(worker.id(), worker.epoch());
      }
      output()
          .result(
              Fields.of()
                  .put("removed", true)
                  .put("worker", Optional.of(fields(worker, OptionalLong.empty()))),
              "removed %s, %d tasks are given to others".formatted(worker.id(), tasks));
      return Exit.DONE;
    }
  }

  /** Workers for people. */
  static Table table(List<WorkerStatus> workers, OptionalLong now) {
    Table table =
        new Table(
            "WORKER",
            "NODE",
            "HEALTH",
            "RUNNING",
            "LOAD",
            "SPARE",
            "REPORTED",
            "REASON",
            "HANDLERS");
    for (WorkerStatus worker : workers) {
      table.row(
          worker.id(),
          worker.node(),
          worker.health(),
          worker.running() + "/" + worker.capacity(),
          worker.load().map(WorkerCommand::load).orElse("-"),
          worker.spare() ? "yes" : "no",
          heard(worker, now),
          worker.reason().isEmpty() ? "-" : worker.reason(),
          JobShown.joined(worker.handlers().stream().sorted().toList()));
    }
    return table;
  }

  private static String load(WorkerLoad load) {
    return load.cpu() + "/" + load.heap() + "/" + load.gc();
  }

  private static String heard(WorkerStatus worker, OptionalLong now) {
    return now.isEmpty()
        ? "-"
        : Shown.duration(
                Duration.ofMillis(Math.max(0, now.getAsLong() - worker.reportTimeMillis())))
            + " ago";
  }

  /** A worker as JSON. */
  static Fields fields(WorkerStatus worker, OptionalLong now) {
    Fields fields =
        Fields.of()
            .put("id", worker.id())
            .put("node", worker.node())
            .put("epoch", worker.epoch())
            .put("lease", worker.lease())
            .put("capacity", worker.capacity())
            .put("running", worker.running())
            .texts("handlers", worker.handlers().stream().sorted().toList())
            .put("spare", worker.spare())
            .put("health", worker.health().name())
            .put("reason", worker.reason())
            .put(
                "load",
                worker
                    .load()
                    .map(
                        load ->
                            Fields.of()
                                .put("cpu", load.cpu())
                                .put("heap", load.heap())
                                .put("gc", load.gc())))
            .put("connectionsLost", worker.connectionsLost())
            .put("registerTimeMillis", worker.registerTimeMillis())
            .put("reportTimeMillis", worker.reportTimeMillis())
            .texts("labels", worker.labels());
    if (now.isPresent()) {
      fields.put("heardMillisAgo", Math.max(0, now.getAsLong() - worker.reportTimeMillis()));
    }
    return fields;
  }
}
