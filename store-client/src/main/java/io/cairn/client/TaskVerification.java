package io.cairn.client;

import java.util.List;

/**
 * What a walk over a task's log and checkpoints found.
 *
 * @param records how many records were walked
 * @param checkpoints how many checkpoints were read
 * @param damages what does not fit, in the order found
 */
public record TaskVerification(long records, long checkpoints, List<Damage> damages) {
  /** True if everything fits. */
  public boolean isSound() {
    return damages.isEmpty();
  }

  /**
   * A record or section whose bytes are not what was written.
   *
   * @param place {@code record 17} or {@code checkpoint 3 section state}
   * @param what is wrong with it, without its content
   */
  public record Damage(String place, String what) {}
}
