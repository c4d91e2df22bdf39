package io.cairn.client.job;

import io.cairn.client.TaskName;

/**
 * What a job is called. It has no slash, which separates it from its stages in its tasks' names.
 */
public record JobName(String namespace, String name) {
  /** A job of the default namespace. */
  public static JobName of(String name) {
    return new JobName(TaskName.NAMESPACE_DEFAULT, name);
  }

  /** The task of one partition; {@code JOB/STAGE/PARTITION}. */
  public TaskName task(String stage, int partition) {
    return new TaskName(namespace, name + "/" + stage + "/" + partition);
  }

  /** The task of one replica of a partition; {@code JOB/STAGE/PARTITION#r}, without for 0. */
  public TaskName task(String stage, int partition, int replica) {
    TaskName first = task(stage, partition);
    return replica == 0 ? first : new TaskName(namespace, first.name() + "#" + replica);
  }

  @Override
  public String toString() {
    return namespace + ":" + name;
  }
}
