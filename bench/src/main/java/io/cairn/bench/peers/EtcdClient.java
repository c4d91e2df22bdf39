package io.cairn.bench.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cairn.bench.nodes.BenchFailure;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * etcd through jetcd. A task's owner is a key; a checkpoint is a transaction that asks whether that
 * key is as we wrote it, and writes the state.
 */
final class EtcdClient implements StoreClient {
  private static final GetOption LINEARIZABLE = GetOption.DEFAULT;
  private static final GetOption SERIALIZABLE = GetOption.builder().withSerializable(true).build();
  private static final long LEASE_SECONDS = 10;
  private static final long PATIENCE_SECONDS = 30;

  private final Client client;
  private final KV keys;
  private final List<Long> owned = new ArrayList<>();
  private final AtomicLong lastRecord = new AtomicLong();

  EtcdClient(List<String> endpoints) {
    this.client = Client.builder().endpoints(endpoints.toArray(String[]::new)).build();
    this.keys = client.getKVClient();
    await(keys.get(bytes("bench/connected")));
  }

  @Override
  public void ownTasks(int tasks) {
    for (int i = 0; i < tasks; i++) {
      owned.add(await(keys.put(owner(i), bytes("bench"))).getHeader().getRevision());
    }
  }

  @Override
  public CompletableFuture<?> put(String key, byte[] value) {
    return keys.put(bytes(key), ByteSequence.from(value));
  }

  @Override
  public CompletableFuture<?> get(String key, boolean isLinearizable) {
    return keys.get(bytes(key), isLinearizable ? LINEARIZABLE : SERIALIZABLE)
        .thenAccept(
            response -> {
              if (response.getKvs().isEmpty()) {
                throw new IllegalStateException("key " + key + " is gone");
              }
            });
  }

  @Override
  public CompletableFuture<?> checkpoint(int task, byte[] state) {
    return keys.txn()
        .If(new Cmp(owner(task), Cmp.Op.EQUAL, CmpTarget.modRevision(owned.get(task))))
        .Then(
            Op.put(
                bytes("bench/task/" + task + "/state"),
                ByteSequence.from(state),
                PutOption.DEFAULT))
        .commit()
        .thenAccept(
            response -> {
              if (!response.isSucceeded()) {
                throw new IllegalStateException("task " + task + " has another owner");
              }
            });
  }

  @Override
  public CompletableFuture<?> append(byte[] record) {
    String key = "bench/log/%d/%016d".formatted(owned.get(0), lastRecord.incrementAndGet());
    return keys.put(bytes(key), ByteSequence.from(record));
  }

  @Override
  public CompletableFuture<?> grantAndRevoke() {
    return client
        .getLeaseClient()
        .grant(LEASE_SECONDS)
        .thenCompose(lease -> client.getLeaseClient().revoke(lease.getID()));
  }

  @Override
  public void watch(String prefix, Consumer<String> changedKey) {
    CompletableFuture<Boolean> started = new CompletableFuture<>();
    var unused =
        client
            .getWatchClient()
            .watch(
                bytes(prefix),
                WatchOption.builder().isPrefix(true).withCreateNotify(true).build(),
                response -> {
                  if (response.isCreatedNotify()) {
                    started.complete(true);
                  }
                  response
                      .getEvents()
                      .forEach(
                          event -> changedKey.accept(event.getKeyValue().getKey().toString(UTF_8)));
                });
    await(started);
  }

  @Override
  public void compact() {
    long revision =
        await(keys.put(bytes("bench/compacted"), ByteSequence.EMPTY)).getHeader().getRevision();
    await(keys.compact(revision));
  }

  @Override
  public void close() {
    client.close();
  }

  private static ByteSequence owner(int task) {
    return bytes("bench/task/" + task + "/owner");
  }

  private static ByteSequence bytes(String text) {
    return ByteSequence.from(text, UTF_8);
  }

  private static <T> T await(CompletableFuture<T> answer) {
    try {
      return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new BenchFailure("etcd does not answer: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchFailure("interrupted", e);
    }
  }
}
