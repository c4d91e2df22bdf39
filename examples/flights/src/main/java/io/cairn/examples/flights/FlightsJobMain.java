package io.cairn.examples.flights;

import io.cairn.client.Cairn;
import io.cairn.client.CairnException;
import io.cairn.client.job.Job;
import io.cairn.client.job.JobState;
import io.cairn.client.job.Worker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Submits the job, works on it, and shows what it has found. Started twice under the same name, it
 * is one job with two workers; either may be killed.
 */
public final class FlightsJobMain {
  private static final Duration PATIENCE = Duration.ofDays(1);
  private static final int PARTITIONS_MAX = 10_000;
  private static final int CONCURRENCY_MAX = 64;
  private static final int PAUSE_MILLIS_MAX = 60_000;

  private FlightsJobMain() {}

  /** What the process is told. */
  private record Settings(
      String endpoints,
      Path input,
      String job,
      int partitions,
      int concurrency,
      Duration blockPause) {
    static Settings parse(String... arguments) {
      Arguments given = new Arguments(arguments);
      Settings settings =
          new Settings(
              given.take("endpoints", "127.0.0.1:7420"),
              Path.of(given.take("input", "examples/flights/flights-200k.csv.gz")),
              given.take("job", "flights"),
              given.take("partitions", 8, 1, PARTITIONS_MAX),
              given.take("concurrency", 2, 1, CONCURRENCY_MAX),
              Duration.ofMillis(given.take("block-pause-ms", 0, 0, PAUSE_MILLIS_MAX)));
      given.end();
      return settings;
    }
  }

  /** Exit code 0: the job has succeeded; 1: it has not; 2: wrong usage. */
  public static void main(String[] arguments) throws InterruptedException {
    Settings settings;
    FlightsFile flights;
    try {
      settings = Settings.parse(arguments);
      flights = FlightsFile.read(settings.input());
    } catch (IOException | IllegalArgumentException e) {
      System.err.println("flights job: " + e.getMessage());
      System.exit(2);
      return;
    }
    boolean succeeded;
    try {
      succeeded = run(settings, flights);
    } catch (CairnException e) {
      System.err.println("flights job: " + e.code() + ": " + e.getMessage());
      succeeded = false;
    }
    System.exit(succeeded ? 0 : 1);
  }

  private static boolean run(Settings settings, FlightsFile flights) {
    long pauseMillis = settings.blockPause().toMillis();
    try (Cairn cairn = Cairn.connect(settings.endpoints());
        Worker worker =
            FlightsJob.worker(cairn, flights, (partition, from, to) -> Thread.sleep(pauseMillis))
                .concurrency(settings.concurrency())
                .start()) {
      Job job =
          cairn
              .jobs()
              .submit(
                  FlightsJob.spec(settings.job(), flights.rows(), settings.partitions()).build(),
                  settings.job());
      System.out.println("worker " + worker.id() + " works on job " + job.name());
      Job end = cairn.jobs().await(job.name(), PATIENCE).orElse(job);
      if (end.state() != JobState.SUCCEEDED) {
        System.err.println("flights job: " + end.state() + ", fault: " + end.fault());
        return false;
      }
      show(FlightsJob.result(cairn, job.name()));
      return true;
    }
  }

  private static void show(Totals totals) {
    System.out.println("hour  flights  delay in minutes");
    for (int hour = 0; hour < Totals.HOURS; hour++) {
      System.out.printf(
          "%4d  %7d  %16d%n", hour, totals.flights().get(hour), totals.delayMinutes().get(hour));
    }
    System.out.println(totals.rows() + " flights");
  }
}
