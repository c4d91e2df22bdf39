package io.cairn.core.storage;

import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Walks over a batch's rows and the committed ones under them as if they were one. The batch may be
 * written while it walks: what is ahead of it is seen as it is when it gets there.
 */
final class MergeCursor implements Cursor {
  private final FamilyRows rows;
  private final NavigableMap<byte[], Optional<byte[]>> upper;
  private final Cursor lower;
  private final int direction;
  private boolean started;
  private boolean lowerHas;
  private boolean atRow;

  /** The last key passed, also that of a removed row. */
  private byte @Nullable [] passed;

  /** Value of the row if it is the batch's; null: it is the committed one's. */
  private byte @Nullable [] value;

  /**
   * A cursor that owns {@code lower}.
   *
   * @param rows what the batch has written in the family
   * @param upper the part of it, in order, that is walked over, in the order of the walk
   * @param direction 1 if that is ascending, else -1
   */
  MergeCursor(
      FamilyRows rows, NavigableMap<byte[], Optional<byte[]>> upper, Cursor lower, int direction) {
    this.rows = rows;
    this.upper = upper;
    this.lower = lower;
    this.direction = direction;
  }

  @Override
  public boolean next() {
    atRow = false;
    rows.inOrder(); // also what was written since the last step
    if (!started) {
      started = true;
      lowerHas = lower.next();
    }
    while (true) {
      byte[] behind = passed;
      if (lowerHas && behind != null && Arrays.equals(lower.key(), behind)) {
        lowerHas = lower.next();
      }
      Map.Entry<byte[], Optional<byte[]>> over =
          behind == null ? upper.firstEntry() : upper.higherEntry(behind);
      if (over == null && !lowerHas) {
        return false;
      }
      if (over == null || (lowerHas && order(over.getKey(), lower.key()) > 0)) {
        passed = lower.key();
        value = null;
        atRow = true;
        return true;
      }
      passed = over.getKey();
      if (over.getValue().isPresent()) {
        value = over.getValue().get();
        atRow = true;
        return true;
      }
    }
  }

  @Override
  public byte[] key() {
    byte[] key = passed;
    if (!atRow || key == null) {
      throw new IllegalStateException("cursor is not at a row");
    }
    return key;
  }

  @Override
  public byte[] value() {
    if (!atRow) {
      throw new IllegalStateException("cursor is not at a row");
    }
    byte[] own = value;
    return own == null ? lower.value() : own;
  }

  @Override
  public void close() {
    lower.close();
  }

  private int order(byte[] left, byte[] right) {
    return direction * Arrays.compareUnsigned(left, right);
  }
}
