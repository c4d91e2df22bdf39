package io.cairn.bench.jobs;

import io.cairn.examples.flights.BlockListener;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Work that each row costs beside its count: its number is hashed so often. Processor time, not
 * waiting, so that it competes with what checkpoints cost. Any number of threads.
 */
final class RowWork implements BlockListener {
  private volatile int hashes;

  /** Each row is hashed so often from now on. */
  void hashes(int times) {
    hashes = times;
  }

  @Override
  public void before(int partition, long from, long to) {
    MessageDigest digest = sha256();
    byte[] bytes = new byte[digest.getDigestLength()];
    int times = hashes;
    for (long row = from; row < to; row++) {
      ByteBuffer.wrap(bytes).putLong(row);
      for (int i = 0; i < times; i++) {
        bytes = digest.digest(bytes);
      }
    }
  }

  /** Microseconds of a row, on one thread. */
  double micros() {
    int rows = 20_000;
    before(0, 0, rows); // compiled by then
    long startNanos = System.nanoTime();
    before(0, 0, rows);
    return (System.nanoTime() - startNanos) / 1e3 / rows;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
