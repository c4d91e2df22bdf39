package io.cairn.examples.hadoop;

import org.apache.hadoop.fs.Path;

/** A job in a process of its own, which does not outlive its mapper. */
final class DyingJob {
  private DyingJob() {}

  /** Arguments: endpoints, the job's name, input, output. */
  public static void main(String[] arguments) throws Exception {
    var conf = ResumedMapperIT.conf(arguments[0], arguments[1]);
    conf.set(DyingMapper.DEATH, "halt");
    SumJob.of(conf, DyingMapper.class, new Path(arguments[2]), new Path(arguments[3]))
        .waitForCompletion(false);
  }
}
