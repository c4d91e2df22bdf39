package io.cairn.server.group;

import io.cairn.protocol.v1.Failure;

/**
 * Where an answer goes. Exactly one of {@code done}, {@code gathered} and {@code failed} is called,
 * once, on any thread, possibly the applying one: none may block or throw.
 */
public interface Reply<T> {
  /** The answer. */
  void done(T answer);

  /**
   * As {@link #done}, of several answers: this one may be held back until {@link #flush}, which
   * whoever calls this calls after the last of them. Sent one by one, the first would go out alone,
   * and so would what its reader sends next.
   */
  default void gathered(T answer) {
    done(answer);
  }

  /** Sends what was held back. May be called at any time, and again. */
  default void flush() {}

  /** There is none, and why; the code says whether the request may have had an effect (I8). */
  void failed(Failure failure);

  /** Answers a request that has nothing to say but that it is done. */
  @SuppressWarnings("NullAway") // Void has no other value
  static void finish(Reply<Void> reply) {
    reply.done(null);
  }
}
