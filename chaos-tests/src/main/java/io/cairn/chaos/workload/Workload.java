package io.cairn.chaos.workload;

import io.cairn.chaos.generator.Generator;
import io.cairn.chaos.generator.Seed;
import io.cairn.chaos.history.History;

/** What clients do, and how they do it. */
public interface Workload extends Clients {
  /** Field of an operation that is one of the reads at the end: for the client's own node. */
  String FINAL = "final";

  /** Its name on the command line, by which its checker is found too. */
  String name();

  /** What it shows, in one line. */
  String about();

  /** What clients do while things go wrong; without an end. */
  Generator operations(Plan plan);

  /**
   * What every client does once all is well again; with an end, and once more after a restart.
   *
   * @param sofar all that happened: it tells which keys there are
   */
  Generator finalReads(Plan plan, History sofar);

  /** False if not every client has something to read at the end. */
  default boolean readsOnEveryNode() {
    return true;
  }

  /**
   * How much is done.
   *
   * @param seed where the workload's chance comes from
   * @param clients threads
   */
  record Plan(Seed seed, int clients, int nodes) {}
}
