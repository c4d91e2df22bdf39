package io.cairn.client.job;

import io.cairn.client.FaultPlace;
import java.util.List;
import java.util.Set;

/**
 * What is done about faults of these types at these kinds of places.
 *
 * @param faultTypes see {@link io.cairn.protocol.FaultTypes}; none: any
 * @param places kinds of a fault's most exact place; none: any
 * @param steps used up one after the other; the last one is FAIL
 */
public record RecoveryRule(
    Set<String> faultTypes, Set<FaultPlace.Kind> places, List<RecoveryStep> steps) {
  /** Keeps its own copies. */
  public RecoveryRule {
    faultTypes = Set.copyOf(faultTypes);
    places = Set.copyOf(places);
    steps = List.copyOf(steps);
  }

  /** About faults of one type, wherever. FAIL is added behind the steps if it is not there. */
  public static RecoveryRule of(String faultType, RecoveryStep... steps) {
    return new RecoveryRule(Set.of(faultType), Set.of(), ended(List.of(steps)));
  }

  /** About all faults. FAIL is added behind the steps if it is not there. */
  public static RecoveryRule ofAny(RecoveryStep... steps) {
    return new RecoveryRule(Set.of(), Set.of(), ended(List.of(steps)));
  }

  /** The same, at these kinds of places only. */
  public RecoveryRule at(FaultPlace.Kind... kinds) {
    return new RecoveryRule(faultTypes, Set.of(kinds), steps);
  }

  private static List<RecoveryStep> ended(List<RecoveryStep> steps) {
    boolean ends = !steps.isEmpty() && steps.get(steps.size() - 1).action() == RecoveryAction.FAIL;
    return ends
        ? steps
        : java.util.stream.Stream.concat(
                steps.stream(), java.util.stream.Stream.of(RecoveryStep.fail()))
            .toList();
  }
}
