package io.cairn.bench.compare;

import io.cairn.bench.engine.LoadRun;
import io.cairn.bench.engine.Measured;
import io.cairn.bench.engine.Operation;
import io.cairn.bench.engine.Pace;
import io.cairn.bench.nodes.BenchFailure;
import io.cairn.bench.peers.StoreClient;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

/** The operations of a load on a store: the same keys and values, whatever the store. */
final class Workload {
  private static final long BYTES_OF_KEYS_MAX = 64L << 20;
  private static final int KEYS_MAX = 10_000;
  private static final int KEYS_MIN = 64;
  private static final int VALUES = 16;
  private static final int GETS_OF_FIVE = 4;
  private static final long SEED = 7_420;

  private final Cell cell;
  private final StoreClient client;
  private final byte[][] values = new byte[VALUES][];

  Workload(Cell cell, StoreClient client) {
    this.cell = cell;
    this.client = client;
    Random random = new Random(SEED);
    for (int i = 0; i < VALUES; i++) {
      values[i] = new byte[cell.valueBytes()];
      random.nextBytes(values[i]); // not compressible: no figure is owed to the compressor
    }
  }

  /** How many keys are written and read in turn. */
  static int keys(int valueBytes) {
    return (int)
        Math.max(KEYS_MIN, Math.min(KEYS_MAX, BYTES_OF_KEYS_MAX / Math.max(1, valueBytes)));
  }

  /** Writes all keys once. */
  void fill() {
    int outstanding = Math.max(1, Math.min(64, (8 << 20) / Math.max(1, cell.valueBytes())));
    int keys = keys(cell.valueBytes());
    Measured filled =
        new LoadRun(number -> client.put(key(number % keys), value(number)), closed(outstanding))
            .runCounted(keys);
    if (filled.failed() > 0) {
      throw new BenchFailure(
          "%d of %d keys could not be written: %s"
              .formatted(filled.failed(), keys, filled.firstError()));
    }
  }

  private static Pace closed(int outstanding) {
    return new Pace.Closed(outstanding);
  }

  /** What is done again and again. Tasks are owned from now on. */
  Operation operation() {
    return switch (cell.work()) {
      case PUTS -> number -> client.put(scattered(number), value(number));
      case GETS -> number -> client.get(scattered(number), true);
      case SERIALIZABLE_GETS -> number -> client.get(scattered(number), false);
      case MIXED ->
          number ->
              number % (GETS_OF_FIVE + 1) == 0
                  ? client.put(scattered(number), value(number))
                  : client.get(scattered(number), true);
      case CHECKPOINTS -> checkpoints();
      case APPENDS -> {
        client.ownTasks(1);
        yield number -> client.append(value(number));
      }
      case LEASES -> number -> client.grantAndRevoke();
      case WATCHES -> throw new IllegalStateException("watches need more than one client");
    };
  }

  /** As many tasks as calls under way; each call takes one that is free. */
  private Operation checkpoints() {
    int tasks = cell.pace().outstandingMax();
    client.ownTasks(tasks);
    Queue<Integer> free = new ConcurrentLinkedQueue<>(IntStream.range(0, tasks).boxed().toList());
    return number -> {
      Integer task = free.poll();
      if (task == null) {
        throw new IllegalStateException("more calls under way than tasks");
      }
      CompletableFuture<?> saved = client.checkpoint(task, value(number));
      return saved.whenComplete((done, failure) -> free.add(task));
    };
  }

  private byte[] value(long number) {
    return values[(int) (number % VALUES)];
  }

  /** Neighbours in time are no neighbours in the store. */
  private String scattered(long number) {
    return key(
        Math.floorMod((number * 0x9E3779B97F4A7C15L) >>> 20, (long) keys(cell.valueBytes())));
  }

  private String key(long number) {
    return "bench/" + cell.valueBytes() + "/" + number;
  }
}
