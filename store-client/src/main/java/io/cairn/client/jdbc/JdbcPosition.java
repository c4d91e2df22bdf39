package io.cairn.client.jdbc;

import io.cairn.client.Bytes;
import java.util.OptionalLong;

/** Where the last committed transaction of a task stood. */
public sealed interface JdbcPosition {
  /** Nothing has been committed yet: begin at the beginning. */
  record Start() implements JdbcPosition {}

  /** A number: a line, an offset, a key, in units of the task's own. */
  record Offset(long value) implements JdbcPosition {}

  /** Bytes of the task's own making, at most {@link FenceTable#POSITION_BYTES_MAX}. */
  record Marker(Bytes bytes) implements JdbcPosition {
    /** IllegalArgumentException if there are too many bytes. */
    public Marker {
      if (bytes.size() > FenceTable.POSITION_BYTES_MAX) {
        throw new IllegalArgumentException(
            "position of %d bytes, at most %d"
                .formatted(bytes.size(), FenceTable.POSITION_BYTES_MAX));
      }
    }
  }

  /**
   * The number; empty at the start.
   *
   * @throws IllegalStateException if the position is bytes: empty would mean to begin again
   */
  default OptionalLong offset() {
    if (this instanceof Offset number) {
      return OptionalLong.of(number.value());
    }
    if (this instanceof Marker marker) {
      throw new IllegalStateException(
          "the position is %d bytes, not a number".formatted(marker.bytes().size()));
    }
    return OptionalLong.empty();
  }
}
