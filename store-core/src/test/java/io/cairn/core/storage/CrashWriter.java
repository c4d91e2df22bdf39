package io.cairn.core.storage;

import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that commits entries, flushes now and then, and is halted in the middle. Arguments:
 * folder, seed of the entries, seed of this crash.
 */
final class CrashWriter {
  private CrashWriter() {}

  public static void main(String[] args) {
    long seed = Long.parseLong(args[1]);
    Random crash = new Random(Long.parseLong(args[2]));
    RocksStorage storage =
        RocksStorage.open(
            Path.of(args[0]), RocksSettings.small(), (what, cause) -> Runtime.getRuntime().halt(3));
    long stop = storage.appliedIndex() + 1 + crash.nextInt(400);
    if (crash.nextBoolean()) {
      haltSometime(crash.nextInt(150_000_000)); // also in the middle of a write or flush
      stop = Long.MAX_VALUE;
    }
    while (true) {
      long first = storage.appliedIndex() + 1;
      long last = Math.min(stop, first + crash.nextInt(4));
      Batch batch = storage.newBatch();
      for (long index = first; index <= last; index++) {
        RowModel.entry(seed, index, RowModel.sink(batch));
      }
      storage.commit(batch, last, 1 + last / 100);
      if (last == stop) {
        Runtime.getRuntime().halt(0);
      }
      if (crash.nextInt(30) == 0) {
        storage.flush();
      }
    }
  }

  private static void haltSometime(long nanos) {
    long end = System.nanoTime() + nanos;
    Thread thread =
        new Thread(
            () -> {
              while (System.nanoTime() < end) {
                LockSupport.parkNanos(end - System.nanoTime());
              }
              Runtime.getRuntime().halt(0);
            });
    thread.setDaemon(true);
    thread.start();
  }
}
