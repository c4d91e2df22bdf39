package io.cairn.examples.hadoop;

import io.cairn.client.Cairn;
import io.cairn.client.TaskRun;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.Mapper;
import org.apache.hadoop.mapreduce.lib.input.FileSplit;

/**
 * Adds amounts up per key over its split, as a task named after the split, so that each attempt
 * finds it, also one of a job that is submitted again. Emits when the split has ended. The task is
 * given up, not completed: Hadoop may run a mapper again whose output it has lost, and that attempt
 * only emits.
 */
public class ResumingMapper extends Mapper<LongWritable, Text, Text, LongWritable> {
  /** Setting: where Cairn is, {@code host:port,host:port}. */
  public static final String ENDPOINTS = "cairn.endpoints";

  /** Setting: the job's name, new for each job and the same for each try of it. */
  public static final String JOB = "cairn.job";

  /** Setting: records between two checkpoints. */
  public static final String CHECKPOINT_RECORDS = "cairn.checkpoint.records";

  /** For how long a dead attempt's split stays its own. */
  private static final Duration LEASE = Duration.ofSeconds(3);

  /** Records of this attempt. */
  public enum Records {
    /** Passed over: an earlier attempt has added them. */
    FOUND_DONE,
    ADDED
  }

  @Override
  public void run(Context context) throws IOException, InterruptedException {
    Configuration conf = context.getConfiguration();
    FileSplit split = (FileSplit) context.getInputSplit();
    String name = "%s/%s@%d".formatted(conf.get(JOB), split.getPath().getName(), split.getStart());
    try (Cairn cairn = Cairn.connect(conf.get(ENDPOINTS));
        TaskRun<SplitSums> task =
            cairn
                .task(name, SplitSums.class)
                .owner(context.getTaskAttemptID().toString())
                .leaseTtl(LEASE)
                .checkpointEvery(conf.getInt(CHECKPOINT_RECORDS, 1_000))
                .acquire()) {
      SplitSums sums = task.stateOr(SplitSums::new);
      long foundDone = sums.records();
      context.getCounter(Records.FOUND_DONE).increment(foundDone);
      for (long record = 0; record < foundDone; record++) {
        context.nextKeyValue();
      }
      while (context.nextKeyValue()) {
        sums.add(context.getCurrentValue().toString());
        task.update(sums);
        context.getCounter(Records.ADDED).increment(1);
        added(task, sums.records());
      }
      task.checkpoint(sums);
      for (Map.Entry<String, Long> sum : sums.sums().entrySet()) {
        context.write(new Text(sum.getKey()), new LongWritable(sum.getValue()));
      }
    }
  }

  /** Told of each record that was added, by its number in the split. */
  protected void added(TaskRun<?> task, long record) {}
}
