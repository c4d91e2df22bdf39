package io.cairn.core.storage;

import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that commits entries, flushes now and then, and waits to be killed. Arguments: folder,
 * seed of the entries, seed of this crash, entries to write. When the database is open, and again
 * when the entries are written, it says so by a byte on its standard output.
 */
final class CrashWriter {
  private CrashWriter() {}

  public static void main(String[] args) {
    long seed = Long.parseLong(args[1]);
    Random crash = new Random(Long.parseLong(args[2]));
    RocksStorage storage =
        RocksStorage.open(
            Path.of(args[0]), RocksSettings.small(), (what, cause) -> Runtime.getRuntime().halt(3));
    long stop = storage.appliedIndex() + Long.parseLong(args[3]);
    say();
    while (true) {
      long first = storage.appliedIndex() + 1;
      long last = Math.min(stop, first + crash.nextInt(4));
      Batch batch = storage.newBatch();
      for (long index = first; index <= last; index++) {
        RowModel.entry(seed, index, RowModel.sink(batch));
      }
      storage.commit(batch, last, 1 + last / 100);
      if (last == stop) {
        say();
        waitForTheEnd();
      }
      if (crash.nextInt(30) == 0) {
        storage.flush();
      }
    }
  }

  private static void say() {
    System.out.write('+');
    System.out.flush();
  }

  private static void waitForTheEnd() {
    while (true) {
      LockSupport.park();
    }
  }
}
