package io.cairn.client.internal;

import com.google.protobuf.ByteString;
import io.cairn.protocol.v1.CheckpointWrite;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One write of a task's owner on its way to the store. Its bytes do not change any more.
 *
 * @param firstLsn lsn of the first record
 * @param draft a checkpoint that contains the records
 * @param last a command that ends the ownership, sent when all before it is done
 */
record TaskWrite(
    long firstLsn,
    List<ByteString> records,
    Optional<CheckpointDrafting.Draft> draft,
    Optional<Command> last,
    CompletableFuture<Outcome> done) {

  private static final long OVERHEAD_BYTES = 256;

  static TaskWrite record(long lsn, ByteString record) {
    return new TaskWrite(
        lsn, List.of(record), Optional.empty(), Optional.empty(), new CompletableFuture<>());
  }

  static TaskWrite save(long firstLsn, List<ByteString> records, CheckpointDrafting.Draft draft) {
    return new TaskWrite(
        firstLsn, records, Optional.of(draft), Optional.empty(), new CompletableFuture<>());
  }

  static TaskWrite last(Command command) {
    return new TaskWrite(
        0, List.of(), Optional.empty(), Optional.of(command), new CompletableFuture<>());
  }

  Optional<CheckpointWrite> checkpoint() {
    return draft.map(CheckpointDrafting.Draft::write);
  }

  /** Bytes to bring ahead of the checkpoint, by section. */
  Map<String, ByteString> stages() {
    return draft.map(CheckpointDrafting.Draft::stages).orElse(Map.of());
  }

  /** True if it may share a command with the record before it. */
  boolean isPlainRecord() {
    return draft.isEmpty() && last.isEmpty() && records.size() == 1;
  }

  /** True if all before it must be done when it is sent. */
  boolean isBarrier() {
    return last.isPresent() || !stages().isEmpty();
  }

  /** Bytes it holds until it is done. */
  long bytes() {
    long bytes = OVERHEAD_BYTES;
    for (ByteString record : records) {
      bytes += record.size();
    }
    for (ByteString stage : stages().values()) {
      bytes += stage.size();
    }
    return bytes
        + checkpoint().map(CheckpointWrite::getSerializedSize).orElse(0)
        + last.map(Command::getSerializedSize).orElse(0);
  }
}
