package io.cairn.chaos.check;

import io.cairn.chaos.history.History;
import io.cairn.chaos.history.KeyedOperations;
import io.cairn.chaos.history.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A counter from 0 whose adds are retried and count once: {@code :add n}, {@code :read -> n}.
 *
 * <p>A read is the sum of all adds that were acknowledged before it began, and of some of those
 * that had begun before it ended, failed ones never. It must lie within the bounds of all such
 * sums, and be one of them; where these are too many to tell, the history is unknown. If no add is
 * negative, no read is less than one that had ended before it began. An add that counted twice, or
 * not at all, shows in the reads at the end, beside which nothing runs; but for ever uncertain adds
 * leave those some slack, which the verdict tells: from the least to the greatest sum of them.
 */
public final class CounterChecker implements Checker {
  /** Summands of one read that differ; with more it is not looked for among the sums. */
  private static final int SUMMANDS_MAX = 1_000;

  @Override
  public Verdict check(History history) {
    Findings findings = new Findings();
    ReachableSums sums = new ReachableSums();
    Totals totals = new Totals();
    for (KeyedOperations part : KeyedOperations.split(history.operations())) {
      try {
        new OneCounter(findings, sums, totals).check(part.operations());
      } catch (ArithmeticException e) {
        findings.unsure("sums do not fit into 64 bits");
      }
    }
    findings.count("reads", totals.reads);
    findings.count("adds", totals.adds);
    findings.count("slack", totals.slack);
    if (totals.adds == 0) {
      findings.unsure("no add was acknowledged");
    }
    return findings.verdict();
  }

  /** Over all counters: reads, acknowledged adds, and how far apart uncertain adds leave sums. */
  private static final class Totals {
    private long reads;
    private long adds;
    private long slack;
  }

  /** A beginning or an end. {@code number} is what is added, or what was read. */
  private record Event(long index, boolean isBegin, boolean isAdd, long number, Operation of) {}

  /** A read under way: the least it may be, and what may be in it beside. */
  private static final class Reading {
    private final long sum;
    private final long positive;
    private final long negative;
    private final long floor;
    private final Map<Long, Integer> perhaps;
    private boolean isListed;

    Reading(OneCounter at) {
      sum = Math.addExact(at.positiveEnded, at.negativeEnded);
      positive = at.positiveEnded;
      negative = at.negativeEnded;
      floor = at.highestRead;
      isListed = at.open.size() <= SUMMANDS_MAX;
      perhaps = new HashMap<>(isListed ? at.open : Map.of());
    }

    void addBegins(long number) {
      isListed &= perhaps.size() < SUMMANDS_MAX;
      if (isListed) {
        perhaps.merge(number, 1, Integer::sum);
      }
    }
  }

  private static final class OneCounter {
    private final Findings findings;
    private final ReachableSums sums;
    private final Totals totals;

    /** Adds that have begun and not ended, and how many of each number. */
    private final Map<Long, Integer> open = new HashMap<>();

    private final Map<Long, Reading> readings = new HashMap<>();
    private long positiveBegun;
    private long negativeBegun;
    private long positiveEnded;
    private long negativeEnded;
    private long highestRead = Long.MIN_VALUE;

    OneCounter(Findings findings, ReachableSums sums, Totals totals) {
      this.findings = findings;
      this.sums = sums;
      this.totals = totals;
    }

    void check(List<Operation> operations) {
      List<Event> events = new ArrayList<>();
      boolean onlyGrows = true;
      boolean isClear = true;
      long reads = 0;
      for (Operation operation : operations) {
        boolean isAdd = operation.f().equals("add");
        boolean isRead = operation.f().equals("read") && operation.isOk();
        if (operation.isFail() || !(isAdd || isRead)) {
          continue;
        }
        Object value = isAdd ? operation.argument() : operation.result();
        Long number = findings.neededNumber(operation, operation.f(), value);
        if (number == null) {
          isClear &= !isAdd;
          continue;
        }
        onlyGrows &= !isAdd || number >= 0;
        reads += isAdd ? 0 : 1;
        totals.adds += isAdd && operation.isOk() ? 1 : 0;
        events.add(new Event(operation.begin(), true, isAdd, number, operation));
        if (operation.isOk()) {
          events.add(new Event(operation.end(), false, isAdd, number, operation));
        }
      }
      totals.reads += reads;
      if (reads == 0) {
        findings.unsure("nothing was read");
      }
      if (isClear) {
        sweep(events, onlyGrows);
      }
    }

    private void sweep(List<Event> events, boolean onlyGrows) {
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
      long perhaps = Math.subtractExact(positiveBegun, positiveEnded);
      long perhapsLess = Math.subtractExact(negativeEnded, negativeBegun);
      totals.slack = Math.addExact(totals.slack, Math.addExact(perhaps, perhapsLess));
    }

    private void add(Event event) {
      long positive = Math.max(0, event.number);
      long negative = Math.min(0, event.number);
      if (event.isBegin) {
        open.merge(event.number, 1, Integer::sum);
        positiveBegun = Math.addExact(positiveBegun, positive);
        negativeBegun = Math.addExact(negativeBegun, negative);
        readings.values().forEach(reading -> reading.addBegins(event.number));
      } else {
        int times = open.getOrDefault(event.number, 1);
        open.remove(event.number);
        if (times > 1) {
          open.put(event.number, times - 1);
        }
        positiveEnded = Math.addExact(positiveEnded, positive);
        negativeEnded = Math.addExact(negativeEnded, negative);
      }
    }

    private void read(Event event, boolean onlyGrows) {
      Reading reading = readings.remove(event.of.begin());
      if (reading == null) {
        return;
      }
      long least = Math.addExact(reading.positive, negativeBegun);
      long most = Math.addExact(reading.negative, positiveBegun);
      if (event.number < least || event.number > most) {
        findings.wrong(
            event.number < least ? "too-little" : "too-much",
            "op",
            event.of,
            "least",
            least,
            "most",
            most);
      } else {
        findSum(event, reading);
      }
      if (onlyGrows && event.number < reading.floor) {
        findings.wrong("went-back", "op", event.of, "read-before", reading.floor);
      }
      highestRead = Math.max(highestRead, event.number);
    }

    private void findSum(Event event, Reading reading) {
      long difference = Math.subtractExact(event.number, reading.sum);
      ReachableSums.Answer answer =
          reading.isListed
              ? sums.contains(reading.perhaps, difference)
              : ReachableSums.Answer.UNKNOWN;
      switch (answer) {
        case YES -> {}
        case NO -> findings.wrong("no-sum", "op", event.of, "acknowledged", reading.sum);
        case UNKNOWN ->
            findings.unsure(
                "what index " + event.of.begin() + " may read are too many sums to tell");
      }
    }
  }
}
