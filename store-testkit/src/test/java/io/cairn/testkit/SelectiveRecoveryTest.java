package io.cairn.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.client.Cairn;
import io.cairn.client.SectionedState;
import io.cairn.client.TaskRun;
import io.cairn.client.codec.Codecs;
import io.cairn.client.job.FaultQuery;
import io.cairn.client.job.FaultRecord;
import io.cairn.client.job.Job;
import io.cairn.client.job.JobContext;
import io.cairn.client.job.JobHandler;
import io.cairn.client.job.JobName;
import io.cairn.client.job.JobSpec;
import io.cairn.client.job.JobState;
import io.cairn.client.job.RetryPolicy;
import io.cairn.client.job.Worker;
import io.cairn.protocol.FaultTypes;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** After a fault only what it has touched runs again, and reads only what it asks for. */
class SelectiveRecoveryTest {
  private static final int PARTITIONS = 8;
  private static final int SECTIONS = 8;
  private static final int SECTION_BYTES = 32 * 1024;
  private static final int FULL = 3;
  private static final long ALL_BYTES = (long) PARTITIONS * SECTIONS * SECTION_BYTES;

  /** Frames of states, beside their bytes. */
  private static final double SLACK = 1.02;

  private final Map<Integer, List<String>> nodes = new ConcurrentHashMap<>();
  private final CountDownLatch saved = new CountDownLatch(PARTITIONS);

  @Test
  @WithCairn(nodes = 3)
  void fullDiskUnderOnePartitionOfEightRunsOnlyItAgainAndReadsAnEighthOfTheBytes(
      CairnCluster cluster, Cairn cairn) {
    Job job =
        run(
            cairn,
            "all-sections",
            parts -> {
              for (int i = 0; i < SECTIONS; i++) {
                assertThat(parts.part("part-" + i).orElseThrow()).hasSize(SECTION_BYTES);
              }
            });
    assertThat(job.stats().checkpointBytes()).isBetween(ALL_BYTES, (long) (ALL_BYTES * SLACK));
    System.out.printf(
        "SelectiveRecoveryTest: %d bytes saved by %d partitions, %d read again%n",
        job.stats().checkpointBytes(), PARTITIONS, job.stats().recoveredBytes());
    assertThat(job.stats().recoveredBytes())
        .isBetween(ALL_BYTES / PARTITIONS, (long) (ALL_BYTES * SLACK / PARTITIONS));
    FaultRecord fault = cairn.jobs().faults(FaultQuery.of(job.name())).items().get(0);
    assertThat(fault.fault().type()).isEqualTo(FaultTypes.DISK_FULL);
    assertThat(fault.fault().place().path()).isEqualTo("/data/out-3");
    assertThat(fault.fault().place().partition()).isEqualTo("s/3");
    assertThat(fault.fault().place().node()).isEqualTo(nodes.get(FULL).get(0));
    assertThat(fault.fault().action()).isEqualTo("MOVE_NODE");
    assertThat(nodes.get(FULL)).doesNotHaveDuplicates();
  }

  @Test
  @WithCairn(nodes = 1)
  void recoveryThatNeedsOneSectionReadsThatOneAlone(CairnCluster cluster, Cairn cairn) {
    Job job =
        run(
            cairn,
            "one-section",
            parts -> assertThat(parts.part("part-5").orElseThrow()).hasSize(SECTION_BYTES));
    assertThat(job.stats().recoveredBytes())
        .isBetween((long) SECTION_BYTES, (long) (SECTION_BYTES * SLACK));
  }

  /** What the attempt behind the fault reads of its state. */
  private interface Reading {
    void of(SectionedState<byte[]> parts);
  }

  private Job run(Cairn cairn, String name, Reading reading) {
    JobHandler handler = context -> work(context, reading);
    try (Worker one = worker(cairn, "one", handler);
        Worker two = worker(cairn, "two", handler)) {
      cairn
          .jobs()
          .submit(
              JobSpec.builder(name)
                  .stage("s", "work", PARTITIONS)
                  .retry(
                      RetryPolicy.defaults()
                          .withBackoff(Duration.ofMillis(50), Duration.ofSeconds(1)))
                  .build());
      Job job = cairn.jobs().await(JobName.of(name), Duration.ofSeconds(60)).orElseThrow();
      assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(job.stats().faults()).isEqualTo(1);
      assertThat(job.stats().attempts()).isEqualTo(PARTITIONS + 1);
      nodes.forEach(
          (partition, ranOn) ->
              assertThat(ranOn).as("runs of " + partition).hasSize(partition == FULL ? 2 : 1));
      assertThat(nodes).hasSize(PARTITIONS);
      assertThat(one.isRunning() && two.isRunning()).isTrue();
      return job;
    }
  }

  private Object work(JobContext context, Reading reading) throws Exception {
    nodes
        .computeIfAbsent(context.partition(), any -> new CopyOnWriteArrayList<>())
        .add(context.node());
    TaskRun<byte[]> run = context.task(Codecs.bytes());
    SectionedState<byte[]> parts = SectionedState.of(run, Codecs.bytes());
    if (run.isResumed()) {
      reading.of(parts);
      return run.recoveredBytes();
    }
    Random random = new Random(context.partition());
    for (int i = 0; i < SECTIONS; i++) {
      byte[] part = new byte[SECTION_BYTES];
      random.nextBytes(part); // nothing that deflates
      parts.set("part-" + i, part);
    }
    parts.save();
    saved.countDown();
    saved.await();
    if (context.partition() == FULL) {
      throw new FileSystemException("/data/out-3", null, "No space left on device");
    }
    return 0L;
  }

  private static Worker worker(Cairn cairn, String id, JobHandler handler) {
    return cairn
        .worker()
        .id(id)
        .node("node-of-" + id)
        .handle("work", handler)
        .concurrency(PARTITIONS)
        .start();
  }
}
