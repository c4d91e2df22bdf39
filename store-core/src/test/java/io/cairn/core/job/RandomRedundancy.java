package io.cairn.core.job;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.Refusal;
import io.cairn.protocol.Sha256;
import io.cairn.protocol.v1.Job;
import io.cairn.protocol.v1.JobListRequest;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.JobState;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskCompleteRequest;
import io.cairn.protocol.v1.TaskState;
import io.cairn.protocol.v1.TaskVerdictRequest;
import io.cairn.protocol.v1.Verification;
import io.cairn.protocol.v1.Verification.Comparison;
import io.cairn.protocol.v1.Worker;
import io.cairn.protocol.v1.WorkerListRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Jobs of all kinds of redundancy, and whatever may happen to them, by one seed. */
final class RandomRedundancy {
  private static final int WORKERS = 6;

  private final Random random;
  private final JobStore store;
  private int jobs;

  RandomRedundancy(long seed, JobStore store) {
    this.random = new Random(seed);
    this.store = store;
  }

  /** Something happens; what is refused changes nothing, and that is all right. */
  void step() {
    try {
      switch (random.nextInt(20)) {
        case 0 -> submit();
        case 1, 2 -> register();
        case 3 -> worker(worker -> store.endLease(worker.getLease()));
        case 4 -> worker(worker -> store.run(JobRequests.drain(worker)));
        case 5 -> worker(worker -> store.run(JobRequests.leave(worker)));
        case 6 -> store.advance(random.nextInt(3_000));
        case 7 -> job(job -> store.run(JobRequests.retry(job)));
        case 8 -> {
          if (random.nextInt(4) == 0) {
            job(job -> store.run(JobRequests.cancel(job)));
          }
        }
        case 9 -> task(task -> store.fail(name(task), epoch(task), random.nextBoolean()));
        case 10 -> task(task -> store.release(name(task)));
        case 11 -> {
          if (random.nextInt(4) == 0) {
            task(task -> store.cancelTask(name(task)));
          }
        }
        case 12 -> worker(worker -> store.renew(worker.getLease()));
        default -> task(this::work);
      }
    } catch (Refusal refusal) {
      // the store has checked that nothing was written
    }
  }

  private void work(Task task) {
    if (task.getState() == TaskState.CLAIMED && random.nextInt(8) > 0) {
      store.start(name(task));
    } else if (task.getJob().getReplica() == Runs.COMPARISON) {
      verdict(task);
    } else {
      store.pass(random.nextInt(300));
      ByteString result = ByteString.copyFromUtf8(random.nextInt(4) == 0 ? "lie" : "truth");
      store.apply(
          context ->
              store
                  .tasks()
                  .complete(
                      context,
                      TaskCompleteRequest.newBuilder()
                          .setName(task.getName())
                          .setEpoch(epoch(task))
                          .setResult(result)
                          .setResultDigest(Sha256.of(result))
                          .setValue(RedundancyRequests.number(random.nextInt(3)))
                          .build()));
    }
  }

  private void verdict(Task task) {
    List<Integer> accepted = new ArrayList<>();
    for (int replica = 0; replica < 3; replica++) {
      if (random.nextInt(3) > 0) {
        accepted.add(replica);
      }
    }
    store.run(
        JobRequests.command()
            .setTaskVerdict(
                TaskVerdictRequest.newBuilder()
                    .setTask(task.getName())
                    .setEpoch(epoch(task))
                    .addAllAccepted(accepted)));
  }

  private void submit() {
    int partitions = 1 + random.nextInt(4);
    int replicas = 2 + random.nextInt(3);
    JobSpec.Builder spec =
        switch (random.nextInt(7)) {
          case 0 -> RedundancyRequests.standby(partitions);
          case 1 -> RedundancyRequests.speculate(partitions, 150, 100);
          case 2 -> RedundancyRequests.replicas(partitions, replicas);
          case 3 ->
              RedundancyRequests.replicas(
                  partitions,
                  replicas,
                  RedundancyRequests.comparing(Comparison.TOLERANCE).setTolerance(1));
          case 4 ->
              RedundancyRequests.replicas(
                  partitions, replicas, Verification.newBuilder().setAllEqual(true));
          case 5 ->
              RedundancyRequests.replicas(
                  partitions,
                  2 + random.nextInt(2),
                  RedundancyRequests.comparing(Comparison.CUSTOM).setComparator("h"));
          default -> JobRequests.retrying(partitions, 10);
        };
    spec.setContinueOnFailure(random.nextBoolean());
    spec.getRetryBuilder().setAttemptsMax(1 + random.nextInt(4));
    if (random.nextBoolean()) {
      spec.addStages(JobRequests.stage("t", "h", 2, "s"));
    }
    store.submit("j" + jobs++, spec.build());
  }

  private void register() {
    io.cairn.protocol.v1.Command.Builder command =
        JobRequests.register(
            "w" + random.nextInt(WORKERS), store.lease(5_000), 1 + random.nextInt(3), "h");
    command
        .getWorkerRegisterBuilder()
        .setNode("n" + random.nextInt(4))
        .setSpare(random.nextInt(4) == 0);
    store.run(command);
  }

  private void worker(java.util.function.Consumer<Worker> action) {
    List<Worker> workers =
        store
            .ask(Query.newBuilder().setWorkerList(WorkerListRequest.getDefaultInstance()))
            .getWorkerList()
            .getWorkersList();
    if (!workers.isEmpty()) {
      action.accept(workers.get(random.nextInt(workers.size())));
    }
  }

  private void job(java.util.function.Consumer<String> action) {
    List<Job> there = jobs();
    if (!there.isEmpty()) {
      action.accept(there.get(random.nextInt(there.size())).getName().getName());
    }
  }

  List<Job> jobs() {
    return store
        .ask(
            Query.newBuilder()
                .setJobList(JobListRequest.newBuilder().setNamespace(JobRequests.NAMESPACE)))
        .getJobList()
        .getJobsList();
  }

  /** A task that somebody has, of a job that runs. */
  private void task(java.util.function.Consumer<Task> action) {
    List<Task> live = new ArrayList<>();
    for (Job job : jobs()) {
      if (job.getState() == JobState.JOB_RUNNING) {
        store.tasksOf(job.getName().getName() + "/").stream()
            .filter(task -> task.getLease() != 0)
            .forEach(live::add);
      }
    }
    if (!live.isEmpty()) {
      action.accept(live.get(random.nextInt(live.size())));
    }
  }

  private static String name(Task task) {
    return task.getName().getName();
  }

  private static long epoch(Task task) {
    return task.getEpoch();
  }
}
