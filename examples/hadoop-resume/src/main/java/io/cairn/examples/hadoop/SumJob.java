package io.cairn.examples.hadoop;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.lib.input.FileInputFormat;
import org.apache.hadoop.mapreduce.lib.output.FileOutputFormat;
import org.apache.hadoop.mapreduce.lib.reduce.LongSumReducer;

/** The job: sums per key over files of lines {@code key<TAB>amount}. */
public final class SumJob {
  private SumJob() {}

  /** The job, not yet submitted. */
  public static Job of(
      Configuration conf, Class<? extends ResumingMapper> mapper, Path input, Path output)
      throws IOException {
    Job job = Job.getInstance(conf, "sums per key");
    job.setJarByClass(SumJob.class);
    job.setMapperClass(mapper);
    job.setReducerClass(LongSumReducer.class);
    job.setOutputKeyClass(Text.class);
    job.setOutputValueClass(LongWritable.class);
    FileInputFormat.addInputPath(job, input);
    FileOutputFormat.setOutputPath(job, output);
    return job;
  }
}
