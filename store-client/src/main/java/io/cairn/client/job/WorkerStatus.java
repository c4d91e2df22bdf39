package io.cairn.client.job;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A registered worker. Times are log time, in milliseconds.
 *
 * @param node machine; workers of one node fall together
 * @param epoch of this registration
 * @param capacity tasks at a time
 * @param spare gets tasks only when others cannot take them
 * @param reason of its health
 * @param running tasks it has now
 * @param load as it reported last
 * @param connectionsLost how often it lost its connection to the cluster since it registered, and
 *     came back before its lease ended; as it reported last
 * @param reportTimeMillis when it was heard of last
 */
public record WorkerStatus(
    String id,
    String node,
    long epoch,
    long lease,
    int capacity,
    Set<String> handlers,
    boolean spare,
    WorkerHealth health,
    String reason,
    int running,
    Optional<WorkerLoad> load,
    int connectionsLost,
    long registerTimeMillis,
    long reportTimeMillis,
    Map<String, String> labels) {
  /** Keeps its own copies. */
  public WorkerStatus {
    handlers = Set.copyOf(handlers);
    labels = Map.copyOf(labels);
  }
}
