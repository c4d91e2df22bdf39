package io.cairn.chaos.fault;

import java.util.Map;
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

  /** Begins, and returns what was done, as a value of a history. */
  Object begin(Object plan);

  /** Ends what has begun; does nothing if nothing has. Returns what was done. */
  Object end();

  /** How often each sign of the fault was seen, by its name. */
  Map<String, Long> evidence();

  /**
   * Signs that others can cause, too, such as elections beside another fault. With all but these 0
   * it may have hit nobody.
   */
  default Set<String> weakSigns() {
    return Set.of();
  }

  /** Ends it and gives back its means. */
  @Override
  void close();
}
