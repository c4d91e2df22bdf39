package io.cairn.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.cairn.protocol.Sha256;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.JobGetRequest;
import io.cairn.protocol.v1.JobName;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.JobState;
import io.cairn.protocol.v1.JobSubmitRequest;
import io.cairn.protocol.v1.LeaseGrantRequest;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.StageSpec;
import io.cairn.protocol.v1.TaskCompleteRequest;
import io.cairn.protocol.v1.TaskEvent;
import io.cairn.protocol.v1.TaskStartRequest;
import io.cairn.protocol.v1.WorkerRegisterRequest;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the engine alone takes for tasks that do nothing: printed, not judged. */
class JobSpeedTest {
  private static final int TASKS = 10_000;
  private static final int COMMANDS_PER_ENTRY = 64;
  private static final JobName JOB =
      JobName.newBuilder().setNamespace("default").setName("speed").build();

  @TempDir Path folder;

  @Test
  void tenThousandTasksOfEightWorkers() {
    run(8, 16);
  }

  @Test
  void tenThousandTasksOfFiveThousandWorkers() {
    run(5_000, 1);
  }

  private void run(int workers, int capacity) {
    try (EngineHarness harness = new EngineHarness(folder.resolve("db"))) {
      List<TaskEvent> events = new ArrayList<>();
      for (int i = 1; i <= workers; i++) {
        harness.applyOnly(grant(i), register(i, capacity));
      }
      harness.engine().commit();
      long began = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      events.addAll(harness.applyAndCommit(submit()));
      int commands = 0;
      List<Command> next = new ArrayList<>();
      while (!events.isEmpty()) {
        for (TaskEvent event : events) {
          if (event.getEvent().getKind().equals("CLAIMED")) {
            next.add(start(event));
            next.add(complete(event));
          }
        }
        events.clear();
        if (next.isEmpty()) {
          harness.pass(50);
          events.addAll(harness.expireAndCommit());
        }
        for (int at = 0; at < next.size(); at += COMMANDS_PER_ENTRY) {
          List<Command> entry = next.subList(at, Math.min(next.size(), at + COMMANDS_PER_ENTRY));
          commands += entry.size();
          events.addAll(harness.applyAndCommit(entry.toArray(new Command[0])));
        }
        next.clear();
      }
      long spent = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - began;
      System.out.printf(
          "JobSpeedTest: %,d tasks, %,d workers with %d places: %,d commands, %,d ms of one core%n",
          TASKS, workers, capacity, commands, spent / 1_000_000);
      assertThat(
              harness
                  .query(
                      Query.newBuilder().setJobGet(JobGetRequest.newBuilder().setName(JOB)).build())
                  .getJobGet()
                  .getState())
          .isEqualTo(JobState.JOB_SUCCEEDED);
    }
  }

  private static Command submit() {
    return EngineHarness.command()
        .setJobSubmit(
            JobSubmitRequest.newBuilder()
                .setName(JOB)
                .setSubmission("1")
                .setSpec(
                    JobSpec.newBuilder()
                        .addStages(
                            StageSpec.newBuilder()
                                .setName("s")
                                .setHandler("h")
                                .setPartitions(TASKS))))
        .build();
  }

  private static Command grant(long lease) {
    return EngineHarness.command()
        .setLeaseGrant(LeaseGrantRequest.newBuilder().setId(lease).setTtlMillis(60_000))
        .build();
  }

  private static Command register(long lease, int capacity) {
    return EngineHarness.command()
        .setWorkerRegister(
            WorkerRegisterRequest.newBuilder()
                .setId("worker-" + lease)
                .setLease(lease)
                .setCapacity(capacity)
                .addHandlers("h"))
        .build();
  }

  private static Command start(TaskEvent event) {
    return EngineHarness.command()
        .setTaskStart(
            TaskStartRequest.newBuilder()
                .setName(event.getName())
                .setEpoch(event.getEvent().getEpoch()))
        .build();
  }

  private static Command complete(TaskEvent event) {
    return EngineHarness.command()
        .setTaskComplete(
            TaskCompleteRequest.newBuilder()
                .setName(event.getName())
                .setEpoch(event.getEvent().getEpoch())
                .setResultDigest(Sha256.of(ByteString.EMPTY)))
        .build();
  }
}
