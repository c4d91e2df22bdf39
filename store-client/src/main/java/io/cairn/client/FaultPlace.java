package io.cairn.client;

import java.util.List;

/**
 * Where a fault happened, as exactly as is known. Texts and bytes that are empty are not known.
 *
 * @param path of a file
 * @param item of the task's input
 * @param sections of the state that it touched; none: all
 */
public record FaultPlace(
    String node, String worker, String partition, String path, Bytes item, List<String> sections) {
  /** How exact a place is, from the least to the most. */
  public enum Kind {
    /** Nothing is known. */
    NOWHERE,
    /** A machine. */
    NODE,
    /** A process. */
    WORKER,
    /** A partition of a stage. */
    PARTITION,
    /** A file. */
    PATH,
    /** An item. */
    ITEM
  }

  /** Keeps its own copy. */
  public FaultPlace {
    sections = List.copyOf(sections);
  }

  /** Not known. */
  public static FaultPlace nowhere() {
    return new FaultPlace("", "", "", "", Bytes.empty(), List.of());
  }

  /** The kind of the most exact part that is known. */
  public Kind kind() {
    if (!item.isEmpty()) {
      return Kind.ITEM;
    }
    if (!path.isEmpty()) {
      return Kind.PATH;
    }
    if (!partition.isEmpty()) {
      return Kind.PARTITION;
    }
    if (!worker.isEmpty()) {
      return Kind.WORKER;
    }
    return node.isEmpty() ? Kind.NOWHERE : Kind.NODE;
  }

  /** The same, at a path. */
  public FaultPlace withPath(String where) {
    return new FaultPlace(node, worker, partition, where, item, sections);
  }

  /** The same, at an item. */
  public FaultPlace withItem(Bytes which) {
    return new FaultPlace(node, worker, partition, path, which, sections);
  }

  /** The same, in these sections. */
  public FaultPlace withSections(List<String> names) {
    return new FaultPlace(node, worker, partition, path, item, names);
  }
}
