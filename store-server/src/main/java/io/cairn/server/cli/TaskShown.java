package io.cairn.server.cli;

import io.cairn.client.Bytes;
import io.cairn.client.Checkpoint;
import io.cairn.client.Fault;
import io.cairn.client.LogEntry;
import io.cairn.client.Task;
import io.cairn.client.TaskHistoryEvent;
import io.cairn.client.TaskVerification;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How tasks and what belongs to them are shown, to people and as JSON. */
final class TaskShown {
  private TaskShown() {}

  /** A task as JSON. */
  static Fields fields(Task task) {
    Fields fields =
        Fields.of()
            .put("namespace", task.name().namespace())
            .put("name", task.name().name())
            .put("state", task.state().name())
            .put("id", task.id())
            .put("attempt", task.attempt())
            .put("epoch", task.epoch())
            .put("owner", task.owner().orElse(""))
            .put("checkpointSeq", task.checkpointSeq())
            .put("oldestCheckpointSeq", task.oldestCheckpointSeq())
            .put("firstLsn", task.firstLsn())
            .put("lastLsn", task.lastLsn())
            .put("coveredLsn", task.coveredLsn())
            .put("lastDigest", task.lastDigest().toHex());
    task.result()
        .map(ResultShown::of)
        .ifPresent(
            result -> fields.put("result", result.value()).put("resultCodec", result.codec()));
    return fields
        .put("resultDigest", task.resultDigest().map(Bytes::toHex).orElse(""))
        .put("fault", task.fault().map(TaskShown::fields))
        .put("createTimeMillis", task.createTimeMillis())
        .put("changeTimeMillis", task.changeTimeMillis())
        .put("checkpointsKept", task.spec().checkpointsKept())
        .put("keepLog", task.spec().keepLog())
        .texts("labels", task.spec().labels())
        .put("sectionBytes", task.sectionBytes())
        .put("logBytes", task.logBytes());
  }

  /** A fault as JSON. */
  static Fields fields(Fault fault) {
    return Fields.of()
        .put("type", fault.type())
        .put("location", fault.location())
        .put("attempt", fault.attempt())
        .put("epoch", fault.epoch())
        .put("retryable", fault.retryable())
        .put("message", fault.message())
        .put("stackDigest", fault.stackDigest().toHex())
        .put("checkpointSeq", fault.checkpointSeq())
        .put("lsn", fault.lsn())
        .put("timeMillis", fault.timeMillis())
        .put("place", Optional.of(FaultShown.fields(fault.place())))
        .put("action", fault.action())
        .put("pauseMillis", fault.pauseMillis());
  }

  /** A checkpoint as JSON. */
  static Fields fields(Checkpoint checkpoint) {
    return Fields.of()
        .put("seq", checkpoint.seq())
        .put("epoch", checkpoint.epoch())
        .put("timeMillis", checkpoint.timeMillis())
        .put("trigger", checkpoint.trigger())
        .texts("labels", checkpoint.labels())
        .put("coveredLsn", checkpoint.coveredLsn())
        .put("digest", checkpoint.digest().toHex())
        .objects(
            "sections",
            checkpoint.sections().stream()
                .map(
                    section ->
                        Fields.of()
                            .put("name", section.name())
                            .put("bytes", section.length())
                            .put("storedSeq", section.storedSeq())
                            .put("digest", section.digest().toHex()))
                .toList());
  }

  /** An event as JSON. */
  static Fields fields(TaskHistoryEvent event) {
    return Fields.of()
        .put("number", event.number())
        .put("timeMillis", event.timeMillis())
        .put("kind", event.kind())
        .put("attempt", event.attempt())
        .put("epoch", event.epoch())
        .put("owner", event.owner())
        .put("checkpointSeq", event.checkpointSeq())
        .put("lastLsn", event.lastLsn())
        .put("fault", event.fault().map(TaskShown::fields));
  }

  /** A record as JSON. */
  static Fields fields(LogEntry entry) {
    return Fields.of()
        .put("lsn", entry.lsn())
        .put("epoch", entry.epoch())
        .put("timeMillis", entry.timeMillis())
        .put("payload", entry.payload())
        .put("previousDigest", entry.previousDigest().toHex())
        .put("digest", entry.digest().toHex());
  }

  /** A damage as JSON. */
  static Fields fields(TaskVerification.Damage damage) {
    return Fields.of().put("place", damage.place()).put("what", damage.what());
  }

  /** A task and its checkpoints for people. */
  static List<String> lines(Task task, List<Checkpoint> checkpoints) {
    Table table = new Table("task", task.name().name());
    table.row("namespace", task.name().namespace());
    table.row("state", task.state());
    table.row("attempt", task.attempt());
    table.row("epoch", task.epoch());
    table.row("owner", task.owner().orElse("-"));
    table.row("checkpoint", task.checkpointSeq() < 0 ? "-" : Long.toString(task.checkpointSeq()));
    table.row("log", log(task));
    table.row("digest", Shown.digest(task.lastDigest()));
    task.result()
        .map(ResultShown::of)
        .ifPresent(
            result ->
                table.row("result", Shown.line(result.value()) + " (" + result.codec() + ")"));
    task.fault().ifPresent(fault -> table.row("fault", line(fault)));
    task.spec().labels().forEach((name, value) -> table.row("label", name + "=" + value));
    List<String> lines = new ArrayList<>(table.lines());
    if (!checkpoints.isEmpty()) {
      Table kept = new Table("CHECKPOINT", "EPOCH", "TRIGGER", "COVERS", "BYTES", "SECTIONS");
      for (Checkpoint checkpoint : checkpoints) {
        kept.row(
            checkpoint.seq(),
            checkpoint.epoch(),
            checkpoint.trigger(),
            checkpoint.coveredLsn(),
            Shown.bytes(checkpoint.sections().stream().mapToLong(Checkpoint.Section::length).sum()),
            String.join(
                ",", checkpoint.sections().stream().map(Checkpoint.Section::name).toList()));
      }
      lines.add("");
      lines.addAll(kept.lines());
    }
    return lines;
  }

  private static String log(Task task) {
    String kept =
        task.firstLsn() > task.lastLsn()
            ? "none kept"
            : "%d to %d kept".formatted(task.firstLsn(), task.lastLsn());
    return "%d records, %s, %d in the checkpoint, %s"
        .formatted(task.lastLsn(), kept, task.coveredLsn(), Shown.bytes(task.logBytes()));
  }

  /** Events for people. */
  static Table table(List<TaskHistoryEvent> events) {
    Table table =
        new Table("N", "TIME", "EVENT", "ATTEMPT", "EPOCH", "CHECKPOINT", "LOG", "OWNER", "FAULT");
    for (TaskHistoryEvent event : events) {
      table.row(
          event.number(),
          event.timeMillis(),
          event.kind(),
          event.attempt(),
          event.epoch(),
          event.checkpointSeq() < 0 ? "-" : Long.toString(event.checkpointSeq()),
          event.lastLsn(),
          event.owner().isEmpty() ? "-" : event.owner(),
          event.fault().map(TaskShown::line).orElse("-"));
    }
    return table;
  }

  private static String line(Fault fault) {
    String message = Shown.line(Bytes.utf8(fault.message()));
    return "%s%s: %s%s"
        .formatted(fault.type(), at(fault), message, fault.retryable() ? "" : " (not retryable)");
  }

  /** The line of code, or of a fault that was found by the store, the place. */
  private static String at(Fault fault) {
    String where = fault.location().isEmpty() ? FaultShown.place(fault) : fault.location();
    return where.equals("-") ? "" : " at " + where;
  }
}
