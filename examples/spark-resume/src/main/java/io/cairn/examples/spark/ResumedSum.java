package io.cairn.examples.spark;

import io.cairn.client.Bytes;
import io.cairn.client.Cairn;
import io.cairn.client.TaskName;
import io.cairn.client.codec.Codecs;
import io.cairn.client.codec.StoredState;
import org.apache.spark.api.java.JavaRDD;

/** The driver's part: hands the partitions out, and adds up what the tasks have come to. */
public final class ResumedSum {
  private ResumedSum() {}

  /** The sum of all items, each counted once. Can be run again under the same job's name. */
  public static long of(JavaRDD<Long> items, PartitionSum partition) {
    items.foreachPartition(partition);
    long sum = 0;
    try (Cairn cairn = Cairn.connect(partition.endpoints())) {
      for (int i = 0; i < items.getNumPartitions(); i++) {
        TaskName name = TaskName.of(PartitionSum.name(partition.job(), i));
        Bytes result = cairn.tasks().get(name).orElseThrow().result().orElseThrow();
        sum += StoredState.decode(Codecs.hessian(PartialSum.class), result.toArray()).sum();
      }
    }
    return sum;
  }
}
