package io.cairn.chaos.mutant;

import java.util.List;

/**
 * A planted bug, and the run that has to find it.
 *
 * @param name of its patch, without the ending
 * @param says what the server does wrong
 * @param workload that sees it
 * @param faults that bring it out
 * @param rate operations a second
 * @param seconds of faults of one run
 * @param proof what shows that it was met
 */
public record Mutant(
    String name,
    String says,
    String workload,
    List<String> faults,
    int rate,
    int seconds,
    Proof proof) {
  /** A mutant whose faults nobody changes. */
  public Mutant {
    faults = List.copyOf(faults);
  }
}
