package io.cairn.chaos.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Servers that a test has for itself. Start and end of all are called by the test's own thread;
 * faults come from another.
 */
public interface Cluster extends AutoCloseable {
  /** The nodes it began with, in their order. */
  List<TestNode> nodes();

  /** Starts those processes that do not run; does not wait. */
  void startAll();

  /**
   * Waits until every node says that it serves.
   *
   * @throws ClusterFailure if the time is over first; it names the nodes, and what they logged last
   */
  void awaitServing(Duration limit);

  /** Names of the nodes that say now that they serve. */
  Set<String> serving();

  /** SIGKILL for every server. Returns when all are gone. */
  void killAll();

  /**
   * The digest of the state of each node, by its name, all at one applied index.
   *
   * @throws ClusterFailure if they do not come to one index in time
   */
  Map<String, String> digests();

  /** What the node's processes have written to standard output and error, all in one file. */
  Path log(TestNode node);

  /** The same of every node that ever ran, those that were added and are gone too, by name. */
  Map<String, Path> logs();

  /** Ends of servers that nobody had ordered, up to now. */
  List<OwnExit> ownExits();

  /**
   * What is done around it if the process ends before the cluster is closed: the one before all is
   * taken away, the other after. Both must end in limited time.
   */
  void aroundExit(Runnable before, Runnable after);

  /** Stops everything and takes it away: processes, namespaces, mounts, loop devices, folders. */
  @Override
  void close();
}
