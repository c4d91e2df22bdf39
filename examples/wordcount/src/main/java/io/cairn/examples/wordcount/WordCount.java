package io.cairn.examples.wordcount;

import io.cairn.client.Cairn;
import io.cairn.client.TaskResult;
import io.cairn.client.TaskRun;
import io.cairn.client.job.CheckpointPolicy;
import io.cairn.client.job.JobContext;
import io.cairn.client.job.JobName;
import io.cairn.client.job.JobSpec;
import io.cairn.client.job.Partitions;
import io.cairn.client.job.StageSpec;
import io.cairn.client.job.WorkerBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.IntConsumer;

/**
 * The job: one task looks at the text and splits it, some count the words of a part each, and some
 * add up what all of them have found of their share of the words.
 */
public final class WordCount {
  private static final String SPLIT = "split";
  private static final String MAP = "map";
  private static final String REDUCE = "reduce";
  private static final int CHECKPOINT_LINES = 5;

  private final Text text;
  private final int parts;
  private final IntConsumer beforeLine;

  private WordCount(Text text, int parts, IntConsumer beforeLine) {
    this.text = text;
    this.parts = parts;
    this.beforeLine = beforeLine;
  }

  /**
   * How far a part is counted.
   *
   * @param counts as {@link Counts#lines}
   */
  record Progress(int nextLine, String counts) {}

  /** The job; settings may still be added. */
  public static JobSpec.Builder spec(String name, int parts, int reducers) {
    return JobSpec.builder(name)
        .stage(SPLIT, SPLIT, 1)
        .stage(StageSpec.of(MAP, MAP, parts).after(SPLIT))
        .stage(StageSpec.of(REDUCE, REDUCE, reducers).after(MAP))
        .checkpoints(
            CheckpointPolicy.builder().every(CHECKPOINT_LINES).every(Duration.ZERO).build());
  }

  /**
   * A worker of the job.
   *
   * @param beforeLine is told of each line before it is counted
   */
  public static WorkerBuilder worker(Cairn cairn, Text text, int parts, IntConsumer beforeLine) {
    WordCount job = new WordCount(text, parts, beforeLine);
    return cairn
        .worker()
        .handle(SPLIT, context -> job.split())
        .handle(MAP, job::map)
        .handle(REDUCE, WordCount::reduce);
  }

  /** What the job has found; it must have succeeded. */
  public static Counts result(Cairn cairn, JobName name) {
    Counts all = new Counts();
    cairn.jobs().results(name, REDUCE).values().forEach(share -> all.add(counts(share)));
    return all;
  }

  /** A line {@code from to} for each part. */
  private String split() {
    List<String> ranges =
        Partitions.range(0, text.lines(), parts).stream()
            .map(range -> range.from() + " " + range.to())
            .toList();
    return String.join("\n", ranges);
  }

  private String map(JobContext context) {
    String splits = Objects.requireNonNull(context.results(SPLIT).get(0)).as(String.class);
    String[] range = splits.lines().toList().get(context.partition()).split(" ", -1);
    int to = Integer.parseInt(range[1]);
    TaskRun<Progress> task = context.task(Progress.class);
    Progress at = task.stateOr(() -> new Progress(Integer.parseInt(range[0]), ""));
    Counts counts = Counts.ofLines(at.counts());
    for (int line = at.nextLine(); line < to; line++) {
      context.stopIfAsked();
      beforeLine.accept(line);
      counts.add(text.words(line));
      task.update(new Progress(line + 1, counts.lines()));
    }
    return counts.lines();
  }

  private static String reduce(JobContext context) {
    Counts share = new Counts();
    for (TaskResult part : context.results(MAP).values()) {
      share.add(counts(part).share(context.partition(), context.partitions()));
    }
    return share.lines();
  }

  private static Counts counts(TaskResult result) {
    return Counts.ofLines(result.as(String.class));
  }
}
