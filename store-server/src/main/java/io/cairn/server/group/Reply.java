package io.cairn.server.group;

import io.cairn.protocol.v1.Failure;

/**
 * Where an answer goes. Exactly one of the two methods is called, once, on any thread, possibly the
 * applying one: it must neither block nor throw.
 */
public interface Reply<T> {
  /** The answer. */
  void done(T answer);

  /** There is none, and why; the code says whether the request may have had an effect (I8). */
  void failed(Failure failure);

  /** Answers a request that has nothing to say but that it is done. */
  @SuppressWarnings("NullAway") // Void has no other value
  static void finish(Reply<Void> reply) {
    reply.done(null);
  }
}
