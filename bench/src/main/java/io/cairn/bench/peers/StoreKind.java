package io.cairn.bench.peers;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The stores that are compared. */
public enum StoreKind {
  /** This one. */
  CAIRN(1 << 20),
  /** etcd, through jetcd. A request may have 1.5 MiB. */
  ETCD(1_500_000),
  /** ZooKeeper, through its own client. {@code jute.maxbuffer} is a byte short of 1 MiB. */
  ZOOKEEPER(1_040_000),
  /** PostgreSQL, one server, through JDBC. */
  POSTGRES(1 << 28);

  private final int valueBytesMax;

  StoreKind(int valueBytesMax) {
    this.valueBytesMax = valueBytesMax;
  }

  /** The name in options and reports. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Bytes of the largest value it takes as it is delivered. */
  public int valueBytesMax() {
    return valueBytesMax;
  }

  /** The store of this name; refused if there is none. */
  public static StoreKind of(String label) {
    return Arrays.stream(values())
        .filter(kind -> kind.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no peer '%s': there are %s"
                        .formatted(
                            label,
                            Arrays.stream(values())
                                .filter(kind -> kind != CAIRN)
                                .map(StoreKind::label)
                                .collect(Collectors.joining(", ")))));
  }
}
