package io.cairn.examples.wordcount;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.client.Cairn;
import io.cairn.client.job.Detection;
import io.cairn.client.job.Job;
import io.cairn.client.job.JobSpec;
import io.cairn.client.job.JobState;
import io.cairn.client.job.Worker;
import io.cairn.testkit.CairnCluster;
import io.cairn.testkit.WithCairn;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@WithCairn(nodes = 1)
class WordCountTest {
  private static final int PARTS = 4;
  private static final int FATAL_LINE = 8;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @Test
  void eachWordIsCountedOnceWhenAWorkerDies(CairnCluster cluster, Cairn cairn)
      throws IOException, InterruptedException {
    Text text = Text.read(Path.of("declaration.txt"));
    JobSpec spec =
        WordCount.spec("words", PARTS, 2)
            .detection(Detection.builder().ttl(Duration.ofSeconds(1)).build())
            .build();
    CountDownLatch stands = new CountDownLatch(1);
    Cairn dying = cluster.connect();
    WordCount.worker(dying, text, PARTS, line -> standAt(line, stands)).concurrency(1).start();
    cairn.jobs().submit(spec);
    assertThat(stands.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    dying.close(); // as a process that dies: the store is told nothing
    Set<Integer> lines = ConcurrentHashMap.newKeySet();
    try (Worker worker = WordCount.worker(cairn, text, PARTS, lines::add).start()) {
      Job job = cairn.jobs().await(spec.name(), PATIENCE).orElseThrow();
      assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(job.stats().faults()).isEqualTo(1);
      assertThat(worker.isRunning()).isTrue();
    }
    assertThat(WordCount.result(cairn, spec.name()).byWord()).isEqualTo(inOnePass(text).byWord());
    assertThat(lines).doesNotContain(0, 4).contains(5, FATAL_LINE, text.lines() - 1);
  }

  @Test
  void countsComeBackFromTheirLines() {
    Counts counts = new Counts().add("it's", 2).add("a", 40);
    assertThat(counts.lines()).isEqualTo("40 a\n2 it's");
    assertThat(Counts.ofLines(counts.lines()).byWord()).isEqualTo(counts.byWord());
    assertThat(Counts.ofLines("").byWord()).isEmpty();
  }

  @Test
  void sharesTogetherAreAll() throws IOException {
    Counts all = inOnePass(Text.read(Path.of("declaration.txt")));
    Counts sum = new Counts().add(all.share(0, 3)).add(all.share(1, 3)).add(all.share(2, 3));
    assertThat(sum.byWord()).isEqualTo(all.byWord());
    assertThat(all.byWord()).containsEntry("rights", 3L).hasSizeGreaterThan(200);
  }

  /** Until it is interrupted. */
  private static void standAt(int line, CountDownLatch stands) {
    if (line == FATAL_LINE) {
      stands.countDown();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static Counts inOnePass(Text text) {
    Counts counts = new Counts();
    for (int line = 0; line < text.lines(); line++) {
      counts.add(text.words(line));
    }
    return counts;
  }
}
