package io.cairn.core.job;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.Refusal;
import io.cairn.core.engine.Deadlines;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.v1.WorkerRow;
import io.cairn.protocol.Sha256;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Detection;
import io.cairn.protocol.v1.Due;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.Redundancy;
import io.cairn.protocol.v1.RetryPolicy;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.TaskCompleteRequest;
import io.cairn.protocol.v1.TaskCreateRequest;
import io.cairn.protocol.v1.TaskProgress;
import io.cairn.protocol.v1.TaskSpec;
import io.cairn.protocol.v1.TaskVerdictRequest;
import io.cairn.protocol.v1.Verification;
import io.cairn.protocol.v1.Worker;
import io.cairn.protocol.v1.WorkerLoad;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Commands about few jobs, workers and tasks, so that they meet. Seeded. */
final class RandomJobs {
  private static final List<String> HANDLERS = List.of("h0", "h1", "h2");

  private final Random random;
  private final JobStore store;
  private int submissions;
  private int done;
  private int refused;
  private final Map<String, Integer> counts = new TreeMap<>();

  RandomJobs(JobStore store, long seed) {
    this.store = store;
    this.random = new Random(seed);
  }

  int done() {
    return done;
  }

  int refused() {
    return refused;
  }

  /** What was done, and how often. */
  Map<String, Integer> counts() {
    return counts;
  }

  /** Runs one command; returns what it was. */
  String step() {
    int kind = random.nextInt(100);
    try {
      String what = kind < 47 ? ofTask(kind) : kind < 70 ? ofWorker(kind) : ofJob(kind);
      done++;
      counts.merge(what.replaceAll(" \\S*\\d\\S*", ""), 1, Integer::sum);
      return what;
    } catch (Refusal refusal) {
      refused++;
      return refusal.code() + " " + refusal.getMessage();
    }
  }

  private String ofTask(int kind) {
    List<Task> tasks = store.tasksOf("");
    if (tasks.isEmpty()) {
      return ofJob(70);
    }
    Task task = tasks.get(random.nextInt(tasks.size()));
    for (int i = 0; i < 20 && task.getLease() == 0; i++) {
      task = tasks.get(random.nextInt(tasks.size()));
    }
    String name = task.getName().getName();
    long epoch = random.nextInt(12) == 0 ? 1 + random.nextInt(50) : task.getEpoch();
    if (kind < 22) {
      store.run(JobRequests.start(name, epoch));
      return "start " + name;
    } else if (kind < 36) {
      if (task.getJob().getReplica() == Runs.COMPARISON) {
        store.run(verdict(task, epoch));
        return "verdict " + name;
      }
      store.apply(context -> store.tasks().complete(context, complete(name, epoch)));
      return "complete " + name;
    } else if (kind < 42) {
      store.fail(name, epoch, random.nextInt(6) > 0);
      return "fail " + name;
    } else if (kind < 44) {
      store.apply(context -> store.tasks().release(context, JobRequests.release(name, epoch)));
      return "release " + name;
    } else if (kind < 45) {
      store.cancelTask(name);
      return "cancel " + name;
    }
    Task again = store.tasksOf(name).get(0);
    store.apply(
        context ->
            store
                .tasks()
                .create(
                    context,
                    TaskCreateRequest.newBuilder()
                        .setName(again.getName())
                        .setSpec(TaskSpec.getDefaultInstance())
                        .build()));
    throw new AssertionError("a plain task of the name " + name + " was made");
  }

  /** One in four results is another one. */
  private TaskCompleteRequest complete(String name, long epoch) {
    ByteString result = ByteString.copyFromUtf8(random.nextInt(4) == 0 ? "lie" : "truth");
    return JobRequests.complete(name, epoch).toBuilder()
        .setResult(result)
        .setResultDigest(Sha256.of(result))
        .setValue(RedundancyRequests.number(random.nextInt(3)))
        .build();
  }

  private Command.Builder verdict(Task task, long epoch) {
    TaskVerdictRequest.Builder verdict =
        TaskVerdictRequest.newBuilder().setTask(task.getName()).setEpoch(epoch);
    for (int replica = 0; replica < 3; replica++) {
      if (random.nextInt(3) > 0) {
        verdict.addAccepted(replica);
      }
    }
    return JobRequests.command().setTaskVerdict(verdict);
  }

  private String ofWorker(int kind) {
    List<Worker> workers = workers();
    if (kind < 50 || workers.isEmpty()) {
      String id = "w" + random.nextInt(5);
      Command.Builder register =
          JobRequests.register(id, store.lease(2_000 + random.nextInt(20_000)), 1, handlers());
      register
          .getWorkerRegisterBuilder()
          .setCapacity(1 + random.nextInt(4))
          .setNode("n" + random.nextInt(3))
          .setSpare(random.nextInt(4) == 0);
      store.run(register);
      return "register " + id;
    }
    Worker worker = workers.get(random.nextInt(workers.size()));
    if (kind < 66) {
      store.run(JobRequests.report(worker, load(), progress(worker)));
      return "report " + worker.getId();
    } else if (kind < 67) {
      store.run(JobRequests.drain(worker));
      return "drain " + worker.getId();
    } else if (kind < 68) {
      store.run(JobRequests.leave(worker));
      return "leave " + worker.getId();
    } else if (kind < 69) {
      store.endLease(worker.getLease());
      return "end of the lease of " + worker.getId();
    }
    store.renew(worker.getLease());
    return "renew " + worker.getId();
  }

  private String ofJob(int kind) {
    String name = "j" + random.nextInt(5);
    if (kind < 76) {
      String submission = random.nextInt(8) == 0 ? "the same" : "submission " + submissions++;
      store.run(JobRequests.submit(name, submission, spec()));
      return "submit " + name;
    } else if (kind < 77) {
      store.run(JobRequests.cancel(name));
      return "cancel job " + name;
    } else if (kind < 80) {
      store.run(JobRequests.retry(name));
      return "retry job " + name;
    } else if (kind < 82) {
      store.run(JobRequests.delete(name));
      return "delete job " + name;
    } else if (kind < 85) {
      store.collect(1 + random.nextInt(20));
      return "collect";
    } else if (kind < 86) {
      store.leaderStart();
      return "leader start";
    } else if (kind < 88) {
      store.restart();
      return "restart";
    }
    for (Worker worker : workers()) {
      if (random.nextInt(6) > 0) {
        store.renew(worker.getLease());
      }
    }
    store.pass(random.nextInt(random.nextInt(8) == 0 ? 20_000 : 2_000));
    List<Due> due = new Deadlines().due(store.rows(), store.now()).getDueList();
    if (random.nextInt(3) == 0) {
      due = due.subList(0, Math.min(due.size(), 2));
    }
    store.expireOnce(due);
    return "time";
  }

  private JobSpec spec() {
    JobSpec.Builder spec =
        JobSpec.newBuilder()
            .setContinueOnFailure(random.nextBoolean())
            .setKeepMillis(random.nextInt(3) == 0 ? 5_000 : 0)
            .setRetry(
                RetryPolicy.newBuilder()
                    .setAttemptsMax(1 + random.nextInt(4))
                    .setBackoffFirstMillis(random.nextInt(2) * 700L)
                    .setJitterPercent(30))
            .setDetection(
                Detection.newBuilder()
                    .setTtlMillis(3_000 + random.nextInt(30_000))
                    .setAckMillis(500 + random.nextInt(4_000))
                    .setNoProgressMillis(random.nextInt(3) * 900L)
                    .setSuspectMillisMax(random.nextInt(2) * 2_500L)
                    .setAttemptMillisMax(random.nextInt(2) * 15_000L)
                    .setHeapPercentMax(random.nextInt(2) * 80));
    int stages = 1 + random.nextInt(3);
    for (int i = 0; i < stages; i++) {
      var stage =
          JobRequests.stage(
              "s" + i, HANDLERS.get(random.nextInt(HANDLERS.size())), 1 + random.nextInt(9));
      if (i > 0 && random.nextBoolean()) {
        stage.addAfter("s" + random.nextInt(i));
      }
      spec.addStages(stage);
    }
    redundancy(spec);
    return spec.build();
  }

  private void redundancy(JobSpec.Builder spec) {
    Redundancy.Builder redundancy = spec.getRedundancyBuilder();
    switch (random.nextInt(8)) {
      case 0 -> redundancy.setKind(Redundancy.Kind.STANDBY);
      case 1 ->
          redundancy
              .setKind(Redundancy.Kind.SPECULATE)
              .setStragglerPercent(150)
              .setStragglerMillisMin(100);
      case 2 -> {
        redundancy.setKind(Redundancy.Kind.REPLICAS).setReplicas(2 + random.nextInt(3));
        spec.getVerificationBuilder().setAllEqual(random.nextInt(3) == 0);
        switch (random.nextInt(3)) {
          case 0 ->
              spec.getVerificationBuilder()
                  .setComparison(Verification.Comparison.CUSTOM)
                  .setComparator(HANDLERS.get(random.nextInt(HANDLERS.size())));
          case 1 ->
              spec.getVerificationBuilder()
                  .setComparison(Verification.Comparison.TOLERANCE)
                  .setTolerance(1);
          default -> {}
        }
      }
      default -> {}
    }
  }

  private String[] handlers() {
    List<String> some = new ArrayList<>(HANDLERS);
    some.removeIf(handler -> some.size() > 1 && random.nextInt(3) == 0);
    return some.toArray(new String[0]);
  }

  private WorkerLoad load() {
    return WorkerLoad.newBuilder().setHeapPercent(random.nextInt(5) == 0 ? 90 : 50).build();
  }

  private TaskProgress[] progress(Worker worker) {
    return store.tasksOf("").stream()
        .filter(task -> task.getLease() == worker.getLease() || random.nextInt(20) == 0)
        .map(
            task ->
                JobRequests.progress(
                    task.getName().getName(),
                    task.getEpoch(),
                    store.now() / 2_000 + random.nextInt(3)))
        .toArray(TaskProgress[]::new);
  }

  private List<Worker> workers() {
    List<Worker> workers = new ArrayList<>();
    for (byte[] key : store.keys(ColumnFamily.WORKER)) {
      WorkerRow row = WorkerRows.worker(store.rows().get(ColumnFamily.WORKER, key));
      workers.add(row.getWorker());
    }
    return workers;
  }
}
