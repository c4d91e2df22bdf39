package io.cairn.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cairn.client.Bytes;
import io.cairn.client.Cairn;
import io.cairn.client.TaskName;
import io.cairn.client.TaskRun;
import io.cairn.client.codec.Codecs;
import io.cairn.client.codec.StoredState;
import io.cairn.client.job.BarrierSteps;
import io.cairn.client.job.CheckpointPolicy;
import io.cairn.client.job.Detection;
import io.cairn.client.job.Job;
import io.cairn.client.job.JobContext;
import io.cairn.client.job.JobHandler;
import io.cairn.client.job.JobName;
import io.cairn.client.job.JobSpec;
import io.cairn.client.job.JobState;
import io.cairn.client.job.RetryPolicy;
import io.cairn.client.job.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Tasks that move tokens among themselves, and are saved together at barriers. */
class BarrierTest {
  private static final int TASKS = 16;
  private static final int FIRST_TOKENS = 100;
  private static final JobName JOB = JobName.of("tokens");
  private static final Duration TTL = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What a task has. */
  record Tokens(int count) {}

  private final long seed = Long.getLong("seed", 20_261_125L);
  private final Map<Long, List<BlockingQueue<Integer>>> channels = new ConcurrentHashMap<>();
  private final Map<Long, Map<Integer, Integer>> restored = new ConcurrentHashMap<>();
  private final AtomicBoolean explode = new AtomicBoolean();

  @Test
  @WithCairn(nodes = 3)
  void eachCutThatIsRestoredHasAllTokensThoughWorkersAndTheLeaderDie(
      CairnCluster cluster, Cairn cairn) {
    System.out.println("BarrierTest: -Dseed=" + seed);
    Cairn dying = cluster.clientBuilder().build();
    try (Cairn other = cluster.clientBuilder().build();
        Worker one = worker(cairn, "one");
        Worker two = worker(other, "two")) {
      Worker three = worker(dying, "three");
      cairn.jobs().submit(spec());
      awaitBarrier(cairn, 0, 2);

      dying.close(); // its leases are not given up: the worker is silent
      assertThat(three.isRunning()).isFalse();
      awaitGeneration(cairn, 1);
      awaitBarrier(cairn, 1, 1);

      CairnNode leader = cluster.leader();
      cluster.kill(leader);
      awaitBarrier(cairn, 1, 1);
      cluster.restart(leader);

      long generation = job(cairn).generation();
      explode.set(true);
      awaitGeneration(cairn, generation + 1);
      awaitBarrier(cairn, generation + 1, 1);
      assertThat(one.isRunning() && two.isRunning()).isTrue();
      cairn.jobs().cancel(JOB);
      assertThat(cairn.jobs().await(JOB, PATIENCE).orElseThrow().state())
          .isEqualTo(JobState.CANCELLED);
    }
    checkRestored();
    assertThat(newestSet(cairn)).isEqualTo(TASKS * FIRST_TOKENS);
  }

  /** Sums of what the tasks of a generation began with, if all of them have begun. */
  private void checkRestored() {
    List<Long> whole = new ArrayList<>();
    restored.forEach(
        (generation, tokens) -> {
          if (tokens.size() == TASKS) {
            whole.add(generation);
            assertThat(tokens.values().stream().mapToInt(Integer::intValue).sum())
                .as("tokens restored in generation %d: %s", generation, tokens)
                .isEqualTo(TASKS * FIRST_TOKENS);
          }
        });
    System.out.println("BarrierTest: whole generations " + whole);
    assertThat(whole).hasSizeGreaterThanOrEqualTo(3);
    assertThat(restored.values())
        .as("some cut has been one of moved tokens")
        .anyMatch(tokens -> tokens.values().stream().anyMatch(count -> count != FIRST_TOKENS));
  }

  private static int newestSet(Cairn cairn) {
    int sum = 0;
    for (int i = 0; i < TASKS; i++) {
      TaskName task = new TaskName(JOB.namespace(), JOB.name() + "/move/" + i);
      long seq = cairn.tasks().get(task).orElseThrow().checkpointSeq();
      Bytes state = cairn.tasks().section(task, seq, "state");
      sum += StoredState.decode(Codecs.hessian(Tokens.class), state.toArray()).count();
    }
    return sum;
  }

  private static JobSpec spec() {
    return JobSpec.builder(JOB.name())
        .stage("move", "move", TASKS)
        .checkpoints(
            CheckpointPolicy.builder()
                .coordinated(Duration.ofMillis(100), Duration.ofSeconds(5))
                .build())
        .detection(Detection.builder().ttl(TTL).build())
        .retry(RetryPolicy.defaults().withBackoff(Duration.ofMillis(20), Duration.ofMillis(200)))
        .build();
  }

  private Worker worker(Cairn cairn, String id) {
    JobHandler handler = this::move;
    return cairn.worker().id(id).handle("move", handler).concurrency(8).leaseTtl(TTL).start();
  }

  private Object move(JobContext context) throws InterruptedException {
    TaskRun<Tokens> run = context.task(Tokens.class);
    Purse purse = new Purse(context, run.stateOr(() -> new Tokens(FIRST_TOKENS)).count());
    restored
        .computeIfAbsent(context.generation(), any -> new ConcurrentHashMap<>())
        .put(context.partition(), purse.tokens);
    while (true) {
      context.stopIfAsked();
      purse.moveSome();
      context.barrier(run, purse);
      if (context.partition() == 3 && explode.compareAndSet(true, false)) {
        throw new IllegalStateException("exploded");
      }
    }
  }

  /** Channels of the generation, one for each task. */
  private List<BlockingQueue<Integer>> channels(long generation) {
    return channels.computeIfAbsent(
        generation,
        any -> {
          List<BlockingQueue<Integer>> queues = new ArrayList<>();
          for (int i = 0; i < TASKS; i++) {
            queues.add(new LinkedBlockingQueue<>());
          }
          return queues;
        });
  }

  /** What one attempt of a task has. */
  private final class Purse implements BarrierSteps<Tokens> {
    private final List<BlockingQueue<Integer>> all;
    private final BlockingQueue<Integer> mine;
    private final Random random;
    private int tokens;

    Purse(JobContext context, int tokens) {
      this.all = channels(context.generation());
      this.mine = all.get(context.partition());
      this.random = new Random(seed + 31 * context.generation() + context.partition());
      this.tokens = tokens;
    }

    void moveSome() throws InterruptedException {
      Integer came = mine.poll(5, TimeUnit.MILLISECONDS);
      tokens += came == null ? 0 : came;
      int going = tokens == 0 ? 0 : random.nextInt(tokens) / 2;
      if (going > 0) {
        tokens -= going;
        all.get(random.nextInt(TASKS)).add(going);
      }
    }

    @Override
    public Tokens drain() {
      for (Integer came = mine.poll(); came != null; came = mine.poll()) {
        tokens += came;
      }
      return new Tokens(tokens);
    }
  }

  private static Job job(Cairn cairn) {
    return cairn.jobs().get(JOB).orElseThrow();
  }

  private static void awaitGeneration(Cairn cairn, long generation) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> job(cairn).generation() >= generation);
  }

  /** Waits for so many more committed barriers in this generation, or a later one. */
  private static void awaitBarrier(Cairn cairn, long generation, int more) {
    long before = job(cairn).committedBarrier();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              Job job = job(cairn);
              return job.generation() >= generation && job.committedBarrier() >= before + more;
            });
  }
}
