package io.cairn.client.jdbc;

import io.cairn.client.FencedException;
import java.sql.Connection;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/**
 * An owner that copies numbers, breaks some transactions off, and starts its heir in the midst of
 * its own work. Returns how many transactions it committed when all numbers are copied or it is
 * fenced.
 */
final class OverlappingOwner implements Callable<Integer> {
  private final Connection connection;
  private final long epoch;
  private final long rows;
  private final Random random;
  private final CountDownLatch start;
  private final CountDownLatch heirStart;

  OverlappingOwner(
      Connection connection, long epoch, long rows, Random random, CountDownLatch start) {
    this.connection = connection;
    this.epoch = epoch;
    this.rows = rows;
    this.random = random;
    this.start = start;
    this.heirStart = new CountDownLatch(1);
  }

  /** The one that follows, under the next epoch. */
  OverlappingOwner heir(Connection other) {
    return new OverlappingOwner(other, epoch + 1, rows, new Random(random.nextLong()), heirStart);
  }

  @Override
  public Integer call() throws Exception {
    int commits = 0;
    int untilHeir = 5 + random.nextInt(5);
    start.await();
    try {
      long done = FencedJdbc.claim(connection, FencedJdbcContract.TASK, epoch).offset().orElse(0);
      while (done < rows) {
        // What is remembered must agree with what is stored, or another owner has been in between.
        try (FencedTransaction tx = FencedJdbc.guard(connection, FencedJdbcContract.TASK, epoch)) {
          if (tx.position().orElse(0) != done) {
            throw new AssertionError("at " + tx.position() + ", remembered " + done);
          }
          long to = Math.min(rows, done + 1 + random.nextInt(5));
          for (long id = done + 1; id <= to; id++) {
            Sink.insert(connection, id);
          }
          if (random.nextInt(4) > 0) {
            tx.commit(to);
            done = to;
            commits++;
          }
        }
        if (commits >= untilHeir) {
          heirStart.countDown();
        }
      }
    } catch (FencedException e) {
      // Somebody newer goes on.
    } finally {
      heirStart.countDown();
    }
    return commits;
  }
}
