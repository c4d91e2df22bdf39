package io.cairn.client;

import io.cairn.client.codec.Codec;
import io.cairn.client.job.Jobs;
import io.cairn.client.job.WorkerBuilder;
import io.cairn.client.job.Workers;

/**
 * A connection to a cluster. One per process is enough: it is safe for any number of threads, and
 * keeps one stream to the leader for work and one for heartbeats. It connects when it is first
 * used. Close workers, tasks, locks and leases before it: those still open are free for others only
 * when their time to live is over.
 */
public interface Cairn extends AutoCloseable {
  /** A client of the cluster with these members, {@code host:port} separated by commas. */
  static Cairn connect(String endpoints) {
    return builder().endpoints(endpoints).build();
  }

  /** Settings for a client. */
  static CairnBuilder builder() {
    return new CairnBuilder();
  }

  /** The keyspace. */
  Kv kv();

  /** A task whose state is of a class that the default codec stores. */
  <T> TaskBuilder<T> task(String name, Class<T> state);

  /** A task whose state is stored by {@code codec}. */
  <T> TaskBuilder<T> task(String name, Codec<T> codec);

  /** Tasks from outside. */
  Tasks tasks();

  /** Jobs: to submit, to wait for, to look at. */
  Jobs jobs();

  /** A worker of jobs, to be started. */
  WorkerBuilder worker();

  /** Workers from outside. */
  Workers workers();

  /** Locks. */
  Locks locks();

  /** Leases. */
  Leases leases();

  /** Operating the cluster. */
  Admin admin();

  /**
   * Ends everything: what waits for an answer fails with CLOSED or, if it was sent, with its
   * outcome unknown.
   */
  @Override
  void close();
}
