package io.cairn.chaos.fault;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Something that goes wrong for a while: it begins, and ends. One thread calls it, but for {@link
 * #evidence()}. A schedule calls {@link #plan}, which is pure, so that a seed gives the same faults
 * again; what the plan hits, such as whoever leads then, is found when it begins.
 */
public interface Fault extends AutoCloseable {
  /** Its name on the command line, such as {@code partition}. */
  String name();

  /** Colour of its time on pages, as {@code #rrggbb}. */
  String colour();

  /** What {@link #begin} is to do next, as a value of a history. */
  Object plan(RandomGenerator random);

  /**
   * The same, for a fault that does not leave all to chance.
   *
   * @param round how often it has begun before
   */
  default Object plan(long round, RandomGenerator random) {
    return plan(random);
  }

  /** Begins, and returns what was done, as a value of a history. */
  Object begin(Object plan);

  /** Ends what has begun; does nothing if nothing has. Returns what was done. */
  Object end();

  /** How often each sign of the fault was seen, by its name. */
  Map<String, Long> evidence();

  /**
   * Groups of signs; if it has happened, one sign of each was seen. Others, such as elections, may
   * come of another fault, or of the means that the harness uses.
   */
  List<Set<String>> neededSigns();

  /**
   * Signs of what was done, each with the sign that has to be seen as often: what was seen once
   * says nothing of the other times.
   */
  default Map<String, String> pairedSigns() {
    return Map.of();
  }

  /** True if servers may end by themselves with this exit code because of it, then or later. */
  default boolean allowsExit(int code) {
    return false;
  }

  /** What was seen that no server may do under it, in words; each makes a run invalid. */
  default List<String> broken() {
    return List.of();
  }

  /** True if a node may stay away because of it, until its end or until an operator replaces it. */
  default boolean mayKeepNodesAway() {
    return false;
  }

  /**
   * Nodes that stayed away when its cause was lifted, though it damages nothing that is stored, in
   * words. Each makes a run invalid, unless another fault {@linkplain #mayKeepNodesAway may be the
   * reason}.
   */
  default List<String> refusals() {
    return List.of();
  }

  /** Its last end, if it has ended at all. */
  default Optional<Ending> lastEnding() {
    return Optional.empty();
  }

  /**
   * How a fault ended.
   *
   * @param liftedNanos when its cause was taken away, by System.nanoTime
   * @param endedNanos when all was done, replacing of nodes included
   * @param byHand nodes for which something was done that takes an operator, such as another disk
   */
  record Ending(long liftedNanos, long endedNanos, Set<String> byHand) {
    /** An ending that nobody changes. */
    public Ending {
      byHand = Set.copyOf(byHand);
    }
  }

  /** Ends it and gives back its means. */
  @Override
  void close();
}
