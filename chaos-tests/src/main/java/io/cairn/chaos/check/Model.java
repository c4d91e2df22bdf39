package io.cairn.chaos.check;

import io.cairn.chaos.history.Operation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A thing without concurrency: what each operation does to its state. States are values. */
public interface Model {
  /** The state before anything was done. */
  Object start();

  /**
   * The state once {@code operation} has taken effect in {@code state}; null if it cannot have
   * returned there what it returned. What an uncertain operation returned nobody knows: any result
   * will do.
   */
  @Nullable Object step(Object state, Operation operation);

  /**
   * Leaves out operations whose effect cannot be told from none, so that the search is shorter.
   * What remains can be ordered if, and only if, all could.
   */
  default List<Operation> relevant(List<Operation> operations) {
    return operations;
  }

  /** True if an operation changes nothing and tells nothing: a read whose result nobody knows. */
  boolean isSilent(Operation operation);

  /**
   * True if an operation is one of the model's, but what it did cannot be made out: no order of the
   * others then proves anything.
   */
  default boolean isUnclear(Operation operation) {
    return false;
  }

  /** True if an operation that took effect shows something of the state it found. */
  boolean isTelling(Operation operation);
}
