package io.cairn.server.cli;

import io.cairn.client.Bytes;
import io.cairn.client.Fault;
import io.cairn.client.FaultPlace;
import io.cairn.client.job.FaultRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How faults are shown, to people and as JSON. */
final class FaultShown {
  private static final int MESSAGE_MAX = 120;

  private FaultShown() {}

  /** A fault of a job's task as JSON. */
  static Fields fields(FaultRecord fault) {
    return Fields.of()
        .put("number", fault.number())
        .put("task", fault.task().name())
        .put("stage", fault.stage())
        .put("partition", fault.partition())
        .put("replica", fault.replica())
        .put("fault", java.util.Optional.of(TaskShown.fields(fault.fault())));
  }

  /** A place as JSON. */
  static Fields fields(FaultPlace place) {
    return Fields.of()
        .put("kind", place.kind().name())
        .put("node", place.node())
        .put("worker", place.worker())
        .put("partition", place.partition())
        .put("path", place.path())
        .put("item", place.item())
        .texts("sections", place.sections());
  }

  /** A fault on one line. */
  static String line(FaultRecord fault) {
    return "#%d %s of %s at %s: %s"
        .formatted(
            fault.number(),
            fault.fault().type(),
            fault.task().name(),
            place(fault.fault()),
            message(fault.fault()));
  }

  /** Faults for people. */
  static Table table(List<FaultRecord> faults) {
    Table table =
        new Table(
            "N",
            "TIME",
            "TYPE",
            "PLACE",
            "ATTEMPT",
            "CHECKPOINT",
            "LSN",
            "ACTION",
            "PAUSE",
            "MESSAGE");
    for (FaultRecord row : faults) {
      Fault fault = row.fault();
      table.row(
          row.number(),
          fault.timeMillis(),
          fault.type(),
          place(fault),
          fault.attempt(),
          fault.checkpointSeq() < 0 ? "-" : Long.toString(fault.checkpointSeq()),
          fault.lsn(),
          fault.action().isEmpty() ? "-" : fault.action(),
          Shown.duration(Duration.ofMillis(fault.pauseMillis())),
          message(fault));
    }
    return table;
  }

  /** What is known of where, from the least to the most exact. */
  static String place(Fault fault) {
    List<String> parts = new ArrayList<>();
    FaultPlace place = fault.place();
    add(parts, "node", place.node());
    add(parts, "worker", place.worker());
    add(parts, "path", place.path());
    add(parts, "item", Shown.line(place.item()));
    add(parts, "sections", String.join("+", place.sections()));
    if (parts.isEmpty()) {
      add(parts, "partition", place.partition());
    }
    return parts.isEmpty() ? "-" : String.join(",", parts);
  }

  private static void add(List<String> parts, String kind, String what) {
    if (!what.isEmpty()) {
      parts.add(kind + "=" + what);
    }
  }

  private static String message(Fault fault) {
    String line = Shown.line(Bytes.utf8(fault.message()));
    return line.length() <= MESSAGE_MAX ? line : line.substring(0, MESSAGE_MAX) + "...";
  }
}
