package io.cairn.chaos.generator;

import java.util.SplittableRandom;

/** Where chance comes from: a number, and from it as many others as are wanted. */
public record Seed(long value) {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  /** The seed of the {@code n}th thing below this one. */
  public Seed child(long n) {
    long z = value + GOLDEN * (n + 1);
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return new Seed(z ^ (z >>> 31));
  }

  /** The seed of what is called so. */
  public Seed child(String name) {
    return child(name.hashCode());
  }

  /** Chance, from its beginning. */
  public SplittableRandom random() {
    return new SplittableRandom(value);
  }
}
