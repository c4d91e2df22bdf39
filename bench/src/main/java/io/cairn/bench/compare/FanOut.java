package io.cairn.bench.compare;

import io.cairn.bench.engine.Operation;
import io.cairn.bench.peers.StoreClient;
import io.cairn.bench.peers.StoreCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Puts that are done when each of many watching clients has heard of them. */
final class FanOut implements AutoCloseable {
  /** Clients that watch, each on a connection of its own. */
  static final int WATCHES = 16;

  private static final String PREFIX = "watched/";
  private static final int KEYS = 2_048; // more than are under way at a time

  private final List<StoreClient> watching = new ArrayList<>();
  private final Map<String, Awaited> awaited = new ConcurrentHashMap<>();

  /** A put, and how many watches have not heard of it yet. */
  private record Awaited(AtomicInteger left, CompletableFuture<Boolean> seen) {}

  FanOut(StoreCluster store) {
    try {
      for (int i = 0; i < WATCHES; i++) {
        StoreClient client = store.connect();
        watching.add(client);
        client.watch(PREFIX, this::changed);
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void changed(String key) {
    Awaited put = awaited.get(key);
    if (put != null && put.left().decrementAndGet() == 0) {
      awaited.remove(key);
      put.seen().complete(true);
    }
  }

  /** A put of a client that does not watch. */
  Operation puts(StoreClient client, byte[] value) {
    return number -> {
      String key = PREFIX + number % KEYS;
      Awaited put = new Awaited(new AtomicInteger(WATCHES), new CompletableFuture<>());
      awaited.put(key, put);
      return client.put(key, value).thenCompose(done -> put.seen());
    };
  }

  @Override
  public void close() {
    watching.forEach(StoreClient::close);
  }
}
