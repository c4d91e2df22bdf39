package io.cairn.client;

import java.util.List;

/**
 * A transaction: if all of {@code compares} hold, {@code then} runs, else {@code otherwise};
 * atomic, in one revision.
 */
public record Txn(List<Compare> compares, List<Op> then, List<Op> otherwise) implements Op {
  /** Keeps its own copies. */
  public Txn {
    compares = List.copyOf(compares);
    then = List.copyOf(then);
    otherwise = List.copyOf(otherwise);
  }

  /** A transaction under these conditions, which does nothing yet. */
  public static Txn when(Compare... compares) {
    return new Txn(List.of(compares), List.of(), List.of());
  }

  /** The same, doing {@code ops} when the conditions hold. */
  public Txn then(Op... ops) {
    return new Txn(compares, List.of(ops), otherwise);
  }

  /** The same, doing {@code ops} when they do not. */
  public Txn otherwise(Op... ops) {
    return new Txn(compares, then, List.of(ops));
  }
}
