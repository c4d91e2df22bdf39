package io.cairn.bench.jobs;

import io.cairn.bench.nodes.BenchFailure;
import io.cairn.bench.nodes.Pause;
import io.cairn.client.Cairn;
import io.cairn.client.job.Job;
import io.cairn.client.job.JobSpec;
import io.cairn.client.job.JobState;
import io.cairn.client.job.StageStatus;
import java.util.function.Consumer;

/** A submitted job that is looked at until it has ended. */
final class RunningJob {
  private static final long POLL_MILLIS = 20;
  private static final long TELL_NANOS = 5_000_000_000L;

  private final Cairn client;
  private final JobSpec spec;

  private RunningJob(Cairn client, JobSpec spec) {
    this.client = client;
    this.spec = spec;
  }

  /** Submits the job. */
  static RunningJob submit(Cairn client, JobSpec spec) {
    client.jobs().submit(spec);
    return new RunningJob(client, spec);
  }

  /** Waits until it has succeeded, and tells now and then how far it is. */
  Job await(Consumer<String> progress) {
    long toldNanos = System.nanoTime();
    while (true) {
      Job job =
          client
              .jobs()
              .get(spec.name())
              .orElseThrow(() -> new BenchFailure("job " + spec.name() + " is gone"));
      if (job.state() == JobState.SUCCEEDED) {
        return job;
      }
      if (job.state().hasEnded()) {
        throw new BenchFailure("job %s is %s: %s".formatted(job.name(), job.state(), job.fault()));
      }
      if (System.nanoTime() - toldNanos > TELL_NANOS) {
        toldNanos = System.nanoTime();
        progress.accept(told(job));
      }
      Pause.millis(POLL_MILLIS);
    }
  }

  private static String told(Job job) {
    int all = job.stages().stream().mapToInt(StageStatus::partitions).sum();
    int done = job.stages().stream().mapToInt(StageStatus::succeeded).sum();
    return "  %s: %d of %d tasks".formatted(job.name(), done, all);
  }
}
