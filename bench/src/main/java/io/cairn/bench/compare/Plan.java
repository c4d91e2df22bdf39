package io.cairn.bench.compare;

import io.cairn.bench.peers.StoreKind;
import java.util.List;
import java.util.Locale;

/**
 * What is measured, and for how long. Rounds go over the stores in turn, A B A B; a turn goes over
 * all cells.
 *
 * @param stores Cairn first
 * @param rounds turns of each store
 * @param warmupSeconds load on each store before its first turn
 * @param cellSeconds how long a cell is measured in a turn
 */
public record Plan(
    List<StoreKind> stores, List<Cell> cells, int rounds, int warmupSeconds, double cellSeconds) {
  /** Load at the begin of a turn that does not count: leaders are elected again. */
  static final double TURN_WARMUP_SECONDS = 3;

  /** Load at the begin of a cell that does not count. */
  static final double RAMP_SECONDS = 0.5;

  private static final double CELL_SECONDS_MIN = 1;
  private static final double SECONDS_PER_MINUTE = 60;

  /** Keeps its own copies. */
  public Plan {
    stores = List.copyOf(stores);
    cells = List.copyOf(cells);
  }

  /** The plan that takes so many minutes; refused if a cell would get less than a second. */
  public static Plan within(
      double minutes, List<StoreKind> stores, List<Cell> cells, int rounds, int warmupSeconds) {
    double seconds =
        ((minutes * SECONDS_PER_MINUTE - stores.size() * warmupSeconds) / (rounds * stores.size())
                    - TURN_WARMUP_SECONDS)
                / cells.size()
            - RAMP_SECONDS;
    if (seconds < CELL_SECONDS_MIN) {
      double turn = TURN_WARMUP_SECONDS + cells.size() * (RAMP_SECONDS + CELL_SECONDS_MIN);
      double least = stores.size() * (warmupSeconds + rounds * turn) / SECONDS_PER_MINUTE;
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "--minutes is %.1f, must be at least %.1f for %d loads on %d stores in %d rounds"
                  + " after %d s of warm-up each",
              minutes,
              least + 0.05,
              cells.size(),
              stores.size(),
              rounds,
              warmupSeconds));
    }
    return new Plan(stores, cells, rounds, warmupSeconds, seconds);
  }
}
