package io.cairn.client.job;

import io.cairn.client.Bytes;
import io.cairn.client.FaultPlace;
import io.cairn.client.TaskName;
import io.cairn.protocol.FaultTypes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * From faults to what has likely caused them. Each rule looks for a pattern in all faults and says
 * how many of them speak for it; how sure it is depends on how many there are and on what would
 * speak against it. Rules do not exclude each other: a fault may speak for several causes.
 */
public final class Diagnosis {
  /** How many faults are looked at, at most. */
  public static final int FAULTS_MAX = 100_000;

  /** Losses of one event are found within a lease's time and a sweep; log time. */
  private static final long BURST_MILLIS = 15_000;

  private static final int TASKS_TOLD_MAX = 100;

  /** Nodes that lose workers, or connections, in one burst, from which on it is not the nodes. */
  private static final int NODES_MANY = 3;

  private final List<FaultRecord> faults;
  private final List<Cause> causes = new ArrayList<>();
  private final Set<FaultRecord> explained = new HashSet<>();

  private Diagnosis(List<FaultRecord> faults) {
    this.faults = faults;
  }

  /** The likeliest causes, best first; none for no faults. */
  public static List<Cause> of(List<FaultRecord> faults) {
    List<FaultRecord> ordered =
        faults.stream()
            .sorted(
                Comparator.comparingLong((FaultRecord record) -> record.fault().timeMillis())
                    .thenComparing(record -> record.task().toString())
                    .thenComparingLong(FaultRecord::number))
            .toList();
    Diagnosis diagnosis = new Diagnosis(ordered);
    diagnosis.losses();
    diagnosis.disks();
    diagnosis.memory();
    diagnosis.items();
    diagnosis.corruption();
    diagnosis.connections();
    diagnosis.handlers();
    diagnosis.badNodes();
    diagnosis.outvoted();
    diagnosis.timeouts();
    diagnosis.rest();
    return diagnosis.causes.stream()
        .sorted(
            Comparator.comparingDouble((Cause cause) -> -cause.confidence())
                .thenComparingInt(cause -> -cause.faults())
                .thenComparing(Cause::kind)
                .thenComparing(Cause::what))
        .toList();
  }

  /** Workers that were lost: alone, with all others of their node, or on many nodes at once. */
  private void losses() {
    for (List<FaultRecord> burst : bursts(ofType(FaultTypes.PROCESS_LOST))) {
      Map<String, List<FaultRecord>> nodes = by(burst, record -> place(record).node());
      if (nodes.size() >= NODES_MANY) {
        add(
            Cause.Kind.NETWORK_OR_CLUSTER,
            "",
            confidence(nodes.size(), 0.75),
            burst,
            "workers of %d nodes were lost within %d s"
                .formatted(nodes.size(), BURST_MILLIS / 1_000));
        continue;
      }
      nodes.forEach(this::lost);
    }
  }

  private void lost(String node, List<FaultRecord> burst) {
    Map<String, List<FaultRecord>> workers = by(burst, record -> place(record).worker());
    if (workers.size() == 1) {
      String worker = workers.keySet().iterator().next();
      add(
          Cause.Kind.WORKER_LOST,
          worker,
          confidence(burst.size(), 0.7),
          burst,
          "%d tasks of worker '%s' on node '%s' were lost together"
              .formatted(burst.size(), worker, node));
      return;
    }
    boolean known = !node.isEmpty();
    add(
        known ? Cause.Kind.NODE_LOST : Cause.Kind.NETWORK_OR_CLUSTER,
        node,
        confidence(workers.size(), known ? 0.8 : 0.5),
        burst,
        "%d tasks of %d workers of node '%s' were lost within %d s"
            .formatted(burst.size(), workers.size(), node, BURST_MILLIS / 1_000));
  }

  private void disks() {
    Map<String, List<FaultRecord>> full = by(ofType(FaultTypes.DISK_FULL), Diagnosis::fileSystem);
    full.forEach(
        (where, records) ->
            add(
                Cause.Kind.DISK_FULL,
                where,
                confidence(records.size(), 0.85),
                records,
                "%d times there was no room at %s".formatted(records.size(), where)));
  }

  private void memory() {
    by(ofType(FaultTypes.OUT_OF_MEMORY), record -> place(record).node())
        .forEach(
            (node, records) ->
                add(
                    Cause.Kind.OUT_OF_MEMORY,
                    node,
                    confidence(records.size(), 0.8),
                    records,
                    "%d attempts on node '%s' had no memory left".formatted(records.size(), node)));
  }

  /** An item that fails again, and better on another node, is to blame. */
  private void items() {
    Map<Bytes, List<FaultRecord>> items = new LinkedHashMap<>();
    for (FaultRecord record : ofType(FaultTypes.POISON_ITEM)) {
      items.computeIfAbsent(place(record).item(), item -> new ArrayList<>()).add(record);
    }
    items.forEach(
        (item, records) -> {
          int nodes = by(records, record -> place(record).node()).size();
          add(
              Cause.Kind.POISON_ITEM,
              printable(item),
              confidence(records.size(), nodes > 1 ? 0.85 : 0.6),
              records,
              "item %s failed %d times on %d nodes"
                  .formatted(printable(item), records.size(), nodes));
        });
  }

  private void corruption() {
    by(ofType(FaultTypes.CORRUPTION), record -> record.task().toString())
        .forEach(
            (task, records) ->
                add(
                    Cause.Kind.CORRUPTION,
                    task,
                    confidence(records.size(), 0.8),
                    records,
                    "%d attempts of task %s read bytes that are not what was written"
                        .formatted(records.size(), task)));
  }

  private void connections() {
    for (List<FaultRecord> burst : bursts(ofType(FaultTypes.NETWORK))) {
      Map<String, List<FaultRecord>> nodes = by(burst, record -> place(record).node());
      String node = nodes.size() == 1 ? nodes.keySet().iterator().next() : "";
      add(
          Cause.Kind.NETWORK_OR_CLUSTER,
          node,
          confidence(burst.size(), nodes.size() >= NODES_MANY ? 0.75 : 0.5),
          burst,
          "%d attempts on %d nodes could not reach another machine"
              .formatted(burst.size(), nodes.size()));
    }
  }

  /** The same stack in many partitions, and on many nodes: neither data nor machines. */
  private void handlers() {
    List<FaultRecord> errors =
        where(
            record ->
                record.fault().type().equals(FaultTypes.TASK_ERROR)
                    && !record.fault().stackDigest().isEmpty());
    by(errors, record -> record.fault().stackDigest().toHex())
        .forEach(
            (digest, records) -> {
              int nodes = by(records, record -> place(record).node()).size();
              int tasks = by(records, record -> record.task().toString()).size();
              if (records.size() < 2) {
                return;
              }
              double most = nodes > 1 && tasks > 1 ? 0.9 : tasks > 1 ? 0.6 : nodes > 1 ? 0.5 : 0.4;
              String location = records.get(0).fault().location();
              add(
                  Cause.Kind.HANDLER_BUG,
                  location.isEmpty() ? digest : location,
                  confidence(records.size(), most),
                  records,
                  "the same stack %d times, in %d tasks on %d nodes: %s"
                      .formatted(records.size(), tasks, nodes, records.get(0).fault().message()));
            });
  }

  /** Most faults on one node of several, with more than one stack or type among them. */
  private void badNodes() {
    List<FaultRecord> placed =
        where(
            record ->
                !place(record).node().isEmpty()
                    && !record.fault().type().equals(FaultTypes.PROCESS_LOST)
                    && !record.fault().type().equals(FaultTypes.POISON_ITEM));
    Map<String, List<FaultRecord>> nodes = by(placed, record -> place(record).node());
    nodes.forEach(
        (node, records) -> {
          int others = placed.size() - records.size();
          int tasks = by(records, record -> record.task().toString()).size();
          int kinds =
              by(records, record -> record.fault().type() + record.fault().stackDigest().toHex())
                  .size();
          if (tasks >= 3 && records.size() >= 3 * Math.max(1, others)) {
            add(
                Cause.Kind.BAD_NODE,
                node,
                confidence(records.size(), kinds > 1 ? 0.7 : 0.45),
                records,
                "%d of %d faults of %d tasks were on node '%s'"
                    .formatted(records.size(), placed.size(), tasks, node));
          }
        });
  }

  /**
   * Results that others contradict: of one worker alone it is that one, of many perhaps the job.
   */
  private void outvoted() {
    Map<String, List<FaultRecord>> workers =
        by(ofType(FaultTypes.RESULT_MISMATCH), record -> place(record).worker());
    workers.forEach(
        (worker, records) ->
            add(
                Cause.Kind.WRONG_RESULTS,
                worker,
                confidence(records.size(), workers.size() == 1 ? 0.8 : 0.4),
                records,
                "%d results of worker '%s' on node '%s' differ from those of others"
                    .formatted(records.size(), worker, place(records.get(0)).node())));
  }

  private void timeouts() {
    List<FaultRecord> late = ofType(FaultTypes.TIMEOUT);
    by(late, record -> place(record).node())
        .forEach(
            (node, records) ->
                add(
                    Cause.Kind.STALLED,
                    node,
                    confidence(records.size(), 0.6),
                    records,
                    "%d attempts on node '%s' took too long or stood still"
                        .formatted(records.size(), node)));
  }

  /** What nothing else explains, by type. */
  private void rest() {
    by(where(record -> !explained.contains(record)), record -> record.fault().type())
        .forEach(
            (type, records) ->
                add(
                    Cause.Kind.UNEXPLAINED,
                    type,
                    0.1,
                    records,
                    "%d faults of type %s: %s"
                        .formatted(records.size(), type, records.get(0).fault().message())));
  }

  private void add(
      Cause.Kind kind,
      String what,
      double confidence,
      List<FaultRecord> evidence,
      String explanation) {
    List<TaskName> tasks =
        evidence.stream().map(FaultRecord::task).distinct().limit(TASKS_TOLD_MAX).toList();
    explained.addAll(evidence);
    causes.add(new Cause(kind, what, confidence, evidence.size(), tasks, explanation));
  }

  /** Half of {@code most} for one piece of evidence, and nearer to it with each further one. */
  private static double confidence(int evidence, double most) {
    return most * (1 - Math.pow(0.5, evidence));
  }

  private List<FaultRecord> ofType(String type) {
    return where(record -> record.fault().type().equals(type));
  }

  private List<FaultRecord> where(Predicate<FaultRecord> wanted) {
    return faults.stream().filter(wanted).toList();
  }

  /** Groups in the order of their keys, so that equal faults give equal causes. */
  private static Map<String, List<FaultRecord>> by(
      List<FaultRecord> records, Function<FaultRecord, String> key) {
    Map<String, List<FaultRecord>> groups = new TreeMap<>();
    for (FaultRecord record : records) {
      groups.computeIfAbsent(key.apply(record), unused -> new ArrayList<>()).add(record);
    }
    return groups;
  }

  /** Cuts at pauses, and where a burst would become longer than one event lasts. */
  private static List<List<FaultRecord>> bursts(List<FaultRecord> records) {
    List<List<FaultRecord>> bursts = new ArrayList<>();
    List<FaultRecord> open = new ArrayList<>();
    for (FaultRecord record : records) {
      if (!open.isEmpty()
          && record.fault().timeMillis() - open.get(0).fault().timeMillis() > BURST_MILLIS) {
        bursts.add(open);
        open = new ArrayList<>();
      }
      open.add(record);
    }
    if (!open.isEmpty()) {
      bursts.add(open);
    }
    return bursts;
  }

  /** The node and the folder of the path, if it is known: files of one share a file system. */
  private static String fileSystem(FaultRecord record) {
    String path = place(record).path();
    int slash = path.lastIndexOf('/');
    String folder = slash > 0 ? path.substring(0, slash) : path;
    return folder.isEmpty() ? place(record).node() : place(record).node() + ":" + folder;
  }

  private static String printable(Bytes item) {
    String text = item.toUtf8();
    boolean plain =
        text.indexOf('\uFFFD') < 0 && text.codePoints().noneMatch(Character::isISOControl);
    return plain ? "'" + text + "'" : item.toHex();
  }

  private static FaultPlace place(FaultRecord record) {
    return record.fault().place();
  }
}
