package io.cairn.chaos.cluster;

import java.util.List;
import java.util.Map;

/** Where nodes talk to each other. For one thread at a time. */
interface Network extends AutoCloseable {
  /** Makes a place for one more node. */
  NodeAddress attach(String node);

  /** The node is listed with another raft port from now on. */
  NodeAddress move(String node, int raftPort);

  /** Words before a command that make it run at the node's place. */
  List<String> at(String node);

  /** Options that the node's JVM needs at its place. */
  List<String> jvmOptions(String node);

  /** True if links can be troubled this way here. */
  boolean supports(Impairment.Kind kind);

  /** Troubles the link from one node to another, beside what troubles it already. */
  void impair(String from, String to, Impairment impairment);

  /** Takes all trouble away. Returns what was seen of it since the last time. */
  Map<String, Long> heal();

  /** Ends proxies; what the ledger names is taken away by others. */
  @Override
  void close();
}
