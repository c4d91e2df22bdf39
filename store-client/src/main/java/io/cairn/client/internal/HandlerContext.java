package io.cairn.client.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.cairn.client.Bytes;
import io.cairn.client.CairnException;
import io.cairn.client.TaskName;
import io.cairn.client.TaskResult;
import io.cairn.client.TaskRun;
import io.cairn.client.codec.Codec;
import io.cairn.client.codec.Codecs;
import io.cairn.client.job.BarrierSteps;
import io.cairn.client.job.FaultFacts;
import io.cairn.client.job.ItemAction;
import io.cairn.client.job.JobContext;
import io.cairn.client.job.JobName;
import io.cairn.client.job.ResultValue;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.CheckpointPolicy;
import io.cairn.protocol.v1.TaskOfJob;
import io.cairn.protocol.v1.TaskStartResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** One attempt, as its handler sees it. */
final class HandlerContext implements JobContext {
  private final WorkerParts parts;
  private final WorkerSetup setup;
  private final Assignment assignment;
  private final TaskStartResponse start;
  private final QuarantineCheck quarantine;
  private Optional<OwnedTask<?>> run = Optional.empty();
  private String runCodec = "";
  private long barrierDone;
  private volatile Optional<ResultValue> resultValue = Optional.empty();
  private volatile boolean sawStopping;

  HandlerContext(WorkerParts parts, WorkerSetup setup, Assignment assignment) {
    this.parts = parts;
    this.setup = setup;
    this.assignment = assignment;
    this.start = assignment.start().orElseThrow();
    this.quarantine = new QuarantineCheck(parts.jobs(), taskName(), start);
  }

  @Override
  public JobName job() {
    return new JobName(taskName().namespace(), place().getJob());
  }

  @Override
  public String stage() {
    return place().getStage();
  }

  @Override
  public int partition() {
    return place().getPartition();
  }

  @Override
  public int partitions() {
    return start.getPartitions();
  }

  @Override
  public int replica() {
    return place().getReplica();
  }

  @Override
  public long attempt() {
    return start.getTask().getAttempt();
  }

  @Override
  public long epoch() {
    return assignment.owned().epoch();
  }

  @Override
  public long generation() {
    return start.getGeneration();
  }

  @Override
  public TaskName taskName() {
    return assignment.owned().name();
  }

  @Override
  public Bytes payload() {
    return KvWire.bytes(start.getPayload());
  }

  @Override
  public String worker() {
    return setup.id();
  }

  @Override
  public String node() {
    return setup.node();
  }

  @Override
  public <T> TaskRun<T> task(Class<T> state) {
    return task(Codecs.hessian(state), "class " + state.getName());
  }

  @Override
  public <T> TaskRun<T> task(Codec<T> codec) {
    return task(codec, "codec " + codec.id());
  }

  @Override
  public void progress(long done, long total) {
    assignment.progress(done, total);
  }

  @Override
  public boolean isStopping() {
    boolean stopping = assignment.isStopping();
    sawStopping |= stopping;
    return stopping;
  }

  @Override
  public boolean isOwned() {
    return assignment.isAlive();
  }

  @Override
  public void onStop(Runnable listener) {
    assignment.onStop(
        () -> {
          sawStopping = true;
          listener.run();
        });
  }

  @Override
  public boolean item(byte[] item, ItemAction action) throws Exception {
    return quarantine.run(ByteString.copyFrom(item), action);
  }

  @Override
  public boolean item(String item, ItemAction action) throws Exception {
    return item(item.getBytes(UTF_8), action);
  }

  @Override
  public SortedMap<Integer, TaskResult> results(String stage) {
    return parts.jobs().results(job(), stage);
  }

  @Override
  @SuppressWarnings("unchecked") // it is the run that the caller gave
  public <T> boolean barrier(TaskRun<T> given, BarrierSteps<T> steps) {
    if (!isCoordinated()) {
      return false;
    }
    if (run.isEmpty() || run.get() != given) {
      throw new CairnException(
          ErrorCode.INVALID_ARGUMENT, "this is not the run of task " + taskName());
    }
    BarrierNews news = assignment.barriers();
    Requests requests = parts.client().requests();
    Optional<Long> asked = BarrierTurn.asked(news, barrierDone);
    if (asked.isEmpty()) {
      news.askSometimes(requests, job());
      return false;
    }
    barrierDone = asked.get();
    OwnedTask<T> owned = (OwnedTask<T>) run.get();
    return new BarrierTurn<>(requests, job(), news, owned, barrierDone).take(steps);
  }

  @Override
  public void resultValue(ResultValue value) {
    resultValue = Optional.of(value);
  }

  /** What was told of the result. */
  Optional<ResultValue> resultValue() {
    return resultValue;
  }

  /** The task's run, if the handler has asked for it. */
  Optional<OwnedTask<?>> run() {
    return run;
  }

  /** True if the handler knows that it was to stop. */
  boolean sawStopping() {
    return sawStopping;
  }

  FaultFacts facts() {
    return new FaultFacts(taskName(), stage(), partition(), setup.id(), setup.node());
  }

  @SuppressWarnings("unchecked") // runCodec says that it is a run of the same states
  private <T> TaskRun<T> task(Codec<T> codec, String kind) {
    if (run.isPresent()) {
      if (!runCodec.equals(kind)) {
        throw new CairnException(
            ErrorCode.INVALID_ARGUMENT,
            "task %s has states of %s in this attempt, not of %s"
                .formatted(taskName(), runCodec, kind));
      }
      return (TaskRun<T>) run.get();
    }
    TaskTerms<T> terms =
        new TaskTerms<>(codec, conditions(), Map.of(), lost -> {}, assignment, !isCoordinated());
    OwnedTask<T> recovered =
        OwnedTask.recovered(parts.client(), TaskWire.task(start.getTask()), terms);
    run = Optional.of(recovered);
    runCodec = kind;
    return recovered;
  }

  private boolean isCoordinated() {
    return start.getCheckpoints().getCoordinated();
  }

  private Triggers.Conditions conditions() {
    CheckpointPolicy policy = start.getCheckpoints();
    if (isCoordinated()) {
      // All tasks of the job together, when its store asks.
      return Triggers.Conditions.none();
    }
    return new Triggers.Conditions(
        policy.getItems(),
        policy.getBytes(),
        policy.getPartsDone(),
        millis(policy.getMillis()),
        policy.getAdaptive() ? Optional.of(adaptive(policy)) : Optional.empty());
  }

  private AdaptiveInterval adaptive(CheckpointPolicy policy) {
    return new AdaptiveInterval(
        Duration.ofMillis(policy.getAdaptiveMillisMin()),
        Duration.ofMillis(policy.getAdaptiveMillisMax()),
        millis(start.getMtbfMillis()));
  }

  private static Optional<Duration> millis(long count) {
    return count > 0 ? Optional.of(Duration.ofMillis(count)) : Optional.empty();
  }

  private TaskOfJob place() {
    return start.getTask().getJob();
  }
}
