package io.cairn.examples.spark;

import io.cairn.client.Acquisition;
import io.cairn.client.Acquisition.Acquired;
import io.cairn.client.Acquisition.AlreadyCompleted;
import io.cairn.client.Cairn;
import io.cairn.client.TaskRun;
import java.time.Duration;
import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.VoidFunction;

/**
 * What an executor does with one partition: adds its items up as the task {@code
 * job/partition-<number>}. Spark runs it again when an executor is lost; the items that the task's
 * checkpoint contains are passed over then. So a partition must give the same items in the same
 * order each time it is computed.
 *
 * @param itemPauseMillis time that an item takes, as if the work were harder
 */
public record PartitionSum(String endpoints, String job, int checkpointItems, long itemPauseMillis)
    implements VoidFunction<Iterator<Long>> {
  /** For how long a lost executor's partition stays its own. */
  private static final Duration LEASE = Duration.ofSeconds(3);

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Override
  public void call(Iterator<Long> items) throws InterruptedException {
    try (Cairn cairn = Cairn.connect(endpoints)) {
      Acquisition<PartialSum> acquisition =
          cairn
              .task(name(job, TaskContext.getPartitionId()), PartialSum.class)
              .owner("process " + ProcessHandle.current().pid())
              .leaseTtl(LEASE)
              .checkpointEvery(checkpointItems)
              .acquire(PATIENCE);
      if (acquisition instanceof Acquired<PartialSum> acquired) {
        try (TaskRun<PartialSum> run = acquired.run()) {
          addUp(cairn, run, items);
        }
      } else if (!(acquisition instanceof AlreadyCompleted<PartialSum>)) {
        throw new IllegalStateException("not acquired: " + acquisition);
      }
    }
  }

  private void addUp(Cairn cairn, TaskRun<PartialSum> run, Iterator<Long> items)
      throws InterruptedException {
    PartialSum sum = run.stateOr(() -> PartialSum.ZERO);
    cairn.kv().put(fromKey(run.name().name(), run.attempt()), Long.toString(sum.items()));
    for (long i = 0; i < sum.items(); i++) {
      items.next();
    }
    while (items.hasNext()) {
      sum = sum.plus(items.next());
      run.update(sum);
      Thread.sleep(itemPauseMillis);
    }
    run.complete(sum);
  }

  /** The key that tells how many items an attempt found done. */
  static String fromKey(String task, long attempt) {
    return task + "/attempt-" + attempt + "/from";
  }

  static String name(String job, int partition) {
    return job + "/partition-" + partition;
  }
}
