package io.cairn.client.internal;

import io.cairn.client.Bytes;
import io.cairn.client.Checkpoint;
import io.cairn.client.Fault;
import io.cairn.client.FaultPlace;
import io.cairn.client.LogEntry;
import io.cairn.client.Task;
import io.cairn.client.TaskHistoryEvent;
import io.cairn.client.TaskName;
import io.cairn.client.TaskSpec;
import io.cairn.client.TaskState;
import io.cairn.client.job.ResultValue;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Label;
import io.cairn.protocol.v1.LogRecord;
import io.cairn.protocol.v1.ResultField;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Tasks to and from their messages. */
final class TaskWire {
  private TaskWire() {}

  static io.cairn.protocol.v1.TaskName name(TaskName name) {
    return io.cairn.protocol.v1.TaskName.newBuilder()
        .setNamespace(name.namespace())
        .setName(name.name())
        .build();
  }

  static TaskName name(io.cairn.protocol.v1.TaskName name) {
    return new TaskName(name.getNamespace(), name.getName());
  }

  static io.cairn.protocol.v1.TaskSpec spec(TaskSpec spec) {
    return io.cairn.protocol.v1.TaskSpec.newBuilder()
        .setCheckpointsKept(spec.checkpointsKept())
        .setKeepLog(spec.keepLog())
        .addAllLabels(labels(spec.labels()))
        .build();
  }

  /** In the order of their keys: equal labels are equal bytes. */
  static List<Label> labels(Map<String, String> labels) {
    return labels.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> Label.newBuilder().setKey(entry.getKey()).setValue(entry.getValue()).build())
        .toList();
  }

  /** Fields in the order of their names, each once. */
  static io.cairn.protocol.v1.ResultValue value(ResultValue value) {
    Checked.size(
        "fields of a result",
        value.numbers().size() + value.texts().size(),
        Limits.RESULT_FIELDS_MAX);
    io.cairn.protocol.v1.ResultValue.Builder wire = io.cairn.protocol.v1.ResultValue.newBuilder();
    value.number().ifPresent(number -> wire.setHasNumber(true).setNumber(number));
    Map<String, ResultField.Builder> fields = new TreeMap<>();
    value.texts().forEach((name, text) -> fields.put(name, ResultField.newBuilder().setText(text)));
    value
        .numbers()
        .forEach((name, number) -> fields.put(name, ResultField.newBuilder().setNumber(number)));
    fields.forEach((name, field) -> wire.addFields(field.setName(name)));
    return wire.build();
  }

  static io.cairn.protocol.v1.Fault fault(Fault fault) {
    Checked.text("fault's message", fault.message(), Limits.FAULT_TEXT_BYTES_MAX);
    Checked.text("fault's location", fault.location(), Limits.FAULT_TEXT_BYTES_MAX);
    return io.cairn.protocol.v1.Fault.newBuilder()
        .setType(fault.type())
        .setLocation(fault.location())
        .setRetryable(fault.retryable())
        .setMessage(fault.message())
        .setStackDigest(KvWire.wire(fault.stackDigest()))
        .setPlace(place(fault.place()))
        .build();
  }

  static Task task(io.cairn.protocol.v1.Task row) {
    return new Task(
        name(row.getName()),
        state(row.getState()),
        row.getId(),
        row.getAttempt(),
        row.getEpoch(),
        row.getOwner().isEmpty() ? Optional.empty() : Optional.of(row.getOwner()),
        row.getCheckpointSeq(),
        row.getOldestCheckpointSeq(),
        row.getFirstLsn(),
        row.getLastLsn(),
        row.getCoveredLsn(),
        KvWire.bytes(row.getLastDigest()),
        row.getHasResult() ? Optional.of(KvWire.bytes(row.getResult())) : Optional.empty(),
        row.getHasResult() ? Optional.of(KvWire.bytes(row.getResultDigest())) : Optional.empty(),
        row.hasFault() ? Optional.of(fault(row.getFault())) : Optional.empty(),
        row.getCreateTimeMillis(),
        row.getChangeTimeMillis(),
        new TaskSpec(
            row.getSpec().getCheckpointsKept(),
            row.getSpec().getKeepLog(),
            labels(row.getSpec().getLabelsList())),
        row.getSectionBytes(),
        row.getLogBytes());
  }

  static Checkpoint checkpoint(io.cairn.protocol.v1.Checkpoint row) {
    return new Checkpoint(
        row.getSeq(),
        row.getEpoch(),
        row.getTimeMillis(),
        row.getTrigger(),
        labels(row.getLabelsList()),
        row.getSectionsList().stream()
            .map(
                section ->
                    new Checkpoint.Section(
                        section.getName(),
                        KvWire.bytes(section.getDigest()),
                        section.getLength(),
                        section.getStoredSeq()))
            .toList(),
        row.getCoveredLsn(),
        KvWire.bytes(row.getDigest()));
  }

  static LogEntry entry(LogRecord row) {
    return new LogEntry(
        row.getLsn(),
        row.getEpoch(),
        row.getTimeMillis(),
        KvWire.bytes(row.getPayload()),
        KvWire.bytes(row.getPreviousDigest()),
        KvWire.bytes(row.getDigest()));
  }

  static TaskHistoryEvent event(io.cairn.protocol.v1.TaskHistoryEvent row) {
    return new TaskHistoryEvent(
        row.getNumber(),
        row.getTimeMillis(),
        row.getKind(),
        row.getAttempt(),
        row.getEpoch(),
        row.getOwner(),
        row.getCheckpointSeq(),
        row.getLastLsn(),
        row.hasFault() ? Optional.of(fault(row.getFault())) : Optional.empty());
  }

  static io.cairn.protocol.v1.TaskState state(TaskState state) {
    return state == TaskState.UNKNOWN
        ? io.cairn.protocol.v1.TaskState.TASK_STATE_UNSPECIFIED
        : io.cairn.protocol.v1.TaskState.valueOf(state.name());
  }

  private static TaskState state(io.cairn.protocol.v1.TaskState state) {
    return switch (state) {
      case PENDING -> TaskState.PENDING;
      case CLAIMED -> TaskState.CLAIMED;
      case RUNNING -> TaskState.RUNNING;
      case SUSPECT -> TaskState.SUSPECT;
      case SUCCEEDED -> TaskState.SUCCEEDED;
      case FAILED -> TaskState.FAILED;
      case CANCELLED -> TaskState.CANCELLED;
      case TASK_STATE_UNSPECIFIED, UNRECOGNIZED -> TaskState.UNKNOWN;
    };
  }

  private static io.cairn.protocol.v1.FaultPlace place(FaultPlace place) {
    return io.cairn.protocol.v1.FaultPlace.newBuilder()
        .setNode(place.node())
        .setWorker(place.worker())
        .setPartition(place.partition())
        .setPath(place.path())
        .setItem(KvWire.wire(place.item()))
        .addAllSections(place.sections())
        .build();
  }

  static Fault fault(io.cairn.protocol.v1.Fault row) {
    return new Fault(
        row.getType(),
        row.getLocation(),
        row.getAttempt(),
        row.getEpoch(),
        row.getRetryable(),
        row.getMessage(),
        Bytes.of(row.getStackDigest().toByteArray()),
        row.getCheckpointSeq(),
        row.getLsn(),
        row.getTimeMillis(),
        place(row.getPlace()),
        row.getAction(),
        row.getPauseMillis());
  }

  private static FaultPlace place(io.cairn.protocol.v1.FaultPlace row) {
    return new FaultPlace(
        row.getNode(),
        row.getWorker(),
        row.getPartition(),
        row.getPath(),
        KvWire.bytes(row.getItem()),
        row.getSectionsList());
  }

  static Map<String, String> labels(List<Label> labels) {
    Map<String, String> map = new LinkedHashMap<>();
    labels.forEach(label -> map.put(label.getKey(), label.getValue()));
    return map;
  }
}
