package io.cairn.chaos.check;

import io.cairn.chaos.history.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Things that have a rank, such as an epoch, and a time in which they came about. What begins after
 * another has ended must not rank below it. One sweep over beginnings and ends.
 */
final class RealTimeOrder {
  /**
   * Something with a rank.
   *
   * @param begin where in the history it began
   * @param end from where on it is known to be so; {@link Long#MAX_VALUE}: never
   */
  record Ranked(long begin, long end, long rank, Operation operation) {
    /** Of an operation that took effect between its beginning and its end. */
    static Ranked of(Operation operation, long rank) {
      return new Ranked(operation.begin(), operation.end(), rank, operation);
    }
  }

  private record Event(long index, boolean isEnd, Ranked ranked) {}

  private RealTimeOrder() {}

  /**
   * Tells {@code broken} of each of {@code later} that begins once a higher rank of {@code earlier}
   * has ended, with the highest of those. With {@code strictly}, an equal rank is too low as well.
   */
  static void check(
      List<Ranked> earlier,
      List<Ranked> later,
      boolean strictly,
      BiConsumer<Ranked, Ranked> broken) {
    List<Event> events = new ArrayList<>();
    for (Ranked ranked : earlier) {
      if (ranked.end != Long.MAX_VALUE) {
        events.add(new Event(ranked.end, true, ranked));
      }
    }
    for (Ranked ranked : later) {
      events.add(new Event(ranked.begin, false, ranked));
    }
    events.sort(Comparator.comparingLong(Event::index));
    @Nullable Ranked highest = null;
    for (Event event : events) {
      if (event.isEnd) {
        highest = highest == null || event.ranked.rank > highest.rank ? event.ranked : highest;
      } else if (highest != null
          && (highest.rank > event.ranked.rank
              || (strictly && highest.rank == event.ranked.rank))) {
        broken.accept(event.ranked, highest);
      }
    }
  }
}
