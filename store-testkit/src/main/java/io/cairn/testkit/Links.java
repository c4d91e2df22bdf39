package io.cairn.testkit;

import io.cairn.server.raft.LinkFilter;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The links between the nodes of a cluster: who is cut off from all others. Any thread. */
final class Links {
  private final Set<String> isolated = ConcurrentHashMap.newKeySet();
  private final Set<String> paused = ConcurrentHashMap.newKeySet();

  /** What a node at this raft address does not receive. */
  LinkFilter filterOf(String self) {
    return sender -> isCut(self) || isCut(sender);
  }

  boolean isCut(String raftAddress) {
    return isolated.contains(raftAddress) || paused.contains(raftAddress);
  }

  void isolate(String raftAddress) {
    isolated.add(raftAddress);
  }

  void heal() {
    isolated.clear();
  }

  void pause(String raftAddress) {
    paused.add(raftAddress);
  }

  void resume(String raftAddress) {
    paused.remove(raftAddress);
  }
}
