package io.cairn.client.job;

import io.cairn.client.Fault;
import java.util.Optional;

/**
 * Makes faults of exceptions, so that a recovery policy can tell them apart. Called on the
 * handler's thread. One that throws, or whose fault the store would refuse, is passed over.
 */
@FunctionalInterface
public interface FaultClassifier {
  /** The fault of an attempt that has thrown; empty: the next classifier decides. */
  Optional<Fault> classify(Throwable thrown, FaultFacts facts);

  /**
   * The classifier behind all others, which knows every exception: POISON_ITEM, DISK_FULL,
   * OUT_OF_MEMORY, CORRUPTION, NETWORK, CANCELLED, else TASK_ERROR. The chain of causes is looked
   * through, outermost first.
   */
  static FaultClassifier standard() {
    return new StandardClassifier();
  }
}
