package io.cairn.protocol.placement;

import java.util.Random;

/** The randomness of a test: {@code -Dseed=}, or a new one. Printed, so it can be replayed. */
final class TestSeed {
  private TestSeed() {}

  static Random of(Class<?> test) {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println(test.getSimpleName() + ": -Dseed=" + seed);
    return new Random(seed);
  }
}
