package io.cairn.server.cli;

import io.cairn.client.Bytes;
import io.cairn.client.Cairn;
import io.cairn.client.Fault;
import io.cairn.client.FaultPlace;
import io.cairn.client.Task;
import io.cairn.client.job.Explanation;
import io.cairn.client.job.FaultQuery;
import io.cairn.client.job.FaultRecord;
import io.cairn.client.job.JobName;
import io.cairn.client.job.QuarantineQuery;
import io.cairn.client.job.QuarantinedItem;
import io.cairn.client.job.RecoveryAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What befell a job's task, and what is done about it. */
final class TaskFaults {
  private TaskFaults() {}

  /** A command on one task of a job. */
  abstract static class OnJobTask extends TaskCommand.OnTask {
    final JobName job() {
      return JobCommand.jobOf(task())
          .orElseThrow(
              () ->
                  usage(
                      "'%s' is no task of a job: these are called JOB/STAGE/PARTITION, or"
                              .formatted(task().name())
                          + " JOB/STAGE/PARTITION#REPLICA"));
    }
  }

  /** Lists the faults of a task. */
  @Command(
      name = "fault",
      description = {
        "Lists the kept faults of a job's task, oldest first: what, where, the recovery point before"
            + " it, and what the job's recovery policy did about it."
      },
      footer = {"  cairn task fault nightly/price/3", "  cairn task fault nightly/price/3 -o json"})
  static final class Faults extends OnJobTask {
    @Override
    Exit run() {
      List<FaultRecord> faults;
      try (Cairn cairn = connect()) {
        found(cairn);
        faults =
            Listed.faults(cairn, FaultQuery.of(job())).items().stream()
                .filter(row -> row.task().equals(task()))
                .toList();
      }
      output()
          .result(
              Fields.of().objects("faults", faults.stream().map(FaultShown::fields).toList()),
              FaultShown.table(faults).lines());
      return Exit.DONE;
    }
  }

  /** Lists items that are left out. */
  @Command(
      name = "quarantine",
      description = {
        "Lists the items of a job's task that failed, with how often: from the number that the"
            + " recovery policy says on they are left out."
      },
      footer = "  cairn task quarantine nightly/price/3")
  static final class Quarantine extends OnJobTask {
    @Option(names = "--limit", paramLabel = "N", description = "At most N. Default: 1000.")
    private int limit = 1_000;

    @Override
    Exit run() {
      requirePositive("--limit", limit);
      job();
      Listed<QuarantinedItem> listed;
      try (Cairn cairn = connect()) {
        found(cairn);
        listed = Listed.quarantine(cairn, QuarantineQuery.of(task()), limit);
      }
      List<QuarantinedItem> items = listed.items();
      Table table = new Table("ITEM", "FAILURES", "TYPE", "LAST FAULT");
      for (QuarantinedItem item : items) {
        table.row(
            Shown.line(item.item()),
            item.failures(),
            item.fault().map(Fault::type).orElse("-"),
            item.fault().map(fault -> Shown.line(Bytes.utf8(fault.message()))).orElse("-"));
      }
      output()
          .result(
              Fields.of()
                  .objects("items", items.stream().map(Quarantine::fields).toList())
                  .put("more", listed.more()),
              table.lines());
      if (listed.more() && !output().isJson()) {
        output().remark("there may be more than " + limit + ": raise --limit");
      }
      return Exit.DONE;
    }

    private static Fields fields(QuarantinedItem item) {
      return Fields.of()
          .put("item", item.item())
          .put("failures", item.failures())
          .put("fault", item.fault().map(TaskShown::fields));
    }
  }

  /** Says what recovery would do. */
  @Command(
      name = "explain",
      description = {
        "Says where a job's task is, what befell it last, and what the job's recovery policy would"
            + " do about a fault now. Without --type: about the loss of its worker, or, if the task"
            + " has none, for what it waits. Nothing is changed."
      },
      footer = {
        "  cairn task explain nightly/price/3",
        "  cairn task explain nightly/price/3 --type DISK_FULL --node host7 --path /data",
        "  cairn task explain nightly/price/3 --type POISON_ITEM --item line-812",
      })
  static final class Explain extends OnJobTask {
    @Option(
        names = "--type",
        paramLabel = "TYPE",
        description = "The fault's type, such as TASK_ERROR, DISK_FULL, CORRUPTION, POISON_ITEM.")
    private Optional<String> type = Optional.empty();

    @Option(names = "--node", paramLabel = "NODE", description = "--type: on this node.")
    private String node = "";

    @Option(names = "--path", paramLabel = "PATH", description = "--type: at this file.")
    private String path = "";

    @Option(names = "--item", paramLabel = "ITEM", description = "--type: at this item.")
    private String item = "";

    @Override
    Exit run() {
      job();
      if (type.isEmpty() && !(node + path + item).isEmpty()) {
        throw usage("--node, --path and --item say where a fault is: say also which, with --type");
      }
      Optional<Fault> fault =
          type.map(
              name ->
                  Fault.of(name, "", true, "")
                      .at(new FaultPlace(node, "", "", path, Bytes.utf8(item), List.of())));
      Explanation explained;
      try (Cairn cairn = connect()) {
        found(cairn);
        explained = cairn.jobs().explain(task(), fault);
      }
      output().result(fields(explained), lines(explained));
      return Exit.DONE;
    }

    private String about() {
      List<String> where = new ArrayList<>();
      if (!node.isEmpty()) {
        where.add("on node " + node);
      }
      if (!path.isEmpty()) {
        where.add("at " + path);
      }
      if (!item.isEmpty()) {
        where.add("at item " + Shown.line(Bytes.utf8(item)));
      }
      return type.map(name -> name + (where.isEmpty() ? "" : " " + String.join(", ", where)))
          .orElse("the loss of its worker");
    }

    private List<String> lines(Explanation explained) {
      Task task = explained.task();
      Table table = new Table("task", task.name().name());
      table.row("state", task.state());
      table.row("attempt", task.attempt());
      table.row("owner", task.owner().orElse("-"));
      table.row("checkpoint", task.checkpointSeq() < 0 ? "-" : Long.toString(task.checkpointSeq()));
      table.row("lsn", task.lastLsn() + ", " + task.coveredLsn() + " in the checkpoint");
      table.row("last fault", task.fault().map(Explain::told).orElse("-"));
      table.row("", "");
      if (task.state().hasEnded()) {
        table.row("about", "nothing: the task has ended, there is nothing to recover any more");
        return table.lines();
      }
      if (!explained.waiting().isEmpty()) {
        table.row("waits", explained.waiting());
        if (type.isEmpty()) {
          return table.lines(); // it has no worker that could be lost
        }
      }
      table.row("about", about());
      table.row("action", explained.action());
      if (explained.action() != RecoveryAction.FAIL) {
        table.row("pause", Shown.duration(explained.pause()));
        table.row("from", from(explained));
        table.row("reads", Shown.bytes(explained.bytes()));
      }
      table.row("because", explained.reason());
      return table.lines();
    }

    private static String told(Fault fault) {
      return "%s at %s%s"
          .formatted(
              fault.type(),
              FaultShown.place(fault),
              fault.action().isEmpty() ? "" : ", " + fault.action());
    }

    /** The first record to be gone through again; 0: none. */
    private static long firstRecord(Explanation explained) {
      return explained.records() == 0 ? 0 : explained.task().lastLsn() - explained.records() + 1;
    }

    private static String from(Explanation explained) {
      String checkpoint =
          explained.checkpointSeq() < 0
              ? "the beginning"
              : "checkpoint " + explained.checkpointSeq();
      if (explained.records() == 0) {
        return checkpoint + ", no records";
      }
      return "%s, then records %d to %d"
          .formatted(checkpoint, firstRecord(explained), explained.task().lastLsn());
    }

    private static Fields fields(Explanation explained) {
      return Fields.of()
          .put("task", Optional.of(TaskShown.fields(explained.task())))
          .put("ended", explained.task().state().hasEnded())
          .put("action", explained.action().name())
          .put("pauseMillis", explained.pause().toMillis())
          .put("checkpointSeq", explained.checkpointSeq())
          .put("firstRecord", firstRecord(explained))
          .put("records", explained.records())
          .put("bytes", explained.bytes())
          .put("rule", explained.rule())
          .put("step", explained.step())
          .put("used", explained.used())
          .put("reason", explained.reason())
          .put("waiting", explained.waiting());
    }
  }
}
