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
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the attempt before left: the newest checkpoint, and the records behind it; or where a
 * recovery plan says to begin. Sections are read when they are asked for. Any thread.
 */
final class Recovery {
  private final TaskCalls tasks;
  private final Requests requests;
  private final Task task;
  private final Optional<Checkpoint> checkpoint;
  private final TaskRecoverResponse response;
  private final AtomicLong bytes = new AtomicLong();

  private Recovery(Client client, Task task, TaskRecoverResponse response) {
    this.tasks = client.tasks();
    this.requests = client.requests();
    this.task = task;
    this.checkpoint =
        response.hasCheckpoint()
            ? Optional.of(TaskWire.checkpoint(response.getCheckpoint()))
            : Optional.empty();
    this.response = response;
    countRecords(response.getRecordsList());
  }

  /** Asks where to begin: reads the checkpoint without its sections, and the first records. */
  static Recovery of(Client client, Task task) {
    TaskRecoverResponse response =
        client
            .requests()
            .await(
                client
                    .requests()
                    .query(
                        Query.newBuilder()
                            .setTaskRecover(
                                TaskRecoverRequest.newBuilder()
                                    .setName(TaskWire.name(task.name()))
                                    .setEpoch(task.epoch()))))
            .getTaskRecover();
    return new Recovery(client, task, response);
  }

  Optional<Checkpoint> checkpoint() {
    return checkpoint;
  }

  long seq() {
    return checkpoint.map(Checkpoint::seq).orElse(-1L);
  }

  /** The lsn behind what the checkpoint contains, or the plan leaves out. */
  long fromLsn() {
    return response.getFromLsn();
  }

  /** Bytes of sections and of records that were read until now. */
  long bytes() {
    return bytes.get();
  }

  /** Names of the checkpoint's sections. */
  Set<String> names() {
    return sections().map(Checkpoint.Section::name).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * A section's bytes, checked against their digest; empty: the checkpoint has none of this name.
   *
   * @param newestSeq where to look for the same bytes when the checkpoint is no longer kept
   */
  Optional<ByteString> section(String name, long newestSeq) {
    return sections()
        .filter(section -> section.name().equals(name))
        .findFirst()
        .map(section -> read(section, stored(seq(), section), newestSeq));
  }

  /** All sections, read at once. See {@link #section}. */
  Map<String, Bytes> all(long newestSeq) {
    Map<Checkpoint.Section, CompletableFuture<ByteString>> wanted = new LinkedHashMap<>();
    sections().forEach(section -> wanted.put(section, stored(seq(), section)));
    Map<String, Bytes> all = new HashMap<>();
    wanted.forEach(
        (section, bytesThere) ->
            all.put(section.name(), KvWire.bytes(read(section, bytesThere, newestSeq))));
    return Map.copyOf(all);
  }

  /** The state in a section. */
  <V> V state(String name, long newestSeq, Function<byte[], V> decoder) {
    ByteString stored =
        section(name, newestSeq)
            .orElseThrow(
                () ->
                    new CairnException(
                        ErrorCode.CORRUPT,
                        "checkpoint %d of task %s has no section '%s'; it has %s"
                            .formatted(seq(), task.name(), name, names())));
    try {
      return decoder.apply(stored.toByteArray());
    } catch (CorruptStateException e) {
      throw new CairnException(
          ErrorCode.CORRUPT,
          "checkpoint %d of task %s cannot be read: %s"
              .formatted(seq(), task.name(), e.getMessage()),
          e);
    }
  }

  /** The records behind the checkpoint, up to what there was when the task was acquired. */
  Iterable<LogEntry> entries() {
    return Entries::new;
  }

  private Stream<Checkpoint.Section> sections() {
    return checkpoint.stream().flatMap(there -> there.sections().stream());
  }

  private CompletableFuture<ByteString> stored(long seq, Checkpoint.Section section) {
    return tasks.sectionBytes(task.name(), seq, section.name());
  }

  private ByteString read(
      Checkpoint.Section section, CompletableFuture<ByteString> asked, long newestSeq) {
    ByteString found;
    try {
      found = requests.await(asked);
      bytes.addAndGet(found.size());
    } catch (CairnException e) {
      if (e.code() != ErrorCode.CHECKPOINT_NOT_FOUND || newestSeq <= seq()) {
        throw e;
      }
      // This run has saved since then: a section that it left as it was is in what it saved.
      found = requests.await(stored(newestSeq, section));
      bytes.addAndGet(found.size());
      if (!KvWire.bytes(Sha256.of(found)).equals(section.digest())) {
        throw Failures.again(e);
      }
    }
    verify(section, found);
    return found;
  }

  private void verify(Checkpoint.Section section, ByteString found) {
    Bytes digest = KvWire.bytes(Sha256.of(found));
    if (!digest.equals(section.digest())) {
      throw new CairnException(
          ErrorCode.CORRUPT,
          "section '%s' of checkpoint %d of task %s has digest %s instead of %s"
              .formatted(
                  section.name(), seq(), task.name(), digest.toHex(), section.digest().toHex()));
    }
  }

  private void countRecords(List<LogRecord> records) {
    records.forEach(record -> bytes.addAndGet(record.getPayload().size()));
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
        countRecords(more.getRecordsList());
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
