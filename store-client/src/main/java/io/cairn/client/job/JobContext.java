package io.cairn.client.job;

import io.cairn.client.Bytes;
import io.cairn.client.TaskName;
import io.cairn.client.TaskResult;
import io.cairn.client.TaskRun;
import io.cairn.client.codec.Codec;
import java.util.SortedMap;

/**
 * One attempt at one partition, as its handler sees it. For the handler's thread, except {@link
 * #progress}, {@link #isStopping}, {@link #isOwned} and what does not change. Calls that reach the
 * store throw {@link io.cairn.client.FencedException} once the task is no longer this worker's.
 */
public interface JobContext {
  /** The job. */
  JobName job();

  /** The stage. */
  String stage();

  /** Which partition, from 0. */
  int partition();

  /** How many partitions the stage has. */
  int partitions();

  /** Which of the runs of the partition, from 0. */
  int replica();

  /** Which attempt, from 1. */
  long attempt();

  /**
   * The fencing token of this attempt: grows with each, to be written beside what is done outside.
   */
  long epoch();

  /**
   * Grows each time all tasks of the job are rolled back together. Tasks that are saved together
   * and send each other messages put it into each, and drop those of another one: what an attempt
   * of before a rollback has sent, or still sends because it does not know yet, is work that the
   * others have taken back.
   */
  long generation();

  /** The partition's task. */
  TaskName taskName();

  /** What the job says about this partition; empty if nothing. */
  Bytes payload();

  /** The worker that runs this. */
  String worker();

  /** The node of that worker. */
  String node();

  /**
   * The task's state and log, with a state that the default codec stores. Its state is saved under
   * the job's checkpoint policy. It is the same at each call, which must be for the same type; it
   * is ended by the worker, not by the handler.
   */
  <T> TaskRun<T> task(Class<T> state);

  /** The task's state and log, with a state that {@code codec} stores. */
  <T> TaskRun<T> task(Codec<T> codec);

  /**
   * Tells how far the work is, in units of its own; reaches the store with the next heartbeat.
   *
   * @param done must grow as long as work is done
   * @param total 0: not known
   */
  void progress(long done, long total);

  /** True if the handler shall stop soon, because the worker does. See {@link JobHandler#run}. */
  boolean isStopping();

  /** False from the moment on at which another worker may have the task. */
  boolean isOwned();

  /** Throws {@link StoppedException} if the handler shall stop. */
  default void stopIfAsked() {
    if (isStopping()) {
      throw new StoppedException();
    }
  }

  /**
   * Has {@code listener} called when the handler shall stop, on a thread of the client's, or at
   * once on this one. At most one; a later one takes the place of an earlier one.
   */
  void onStop(Runnable listener);

  /**
   * Does {@code action} for an item, unless the item is left out because it failed too often.
   *
   * @param item its name, 1 to 512 bytes, the same in each attempt
   * @return false: it was left out
   * @throws PoisonItemException if the action throws something that speaks of the item: the
   *     attempt's fault will name it
   * @throws Exception if the action throws something that another item would have met, too: a full
   *     disk, a broken connection, the loss of the task
   */
  boolean item(byte[] item, ItemAction action) throws Exception;

  /** The same, for a name in UTF-8. */
  boolean item(String item, ItemAction action) throws Exception;

  /**
   * The results of a stage, by partition; complete for stages that this one is behind. Needs the
   * memory that they need.
   */
  SortedMap<Integer, TaskResult> results(String stage);

  /**
   * Takes part in a barrier if the job's tasks are asked to: calls {@code steps}, waits for the
   * others in between, and returns when it is decided. Costs nearly nothing as long as none is
   * asked for, and always in a job whose tasks are not saved together. To be called between any two
   * pieces of work, also while there is nothing to do but to wait for messages: the others wait
   * meanwhile.
   *
   * <p>Between two barriers a task of such a job may append records, but not save its state, other
   * than the first one.
   *
   * @param run what {@link #task} has returned
   * @return true: the states of all tasks are one checkpoint now
   */
  <T> boolean barrier(TaskRun<T> run, BarrierSteps<T> steps);

  /** Tells the result in a form that the store can compare, before it is returned. */
  void resultValue(ResultValue value);
}
