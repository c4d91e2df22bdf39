package io.cairn.chaos.workload;

import io.cairn.chaos.cluster.TestNode;
import io.cairn.chaos.history.Op;
import io.cairn.client.Cairn;
import io.cairn.client.ReadMode;
import java.time.Duration;

/**
 * A client of the store for one process, in a session of its own. It is told of one node only, and
 * learns of the others from that one: what changes goes to whoever leads, and so does every second
 * read; the others are answered by the node itself as long as it is reached, and hears a leader.
 */
abstract class StoreClient implements Client {
  static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration SESSION_TTL = Duration.ofSeconds(60);
  private static final Duration PAUSE_MAX = Duration.ofMillis(500);

  private final Cairn cairn;

  StoreClient(TestNode node, long process, Duration leaseTtl) {
    cairn =
        Cairn.builder()
            .endpoints(node.endpoint())
            .clientName("chaos-" + process)
            .requestTimeout(TIMEOUT)
            .sessionTtl(SESSION_TTL)
            .leaseTtl(leaseTtl)
            .backoff(Duration.ofMillis(10), PAUSE_MAX)
            .build();
  }

  StoreClient(TestNode node, long process) {
    this(node, process, Duration.ofSeconds(10));
  }

  final Cairn cairn() {
    return cairn;
  }

  @Override
  public final Completion invoke(Op invocation) {
    try {
      return perform(invocation);
    } catch (RuntimeException e) {
      return Outcomes.of(changes(invocation.f()), invocation.value(), e);
    }
  }

  /** Does it; a {@link RuntimeException} counts as {@link Outcomes} says. */
  abstract Completion perform(Op invocation);

  /** False if the operation only reads. */
  boolean changes(String f) {
    return !f.equals("read");
  }

  /**
   * Every second read is asked of the client's own node instead of whoever leads, and all of those
   * at the end: what lies on each node is to be looked at.
   */
  static ReadMode mode(Op read) {
    return read.index() % 2 == 0 && !read.extras().containsKey(Workload.FINAL)
        ? ReadMode.linearizable()
        : ReadMode.linearizableFromAnyMember();
  }

  @Override
  public void close() {
    cairn.close();
  }

  static IllegalArgumentException unknown(Op invocation) {
    return new IllegalArgumentException("no such operation: " + invocation.f());
  }
}
