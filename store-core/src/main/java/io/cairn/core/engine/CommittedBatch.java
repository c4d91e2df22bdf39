package io.cairn.core.engine;

import io.cairn.protocol.v1.Event;
import io.cairn.protocol.v1.TaskEvent;
import java.util.List;

/**
 * What a committed batch changed, for those who watch.
 *
 * @param index of the last entry in it
 * @param revision of the group after it
 * @param kvEvents in revision order, those of one revision in the order of its operations; without
 *     previous versions
 * @param taskEvents in log order
 * @param membersChanged true: a node's row was written or removed
 */
public record CommittedBatch(
    long index,
    long revision,
    List<Event> kvEvents,
    List<TaskEvent> taskEvents,
    boolean membersChanged) {
  /** Copies the lists. */
  public CommittedBatch {
    kvEvents = List.copyOf(kvEvents);
    taskEvents = List.copyOf(taskEvents);
  }
}
