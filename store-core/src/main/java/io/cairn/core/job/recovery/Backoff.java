package io.cairn.core.job.recovery;

import io.cairn.protocol.Sha256;
import io.cairn.protocol.v1.RetryPolicy;

/**
 * The pause between a fault and the next dispatch of its task: it grows exponentially with the
 * faults in a row, up to a maximum, and gets a jitter on top, so that tasks that failed together do
 * not come back together. The jitter is a hash of task id and attempt: the same on every replica
 * (I2). Integer arithmetic only.
 */
public final class Backoff {
  private static final long MICROS = 1_000;
  private static final int WHOLE = 100;

  private Backoff() {}

  /**
   * The pause, in milliseconds of log time.
   *
   * @param faultsInRow without a new checkpoint between them, this one included; from 1
   */
  public static long pauseMillis(RetryPolicy retry, long task, long attempt, int faultsInRow) {
    long pause = growth(retry, faultsInRow);
    return pause + jitter(retry, pause, task, attempt);
  }

  /** The pause without jitter. In millionths of a second, so that small pauses grow, too. */
  private static long growth(RetryPolicy retry, int faultsInRow) {
    long maxMillis = Math.min(Math.max(0, retry.getBackoffMaxMillis()), Long.MAX_VALUE / MICROS);
    long max = maxMillis * MICROS;
    long pause = Math.min(Math.max(0, retry.getBackoffFirstMillis()), maxMillis) * MICROS;
    long percent = Math.max(WHOLE, retry.getBackoffPercent());
    for (int i = 1; i < faultsInRow && pause > 0 && pause < max && percent > WHOLE; i++) {
      // At least a tenth of a percent of growth each time: a few thousand rounds at most.
      pause = pause > Long.MAX_VALUE / percent ? max : Math.min(max, pause * percent / WHOLE);
    }
    return pause / MICROS;
  }

  private static long jitter(RetryPolicy retry, long pause, long task, long attempt) {
    long percent = Math.min(Math.max(0, retry.getJitterPercent()), WHOLE);
    long most = pause / WHOLE * percent + pause % WHOLE * percent / WHOLE;
    if (most == 0) {
      return 0;
    }
    long hash = new Sha256().number(task).number(attempt).digest().asReadOnlyByteBuffer().getLong();
    return Long.remainderUnsigned(hash, most + 1);
  }
}
