package io.cairn.examples.wordcount;

import io.cairn.client.Cairn;
import io.cairn.client.CairnException;
import io.cairn.client.job.Job;
import io.cairn.client.job.JobState;
import io.cairn.client.job.Worker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Submits the job, works on it, and shows the commonest words. Started twice under the same name,
 * it is one job with two workers; either may be killed.
 */
public final class WordCountMain {
  private static final Duration PATIENCE = Duration.ofDays(1);
  private static final int PARTS = 4;
  private static final int REDUCERS = 2;
  private static final int SHOWN = 10;

  private WordCountMain() {}

  /** Arguments: endpoints, file, name of the job. */
  public static void main(String[] arguments) {
    if (arguments.length != 3) {
      System.err.println("wordcount: expected ENDPOINTS FILE JOB");
      System.exit(2);
    }
    try {
      System.exit(run(arguments[0], Text.read(Path.of(arguments[1])), arguments[2]) ? 0 : 1);
    } catch (IOException | IllegalArgumentException e) {
      System.err.println("wordcount: " + e);
      System.exit(2);
    } catch (CairnException e) {
      System.err.println("wordcount: " + e.code() + ": " + e.getMessage());
      System.exit(1);
    }
  }

  private static boolean run(String endpoints, Text text, String name) {
    try (Cairn cairn = Cairn.connect(endpoints);
        Worker worker = WordCount.worker(cairn, text, PARTS, line -> {}).start()) {
      Job job = cairn.jobs().submit(WordCount.spec(name, PARTS, REDUCERS).build(), name);
      System.out.println("worker " + worker.id() + " works on job " + job.name());
      Job end = cairn.jobs().await(job.name(), PATIENCE).orElse(job);
      if (end.state() != JobState.SUCCEEDED) {
        System.err.println("wordcount: " + end.state() + ", fault: " + end.fault());
        return false;
      }
      WordCount.result(cairn, job.name()).byWord().entrySet().stream()
          .sorted((one, other) -> Long.compare(other.getValue(), one.getValue()))
          .limit(SHOWN)
          .forEach(word -> System.out.printf("%6d %s%n", word.getValue(), word.getKey()));
      return true;
    }
  }
}
