package io.cairn.client.job;

import io.cairn.client.Fault;
import io.cairn.client.FaultTypes;
import java.util.Optional;

/** Knows the exceptions of the JDK and of the client. */
final class StandardClassifier implements FaultClassifier {
  @Override
  public Optional<Fault> classify(Throwable thrown, FaultFacts facts) {
    return Optional.of(Fault.of(FaultTypes.TASK_ERROR, "", true, String.valueOf(thrown)));
  }
}
