package io.cairn.bench.compare;

import io.cairn.bench.peers.StoreKind;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is done to a store. */
@SuppressWarnings("ImmutableEnumChecker") // lists of List.of
public enum Work {
  /** A key is written. */
  PUTS("puts", List.of(256), List.of(1, 16, 64, 256)),
  /** A key is read, linearizable. */
  GETS("gets", List.of(256), List.of(1, 16, 64, 256)),
  /** A key is read as the nearest server has it. */
  SERIALIZABLE_GETS("serializable gets", List.of(256), List.of(1, 16, 64, 256)),
  /** The state of a task is replaced, if we still own it. As many tasks as calls are under way. */
  CHECKPOINTS("checkpoints", List.of(64 << 10, 1 << 20), List.of(1, 16)),
  /** A record is appended to the log of one task. */
  APPENDS("log appends", List.of(128), List.of(1, 64, 256)),
  /** One key is written for four that are read. */
  MIXED("4 gets : 1 put", List.of(256), List.of(64)),
  /** A key is written, and 16 clients that watch have heard of it. */
  WATCHES("puts seen by 16 watches", List.of(256), List.of(1, 16)),
  /** A lease is granted and ended. */
  LEASES("lease grant and end", List.of(0), List.of(1, 64));

  private final String title;
  private final List<Integer> valueBytes;
  private final List<Integer> outstanding;

  Work(String title, List<Integer> valueBytes, List<Integer> outstanding) {
    this.title = title;
    this.valueBytes = valueBytes;
    this.outstanding = outstanding;
  }

  /** The name in options. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The name in reports. */
  public String title() {
    return title;
  }

  /** Bytes of values that are measured if nothing is said. */
  public List<Integer> valueBytes() {
    return valueBytes;
  }

  /** Calls under way that are measured if nothing is said. */
  public List<Integer> outstanding() {
    return outstanding;
  }

  /** True if keys must be there before. */
  boolean readsKeys() {
    return this == GETS || this == SERIALIZABLE_GETS || this == MIXED;
  }

  /** True if tasks must be owned before. */
  boolean ownsTasks() {
    return this == CHECKPOINTS || this == APPENDS;
  }

  /** Why a store cannot do it; empty if it can. */
  Optional<String> lackedBy(StoreKind kind) {
    boolean isLacking =
        switch (this) {
          case WATCHES -> kind == StoreKind.POSTGRES;
          case LEASES -> kind == StoreKind.POSTGRES || kind == StoreKind.ZOOKEEPER;
          default -> false;
        };
    return isLacking ? Optional.of(kind.label() + " has none") : Optional.empty();
  }

  /** The work of this name; refused if there is none. */
  public static Work of(String label) {
    return Arrays.stream(values())
        .filter(work -> work.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no work '%s': there are %s"
                        .formatted(
                            label,
                            Arrays.stream(values())
                                .map(Work::label)
                                .collect(Collectors.joining(", ")))));
  }
}
