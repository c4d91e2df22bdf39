package io.cairn.bench.peers;

import io.cairn.client.Bytes;
import io.cairn.client.Cairn;
import io.cairn.client.KeyRange;
import io.cairn.client.Lease;
import io.cairn.client.RangeOp;
import io.cairn.client.ReadMode;
import io.cairn.client.TaskRun;
import io.cairn.client.Watch;
import io.cairn.client.WatchEvent;
import io.cairn.client.WatchListener;
import io.cairn.client.WatchOp;
import io.cairn.client.codec.Codecs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Cairn through its public client: keys without waiting, tasks with a thread for each. */
final class CairnClient implements StoreClient {
  private static final Duration LEASE_TTL = Duration.ofSeconds(10);
  private static final int LEASE_LANES = 64;

  private final Cairn client;
  private final List<TaskRun<String>> runs = new ArrayList<>();
  private final List<Watch> watches = new ArrayList<>();
  private Lanes lanes = new Lanes(LEASE_LANES, "cairn-bench-lane");
  private final Lanes log = new Lanes(1, "cairn-bench-log");

  CairnClient(String endpoints) {
    this.client = Cairn.connect(endpoints);
    client.kv().get("bench/connected");
  }

  @Override
  public void ownTasks(int tasks) {
    lanes.close();
    lanes = new Lanes(tasks, "cairn-bench-lane");
    for (int i = 0; i < tasks; i++) {
      // Its state is never read: checkpoints are written as bytes.
      runs.add(client.task("bench-" + i, Codecs.string()).acquire());
    }
  }

  @Override
  public CompletableFuture<?> put(String key, byte[] value) {
    return client.kv().async().put(Bytes.utf8(key), Bytes.of(value));
  }

  @Override
  public CompletableFuture<?> get(String key, boolean isLinearizable) {
    return client
        .kv()
        .async()
        .range(
            RangeOp.of(KeyRange.key(key)),
            isLinearizable ? ReadMode.linearizable() : ReadMode.serializable())
        .thenAccept(
            result -> {
              if (result.first().isEmpty()) {
                throw new IllegalStateException("key " + key + " is gone");
              }
            });
  }

  @Override
  public CompletableFuture<?> checkpoint(int task, byte[] state) {
    TaskRun<String> run = runs.get(task);
    return lanes.call(() -> run.checkpointSections(Map.of("state", state)));
  }

  @Override
  public CompletableFuture<?> append(byte[] record) {
    TaskRun<String> run = runs.get(0);
    // A run is for one thread, and its calls only send.
    return log.callAsync(() -> run.appendAsync(record));
  }

  @Override
  public CompletableFuture<?> grantAndRevoke() {
    return lanes.call(
        () -> {
          Lease lease = client.leases().grant(LEASE_TTL);
          client.leases().revoke(lease.id());
          return lease;
        });
  }

  @Override
  public void watch(String prefix, Consumer<String> changedKey) {
    CompletableFuture<Long> started = new CompletableFuture<>();
    watches.add(
        client
            .kv()
            .watch(
                WatchOp.of(KeyRange.prefix(prefix)),
                new WatchListener() {
                  @Override
                  public void onEvents(List<WatchEvent> events) {
                    events.forEach(event -> changedKey.accept(event.keyValue().key().toUtf8()));
                  }

                  @Override
                  public void onStart(long revision) {
                    started.complete(revision);
                  }
                }));
    started.join();
  }

  @Override
  public void compact() {
    long revision = client.kv().put("bench/compacted", "").revision();
    client.kv().compact(revision);
  }

  @Override
  public void close() {
    watches.forEach(Watch::close);
    lanes.close();
    log.close();
    runs.forEach(TaskRun::close);
    client.close();
  }
}
