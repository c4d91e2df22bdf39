package io.cairn.bench.compare;

import io.cairn.bench.engine.Pace;
import io.cairn.bench.peers.StoreKind;
import io.cairn.protocol.Limits;
import java.util.Optional;

/**
 * One load that every store is put under.
 *
 * @param valueBytes bytes of each value, state or record
 */
public record Cell(Work work, int valueBytes, Pace pace) {
  /** Values on their way at a time, at most: the bench has to hold them several times. */
  private static final long BYTES_UNDER_WAY_MAX = 64L << 20;

  /** A load within Cairn's limits. */
  public Cell {
    if (valueBytes < 0 || valueBytes > Limits.VALUE_BYTES_MAX) {
      throw new IllegalArgumentException(
          "--values is %d, must be 0 to %d".formatted(valueBytes, Limits.VALUE_BYTES_MAX));
    }
  }

  /** Why this is not measured with a store; empty if it is. */
  public Optional<String> leftOut(StoreKind kind) {
    if (pace instanceof Pace.Closed closed
        && (long) closed.outstanding() * valueBytes > BYTES_UNDER_WAY_MAX) {
      return Optional.of("over %d MiB under way".formatted(BYTES_UNDER_WAY_MAX >> 20));
    }
    if (valueBytes > kind.valueBytesMax()) {
      return Optional.of(
          "takes no value over %d bytes as it is delivered".formatted(kind.valueBytesMax()));
    }
    return work.lackedBy(kind);
  }

  /** The size for people. */
  public static String size(int bytes) {
    if (bytes >= 1 << 20 && bytes % (1 << 20) == 0) {
      return (bytes >> 20) + " MiB";
    }
    return bytes >= 1 << 10 && bytes % (1 << 10) == 0 ? (bytes >> 10) + " KiB" : bytes + " B";
  }

  /** The load for people, without its pace. */
  public String title() {
    return valueBytes == 0 ? work.title() : work.title() + ", " + size(valueBytes);
  }
}
