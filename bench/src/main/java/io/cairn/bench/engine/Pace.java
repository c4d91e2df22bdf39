package io.cairn.bench.engine;

import java.util.Locale;

/** When the next operation is sent. */
public sealed interface Pace {
  /** The most operations that a run has on their way. */
  int OUTSTANDING_MAX = 1_024;

  /** The most operations per second that are asked for. */
  int RATE_MAX = 1_000_000;

  /** The name of the pace in reports. */
  String label();

  /** The most operations that are on their way at a time. */
  int outstandingMax();

  /** Each end sends the next: as many are on their way as at the start. */
  record Closed(int outstanding) implements Pace {
    /** A closed loop. */
    public Closed {
      require("outstanding", outstanding, OUTSTANDING_MAX);
    }

    @Override
    public String label() {
      return "C=" + outstanding;
    }

    @Override
    public int outstandingMax() {
      return outstanding;
    }
  }

  /**
   * One after each interval, whatever became of those before. Times count from the moment at which
   * an operation was to be sent, so that a pause of the store delays all that would have been sent
   * meanwhile.
   */
  record Open(int perSecond) implements Pace {
    /** An open loop. */
    public Open {
      require("rates", perSecond, RATE_MAX);
    }

    @Override
    public String label() {
      return String.format(Locale.ROOT, "%,d/s", perSecond);
    }

    @Override
    public int outstandingMax() {
      return OUTSTANDING_MAX;
    }

    /** When operation {@code number} is to be sent, after the first. */
    long offsetNanos(long number) {
      return Math.round(number * 1e9 / perSecond);
    }
  }

  private static void require(String name, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(
          "--%s is %d, must be 1 to %d".formatted(name, value, most));
    }
  }
}
