package io.cairn.chaos.check;

import io.cairn.chaos.history.History;
import io.cairn.chaos.history.KeyedOperations;
import io.cairn.chaos.history.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A counter from 0 whose adds are retried and count once: {@code :add n}, {@code :read -> n}.
 *
 * <p>A read is the sum of all adds that were acknowledged before it began, and of some of those
 * that had begun before it ended, failed ones never. It must lie within the bounds of all such
 * sums, and where these are few, be one of them. If no add is negative, no read is less than one
 * that had ended before it began. An add that counted twice, or not at all, shows in the reads at
 * the end, beside which nothing runs.
 */
public final class CounterChecker implements Checker {
  private static final int SUMMANDS_MAX = 40;
  private static final int SUMS_MAX = 10_000;

  @Override
  public Verdict check(History history) {
    Findings findings = new Findings();
    for (KeyedOperations part : KeyedOperations.split(history.operations())) {
      new OneCounter(findings).check(part.operations());
    }
    return findings.verdict();
  }

  /** A beginning or an end. {@code number} is what is added, or what was read. */
  private record Event(long index, boolean isBegin, boolean isAdd, long number, Operation of) {}

  /** A read under way: the least it may be, and what may be in it beside. */
  private static final class Reading {
    private final long sum;
    private final long positive;
    private final long negative;
    private final long floor;
    private final List<Long> perhaps;
    private boolean isListed;

    Reading(OneCounter at) {
      sum = at.positiveEnded + at.negativeEnded;
      positive = at.positiveEnded;
      negative = at.negativeEnded;
      floor = at.highestRead;
      isListed = at.open.size() <= SUMMANDS_MAX;
      perhaps = new ArrayList<>(isListed ? at.open.values() : List.of());
    }

    void addBegins(long number) {
      isListed &= perhaps.size() < SUMMANDS_MAX;
      if (isListed) {
        perhaps.add(number);
      }
    }

    /** True if some of what may be in it make up for the difference; or if they are too many. */
    boolean isSum(long difference) {
      if (!isListed) {
        return true;
      }
      Set<Long> sums = new HashSet<>(Set.of(0L));
      for (long summand : perhaps) {
        Set<Long> more = new HashSet<>(sums);
        for (long sum : sums) {
          more.add(sum + summand);
        }
        sums = more;
        if (sums.size() > SUMS_MAX) {
          return true;
        }
      }
      return sums.contains(difference);
    }
  }

  private static final class OneCounter {
    private final Findings findings;
    private final Map<Long, Long> open = new HashMap<>();
    private final Map<Long, Reading> readings = new HashMap<>();
    private long positiveBegun;
    private long negativeBegun;
    private long positiveEnded;
    private long negativeEnded;
    private long highestRead = Long.MIN_VALUE;

    OneCounter(Findings findings) {
      this.findings = findings;
    }

    void check(List<Operation> operations) {
      List<Event> events = new ArrayList<>();
      boolean onlyGrows = true;
      long reads = 0;
      for (Operation operation : operations) {
        boolean isAdd = operation.f().equals("add");
        Long number = Fields.number(isAdd ? operation.argument() : operation.result());
        if (number == null || operation.isFail() || !(isAdd || operation.f().equals("read"))) {
          continue;
        }
        onlyGrows &= !isAdd || number >= 0;
        reads += isAdd ? 0 : 1;
        events.add(new Event(operation.begin(), true, isAdd, number, operation));
        if (operation.isOk()) {
          events.add(new Event(operation.end(), false, isAdd, number, operation));
        }
      }
      findings.count("reads", reads);
      if (reads == 0) {
        findings.unsure("nothing was read");
      }
      events.sort(Comparator.comparingLong(Event::index));
      for (Event event : events) {
        if (event.isAdd) {
          add(event);
        } else if (event.isBegin) {
          readings.put(event.of.begin(), new Reading(this));
        } else {
          read(event, onlyGrows);
        }
      }
      findings.count("acknowledged", positiveEnded + negativeEnded);
    }

    private void add(Event event) {
      long positive = Math.max(0, event.number);
      long negative = Math.min(0, event.number);
      if (event.isBegin) {
        open.put(event.of.begin(), event.number);
        positiveBegun += positive;
        negativeBegun += negative;
        readings.values().forEach(reading -> reading.addBegins(event.number));
      } else {
        open.remove(event.of.begin());
        positiveEnded += positive;
        negativeEnded += negative;
      }
    }

    private void read(Event event, boolean onlyGrows) {
      Reading reading = readings.remove(event.of.begin());
      if (reading == null) {
        return;
      }
      long least = reading.sum + negativeBegun - reading.negative;
      long most = reading.sum + positiveBegun - reading.positive;
      if (event.number < least || event.number > most) {
        findings.wrong(
            event.number < least ? "too-little" : "too-much",
            "op",
            event.of,
            "least",
            least,
            "most",
            most);
      } else if (!reading.isSum(event.number - reading.sum)) {
        findings.wrong("no-sum", "op", event.of, "acknowledged", reading.sum);
      }
      if (onlyGrows && event.number < reading.floor) {
        findings.wrong("went-back", "op", event.of, "read-before", reading.floor);
      }
      highestRead = Math.max(highestRead, event.number);
    }
  }
}
