package io.cairn.client;

/**
 * Deletes keys.
 *
 * @param previous true: answer with what was there
 */
public record DeleteOp(KeyRange keys, boolean previous) implements Op {
  /** Deletes {@code keys}. */
  public static DeleteOp of(KeyRange keys) {
    return new DeleteOp(keys, false);
  }

  /** The same, answered with what was there. */
  public DeleteOp withPrevious() {
    return new DeleteOp(keys, true);
  }
}
