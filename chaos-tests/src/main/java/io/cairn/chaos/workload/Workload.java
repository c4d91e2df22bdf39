package io.cairn.chaos.workload;

import io.cairn.chaos.generator.Call;
import io.cairn.chaos.generator.Generator;
import io.cairn.chaos.generator.Seed;
import io.cairn.chaos.history.History;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
   * What the client of each thread reads once all is well again, and once more after a restart:
   * each is tried until it is ok. Threads that are not named read nothing.
   *
   * @param sofar all that happened: it tells which keys there are
   */
  Map<Integer, List<Call>> finalReads(Plan plan, History sofar);

  /**
   * False if not every client has something to read at the end: one ok of one of them is enough.
   */
  default boolean readsOnEveryNode() {
    return true;
  }

  /**
   * How much is done.
   *
   * @param seed where the workload's chance comes from
   * @param clients threads
   */
  record Plan(Seed seed, int clients, int nodes) {
    /** The same calls for each of the clients. */
    Map<Integer, List<Call>> byEach(Call... calls) {
      Map<Integer, List<Call>> byThread = new TreeMap<>();
      for (int thread = 0; thread < clients; thread++) {
        byThread.put(thread, List.of(calls));
      }
      return byThread;
    }
  }
}
