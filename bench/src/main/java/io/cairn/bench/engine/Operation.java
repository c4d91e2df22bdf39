package io.cairn.bench.engine;

import java.util.concurrent.CompletableFuture;

/** What a load does again and again. */
public interface Operation {
  /** Sends one, without waiting for its end. {@code number} counts from 0. Any thread. */
  CompletableFuture<?> start(long number);
}
