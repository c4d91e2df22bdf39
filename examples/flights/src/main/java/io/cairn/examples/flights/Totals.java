package io.cairn.examples.flights;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * What a partition has found so far: its state in checkpoints, and, for the rows of one block, a
 * record of its log.
 *
 * @param fromRow first row contained, from 0
 * @param nextRow first row not contained
 * @param flights flights per departure hour
 * @param delayMinutes sum of delays per departure hour
 */
public record Totals(long fromRow, long nextRow, List<Long> flights, List<Long> delayMinutes) {
  /** Hours of a day. */
  public static final int HOURS = 24;

  private static final int BYTES = (2 + 2 * HOURS) * Long.BYTES;

  /** Checks the shape. */
  public Totals {
    if (flights.size() != HOURS || delayMinutes.size() != HOURS || nextRow < fromRow) {
      throw new IllegalArgumentException(
          "totals of rows " + fromRow + " to " + nextRow + " for " + flights.size() + " hours");
    }
    flights = List.copyOf(flights);
    delayMinutes = List.copyOf(delayMinutes);
  }

  /** No rows yet, from {@code row} on. */
  public static Totals startingAt(long row) {
    List<Long> zeros = Collections.nCopies(HOURS, 0L);
    return new Totals(row, row, zeros, zeros);
  }

  /** These and the next rows. */
  public Totals plus(Totals next) {
    if (next.fromRow != nextRow) {
      throw new IllegalStateException(
          "rows from " + next.fromRow + " on do not follow row " + nextRow);
    }
    return new Totals(
        fromRow, next.nextRow, sum(flights, next.flights), sum(delayMinutes, next.delayMinutes));
  }

  /** How many rows. */
  public long rows() {
    return nextRow - fromRow;
  }

  /** As a record of the log, or as a result. */
  public byte[] toBytes() {
    ByteBuffer buffer = ByteBuffer.allocate(BYTES).putLong(fromRow).putLong(nextRow);
    flights.forEach(buffer::putLong);
    delayMinutes.forEach(buffer::putLong);
    return buffer.array();
  }

  /** From {@link #toBytes}. */
  public static Totals ofBytes(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("totals of " + bytes.length + " bytes, expected " + BYTES);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new Totals(buffer.getLong(), buffer.getLong(), hours(buffer), hours(buffer));
  }

  private static List<Long> hours(ByteBuffer buffer) {
    return LongStream.generate(buffer::getLong).limit(HOURS).boxed().toList();
  }

  private static List<Long> sum(List<Long> one, List<Long> other) {
    return IntStream.range(0, HOURS).mapToObj(hour -> one.get(hour) + other.get(hour)).toList();
  }
}
