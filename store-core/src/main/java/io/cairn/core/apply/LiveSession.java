package io.cairn.core.apply;

import com.google.protobuf.InvalidProtocolBufferException;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.v1.OutcomesRow;
import io.cairn.core.storage.v1.SessionRow;
import io.cairn.protocol.v1.Outcome;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A session as the commands of one entry see it. What they change is written once, when the entry
 * ends: the session's row, and their outcomes together in one row, or in some if they are large. A
 * row of outcomes goes when the client has the answers to all of it. Applying thread only.
 *
 * <p>I2: what is written depends on where entries end, which is the same on every replica, and not
 * on which entries were committed together.
 */
final class LiveSession {
  /** A row of outcomes is closed when it has so many bytes. */
  static final int ROW_BYTES = 64 * 1024;

  private final long id;
  private final byte[] stored;
  private final SessionRow before;
  private long firstUnanswered;
  private long highestSequence;
  private long activeTimeMillis;
  private boolean moved;
  private final NavigableMap<Long, Outcome> ran = new TreeMap<>();

  /** The session whose row has these bytes. */
  LiveSession(long id, byte[] stored) {
    this.id = id;
    this.stored = stored;
    this.before = SessionTable.parse(stored, id);
    this.firstUnanswered = before.getFirstUnanswered();
    this.highestSequence = before.getHighestSequence();
    this.activeTimeMillis = before.getActiveTimeMillis();
  }

  /** The lowest sequence whose outcome must be kept. */
  long firstUnanswered() {
    return firstUnanswered;
  }

  /** The highest sequence that was ever admitted. */
  long highestSequence() {
    return highestSequence;
  }

  /** Moves the window, which only grows. */
  void move(long first, long sequence, long timeMillis) {
    assert first >= firstUnanswered : first + " is below " + firstUnanswered;
    firstUnanswered = first;
    highestSequence = Math.max(highestSequence, sequence);
    activeTimeMillis = timeMillis;
    moved = true;
  }

  /** The outcome of a request that ran; null: it did not, or its outcome is gone. */
  @Nullable Outcome outcome(Batch batch, long sequence) {
    Outcome now = ran.get(sequence);
    for (int row = 0; now == null && row < before.getOutcomesToCount(); row++) {
      if (before.getOutcomesFrom(row) <= sequence && sequence <= before.getOutcomesTo(row)) {
        now = find(batch, before.getOutcomesTo(row), sequence);
      }
    }
    return now;
  }

  /** Keeps the outcome of a request that has just run. */
  void keep(long sequence, Outcome outcome) {
    Outcome other = ran.put(sequence, outcome);
    assert other == null : "sequence " + sequence + " of session " + id + " ran twice"; // I3
  }

  /** Writes what the entry has changed. */
  void write(Batch batch) {
    if (!moved) {
      return; // all its requests were refused
    }
    SessionRow.Builder row =
        before.toBuilder()
            .setFirstUnanswered(firstUnanswered)
            .setHighestSequence(highestSequence)
            .setActiveTimeMillis(activeTimeMillis)
            .clearOutcomesFrom()
            .clearOutcomesTo();
    for (int i = 0; i < before.getOutcomesToCount(); i++) {
      long last = before.getOutcomesTo(i);
      if (last < firstUnanswered) {
        batch.delete(ColumnFamily.SESSION_OUTCOME, KeyLayout.pair(id, last));
      } else {
        row.addOutcomesFrom(before.getOutcomesFrom(i)).addOutcomesTo(last);
      }
    }
    writeOutcomes(batch, row);
    batch.replace(ColumnFamily.SESSION, KeyLayout.id(id), stored, row.build().toByteArray());
  }

  private void writeOutcomes(Batch batch, SessionRow.Builder row) {
    OutcomesRow.Builder outcomes = OutcomesRow.newBuilder();
    int bytes = 0;
    // What the client has by now, as it said later in the entry, need not be kept.
    for (Map.Entry<Long, Outcome> one : ran.tailMap(firstUnanswered, true).entrySet()) {
      bytes += one.getValue().getSerializedSize();
      outcomes.addSequences(one.getKey()).addOutcomes(one.getValue());
      if (bytes >= ROW_BYTES) {
        writeRow(batch, row, outcomes);
        bytes = 0;
      }
    }
    if (outcomes.getSequencesCount() > 0) {
      writeRow(batch, row, outcomes);
    }
  }

  /** A sequence is kept once (I3), so no two rows have the same last one. */
  private void writeRow(Batch batch, SessionRow.Builder row, OutcomesRow.Builder outcomes) {
    long last = outcomes.getSequences(outcomes.getSequencesCount() - 1);
    row.addOutcomesFrom(outcomes.getSequences(0)).addOutcomesTo(last);
    byte[] bytes = outcomes.build().toByteArray();
    batch.insert(ColumnFamily.SESSION_OUTCOME, KeyLayout.pair(id, last), bytes);
    outcomes.clear();
  }

  private @Nullable Outcome find(Batch batch, long last, long sequence) {
    String what = "outcomes of session " + id + " up to sequence " + last;
    byte[] bytes = batch.get(ColumnFamily.SESSION_OUTCOME, KeyLayout.pair(id, last));
    if (bytes == null) {
      throw new DamagedRowException(what + " are missing");
    }
    try {
      OutcomesRow row = OutcomesRow.parseFrom(bytes);
      int place = row.getSequencesList().indexOf(sequence);
      return place < 0 ? null : row.getOutcomes(place);
    } catch (InvalidProtocolBufferException e) {
      throw new DamagedRowException(what + " are damaged", e);
    }
  }
}
