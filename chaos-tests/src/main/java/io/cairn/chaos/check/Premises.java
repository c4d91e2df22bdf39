package io.cairn.chaos.check;

/**
 * What a checker may take for granted of the run that left a history.
 *
 * @param clockFastPpm by how many millionths a steady clock of the store may have run too fast
 * @param isStoreFencing true if what is written under a lock's token is kept by the store that
 *     gives tokens out, so that it knows of each newer one; another resource cannot
 */
public record Premises(long clockFastPpm, boolean isStoreFencing) {
  /** Of a history of which nothing else is known. */
  public static final Premises NONE = new Premises(0, false);

  private static final long MILLION = 1_000_000;

  /** Clocks that run slow make leases longer, which nobody judges. */
  public Premises {
    if (clockFastPpm < 0 || clockFastPpm > 1_000 * MILLION) {
      throw new IllegalArgumentException(clockFastPpm + " ppm is no rate of a clock");
    }
  }

  /** A run of this harness, whose faults let clocks run fast by up to so much. */
  public static Premises ofRun(long clockFastPpm) {
    return new Premises(clockFastPpm, true);
  }

  /** The same with other clocks. */
  public Premises withClockFastPpm(long ppm) {
    return new Premises(ppm, isStoreFencing);
  }

  /** How long a wait of this length by the fastest clock takes at least. */
  long shortest(long nanos) {
    return (long) (nanos * ((double) MILLION / (MILLION + clockFastPpm)));
  }
}
