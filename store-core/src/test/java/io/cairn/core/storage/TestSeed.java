package io.cairn.core.storage;

/**
 * The seed of a random test: {@code -Dseed=}, or the test's own. Printed, so it can be replayed.
 */
public final class TestSeed {
  private TestSeed() {}

  /** The seed of a test. */
  public static long of(Class<?> test, long otherwise) {
    long seed = Long.getLong("seed", otherwise);
    System.out.println(test.getSimpleName() + ": -Dseed=" + seed);
    return seed;
  }
}
