package io.cairn.client.internal;

import com.google.protobuf.ByteString;
import io.cairn.client.Bytes;
import io.cairn.client.CairnException;
import io.cairn.client.Checkpoint;
import io.cairn.client.LogEntry;
import io.cairn.client.Task;
import io.cairn.client.codec.CorruptStateException;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.Sha256;
import io.cairn.protocol.v1.LogRecord;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.TaskLogResponse;
import io.cairn.protocol.v1.TaskRecoverRequest;
import io.cairn.protocol.v1.TaskRecoverResponse;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * What the attempt before left: the newest checkpoint, and the records behind it; or where a
 * recovery plan says to begin.
 */
final class Recovery {
  private final TaskCalls tasks;
  private final Task task;
  private final Optional<Checkpoint> checkpoint;
  private final Map<String, ByteString> sections;
  private final TaskRecoverResponse response;

  private Recovery(
      TaskCalls tasks,
      Task task,
      Optional<Checkpoint> checkpoint,
      Map<String, ByteString> sections,
      TaskRecoverResponse response) {
    this.tasks = tasks;
    this.task = task;
    this.checkpoint = checkpoint;
    this.sections = sections;
    this.response = response;
  }

  /** Reads it, and checks each section against its digest. Blocks. */
  static Recovery of(Client client, Task task) {
    Requests requests = client.requests();
    TaskRecoverResponse response =
        requests
            .await(
                requests.query(
                    Query.newBuilder()
                        .setTaskRecover(
                            TaskRecoverRequest.newBuilder()
                                .setName(TaskWire.name(task.name()))
                                .setEpoch(task.epoch()))))
            .getTaskRecover();
    Map<String, ByteString> sections = new LinkedHashMap<>();
    Optional<Checkpoint> checkpoint =
        response.hasCheckpoint()
            ? Optional.of(TaskWire.checkpoint(response.getCheckpoint()))
            : Optional.empty();
    if (checkpoint.isPresent()) {
      Map<Checkpoint.Section, CompletableFuture<ByteString>> wanted = new LinkedHashMap<>();
      for (Checkpoint.Section section : checkpoint.get().sections()) {
        wanted.put(
            section,
            client.tasks().sectionBytes(task.name(), checkpoint.get().seq(), section.name()));
      }
      for (Map.Entry<Checkpoint.Section, CompletableFuture<ByteString>> entry : wanted.entrySet()) {
        ByteString bytes = requests.await(entry.getValue());
        verify(task, checkpoint.get(), entry.getKey(), bytes);
        sections.put(entry.getKey().name(), bytes);
      }
    }
    return new Recovery(client.tasks(), task, checkpoint, sections, response);
  }

  Optional<Checkpoint> checkpoint() {
    return checkpoint;
  }

  long seq() {
    return checkpoint.map(Checkpoint::seq).orElse(-1L);
  }

  /** The state in a section. */
  <V> V state(String section, Function<byte[], V> decoder) {
    ByteString bytes = sections.get(section);
    if (bytes == null) {
      throw new CairnException(
          ErrorCode.CORRUPT,
          "checkpoint %d of task %s has no section '%s'; it has %s"
              .formatted(seq(), task.name(), section, sections.keySet()));
    }
    try {
      return decoder.apply(bytes.toByteArray());
    } catch (CorruptStateException e) {
      throw new CairnException(
          ErrorCode.CORRUPT,
          "checkpoint %d of task %s cannot be read: %s"
              .formatted(seq(), task.name(), e.getMessage()),
          e);
    }
  }

  Map<String, Bytes> sections() {
    Map<String, Bytes> all = new HashMap<>();
    sections.forEach((name, bytes) -> all.put(name, KvWire.bytes(bytes)));
    return Map.copyOf(all);
  }

  /** The records behind the checkpoint, up to what there was when the task was acquired. */
  Iterable<LogEntry> entries() {
    return Entries::new;
  }

  private static void verify(
      Task task, Checkpoint checkpoint, Checkpoint.Section section, ByteString bytes) {
    Bytes digest = KvWire.bytes(Sha256.of(bytes));
    if (!digest.equals(section.digest())) {
      throw new CairnException(
          ErrorCode.CORRUPT,
          "section '%s' of checkpoint %d of task %s has digest %s instead of %s"
              .formatted(
                  section.name(),
                  checkpoint.seq(),
                  task.name(),
                  digest.toHex(),
                  section.digest().toHex()));
    }
  }

  private final class Entries implements Iterator<LogEntry> {
    private final Queue<LogRecord> page = new ArrayDeque<>(response.getRecordsList());
    private long next = response.getFromLsn();

    @Override
    public boolean hasNext() {
      return next <= task.lastLsn();
    }

    @Override
    public LogEntry next() {
      if (!hasNext()) {
        throw new NoSuchElementException("no record behind lsn " + task.lastLsn());
      }
      if (page.isEmpty()) {
        TaskLogResponse more = tasks.page(task.name(), next, Limits.PAGE_ROWS_MAX);
        page.addAll(more.getRecordsList());
      }
      LogRecord row = page.poll();
      if (row == null || row.getLsn() != next) {
        throw new CairnException(
            ErrorCode.CORRUPT,
            "record %d of task %s is missing; found %s"
                .formatted(next, task.name(), row == null ? "none" : row.getLsn()));
      }
      next++;
      return TaskWire.entry(row);
    }
  }
}
