package io.cairn.core.apply;

import io.cairn.core.storage.Batch;
import io.cairn.core.storage.Counter;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Event;
import io.cairn.protocol.v1.TaskEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * What one command may use while it is applied: the batch, its place in the log, log time, and
 * where its events go. There is nothing else: whatever is not reachable from here must not
 * influence a command (I2).
 */
public final class ApplyContext {
  /** Bits of an id that tell commands of one entry apart. */
  private static final int PLACE_BITS = 10;

  static {
    assert Limits.ENTRY_COMMANDS_MAX <= 1 << PLACE_BITS;
  }

  private final Batch batch;
  private final long index;
  private final long term;
  private final int place;
  private final long logTimeMillis;
  private final long bytesBefore;
  private long deletedBytes;
  private final List<Event> kvEvents = new ArrayList<>();
  private final List<TaskEvent> taskEvents = new ArrayList<>();

  /** A context for the command at {@code place}, from 0, of the entry at {@code index}. */
  public ApplyContext(Batch batch, long index, long term, int place) {
    this.batch = batch;
    this.index = index;
    this.term = term;
    this.place = place;
    this.logTimeMillis = batch.counter(Counter.LOG_TIME);
    this.bytesBefore = batch.bytes();
  }

  /** The state, with what earlier commands of this batch changed. */
  public Batch batch() {
    return batch;
  }

  /** Index of the entry. */
  public long index() {
    return index;
  }

  /** Term of the entry. */
  public long term() {
    return term;
  }

  /** Log time of the entry (I10). */
  public long logTimeMillis() {
    return logTimeMillis;
  }

  /** An id that no other command ever gets: one per command. */
  public long commandId() {
    return index << PLACE_BITS | place;
  }

  /**
   * Bytes this command has written so far, and those of versions it has deleted: who watches with
   * previous versions gets all of them at once. The same on every replica (I2).
   */
  public long effectBytes() {
    return batch.bytes() - bytesBefore + deletedBytes;
  }

  /** Counts the bytes of a version that is deleted, which are not written. */
  public void countDeleted(long bytes) {
    deletedBytes += bytes;
  }

  /** Notes a change of a key, without what was before, in the order of the revision's places. */
  public void emit(Event event) {
    kvEvents.add(event);
  }

  /** Notes a change of a task. */
  public void emit(TaskEvent event) {
    taskEvents.add(event);
  }

  /** Key changes of this command. */
  public List<Event> kvEvents() {
    return kvEvents;
  }

  /** Task changes of this command. */
  public List<TaskEvent> taskEvents() {
    return taskEvents;
  }
}
