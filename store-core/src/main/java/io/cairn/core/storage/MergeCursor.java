package io.cairn.core.storage;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Walks over a batch's rows and the committed ones under them as if they were one. */
final class MergeCursor implements Cursor {
  private final Iterator<Map.Entry<byte[], Optional<byte[]>>> upper;
  private final Cursor lower;
  private final int direction;
  private Map.@Nullable Entry<byte[], Optional<byte[]>> upperRow;
  private boolean lowerHas;
  private byte[] key = {};
  private byte[] value = {};

  MergeCursor(Map<byte[], Optional<byte[]>> upper, Cursor lower, int direction) {
    this.upper = upper.entrySet().iterator();
    this.lower = lower;
    this.direction = direction;
    stepUpper();
    lowerHas = lower.next();
  }

  @Override
  public boolean next() {
    while (true) {
      Map.Entry<byte[], Optional<byte[]>> over = upperRow;
      if (over == null && !lowerHas) {
        return false;
      }
      int order =
          over == null
              ? 1
              : !lowerHas ? -1 : direction * Arrays.compareUnsigned(over.getKey(), lower.key());
      if (over == null || order > 0) {
        key = lower.key();
        value = lower.value();
        lowerHas = lower.next();
        return true;
      }
      if (order == 0) {
        lowerHas = lower.next();
      }
      stepUpper();
      if (over.getValue().isPresent()) {
        key = over.getKey();
        value = over.getValue().get();
        return true;
      }
    }
  }

  @Override
  public byte[] key() {
    return key;
  }

  @Override
  public byte[] value() {
    return value;
  }

  @Override
  public void close() {
    lower.close();
  }

  private void stepUpper() {
    upperRow = upper.hasNext() ? upper.next() : null;
  }
}
