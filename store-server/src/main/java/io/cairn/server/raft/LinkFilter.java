package io.cairn.server.raft;

/**
 * Decides which members' requests this server pretends never to have received. For fault tests in
 * one JVM; in production it blocks nothing.
 *
 * <p>To cut a member off: its own filter blocks everybody, and the filters of the others block it.
 */
@FunctionalInterface
public interface LinkFilter {
  /** The filter that lets everything pass. */
  LinkFilter NONE = sender -> false;

  /**
   * Whether a request is dropped without an answer. Called on network threads: must not block.
   *
   * @param sender the peer as {@code host:port[:idx]}, or empty when the request does not name its
   *     sender
   */
  boolean blocked(String sender);
}
