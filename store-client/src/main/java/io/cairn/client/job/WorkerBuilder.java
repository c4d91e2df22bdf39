package io.cairn.client.job;

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

/** A worker to be started. For one thread; each call changes and returns the builder. */
public interface WorkerBuilder {
  /** Its id, unique among workers; a host's name, process id and random number by default. */
  WorkerBuilder id(String id);

  /** The machine it is on; the host's name by default. Workers of one node fall together. */
  WorkerBuilder node(String node);

  /** Runs stages of this handler. At least one, or a comparator, is needed. */
  WorkerBuilder handle(String name, JobHandler handler);

  /**
   * Compares results of replicas, for jobs whose {@link Verification#by} names this comparator. Its
   * name is one of a handler.
   */
  WorkerBuilder compare(String name, ResultComparator comparator);

  /** How many tasks at a time; as many as there are processors by default. */
  WorkerBuilder concurrency(int tasks);

  /** Gets tasks only when workers that are not spare cannot take them. */
  WorkerBuilder spare();

  /** For people; none by default. */
  WorkerBuilder labels(Map<String, String> labels);

  /** How long the store waits for a silent worker; the client's lease time by default. */
  WorkerBuilder leaseTtl(Duration ttl);

  /** Makes faults of exceptions, before those given earlier and before the standard one. */
  WorkerBuilder classify(FaultClassifier classifier);

  /** How long {@link Worker#close} waits for handlers that were asked to stop; 30 s by default. */
  WorkerBuilder grace(Duration time);

  /** Does not close the worker when the process is asked to end. */
  WorkerBuilder withoutShutdownHook();

  /**
   * Called once, on the callback thread, when the worker has stopped because another one took its
   * id.
   */
  WorkerBuilder onFenced(Consumer<WorkerFencedException> listener);

  /**
   * Registers the worker, and begins. An older worker of the same id is fenced by it.
   *
   * @throws IllegalArgumentException if a setting is wrong
   * @throws io.cairn.client.CairnException if the store cannot be reached
   */
  Worker start();
}
