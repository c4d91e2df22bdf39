package io.cairn.client.internal;

import io.cairn.client.Bytes;
import io.cairn.client.Fault;
import io.cairn.client.FaultPlace;
import io.cairn.client.job.FaultClassifier;
import io.cairn.client.job.FaultFacts;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From exceptions of handlers to faults: by the user's classifiers, else by the standard one. */
final class FaultReading {
  private static final Logger LOG = LoggerFactory.getLogger(FaultReading.class);

  private final List<FaultClassifier> classifiers;

  FaultReading(List<FaultClassifier> classifiers) {
    this.classifiers = List.copyOf(classifiers);
  }

  /** The fault, with the place filled in where it says nothing, and within the store's limits. */
  Fault of(Throwable thrown, FaultFacts facts) {
    for (FaultClassifier classifier : classifiers) {
      Optional<Fault> fault = classified(classifier, thrown, facts);
      if (fault.isPresent()) {
        return fault.get();
      }
    }
    return classified(FaultClassifier.standard(), thrown, facts)
        .orElseGet(() -> Faults.bare(thrown));
  }

  private static Optional<Fault> classified(
      FaultClassifier classifier, Throwable thrown, FaultFacts facts) {
    try {
      Optional<Fault> fault =
          classifier.classify(thrown, facts).map(found -> fitted(found, thrown, facts));
      fault.ifPresent(Faults::check);
      return fault;
    } catch (Throwable e) {
      // Also an error of the classifier's: it must not keep the attempt's end from the store.
      LOG.warn("a classifier has failed, and is passed over", e);
      return Optional.empty();
    }
  }

  private static Fault fitted(Fault fault, Throwable thrown, FaultFacts facts) {
    Fault bare = Faults.of(thrown);
    FaultPlace place = fault.place();
    FaultPlace filled =
        new FaultPlace(
            place.node().isEmpty() ? facts.node() : place.node(),
            place.worker().isEmpty() ? facts.worker() : place.worker(),
            place.partition().isEmpty()
                ? facts.stage() + "/" + facts.partition()
                : place.partition(),
            Faults.cut(place.path()),
            place.item(),
            place.sections());
    Bytes digest = fault.stackDigest().isEmpty() ? bare.stackDigest() : fault.stackDigest();
    String location = fault.location().isEmpty() ? bare.location() : fault.location();
    return new Fault(
        fault.type(),
        Faults.cut(location),
        fault.attempt(),
        fault.epoch(),
        fault.retryable(),
        Faults.cut(fault.message()),
        digest,
        fault.checkpointSeq(),
        fault.lsn(),
        fault.timeMillis(),
        filled,
        fault.action(),
        fault.pauseMillis());
  }
}
