package io.cairn.core.job;

import io.cairn.core.storage.KeyLayout;
import io.cairn.protocol.v1.TaskName;

/** The name of a task, as something to be found and put in order. */
record TaskKey(String namespace, String name) implements Comparable<TaskKey> {
  static TaskKey of(TaskName name) {
    return new TaskKey(name.getNamespace(), name.getName());
  }

  /** Key of its row. */
  byte[] row() {
    return KeyLayout.task(namespace, name);
  }

  @Override
  public int compareTo(TaskKey other) {
    int order = namespace.compareTo(other.namespace);
    return order != 0 ? order : name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return namespace + ":" + name;
  }
}
