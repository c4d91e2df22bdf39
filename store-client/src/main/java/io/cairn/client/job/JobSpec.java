package io.cairn.client.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A job to be done: stages of partitions, and what is done about faults. It does not change once it
 * is submitted.
 *
 * @param keep an ended job is deleted so long after its end; zero, the default: it stays until
 *     somebody deletes it
 * @param labels for people; none by default
 * @param continueOnFailure true: the other partitions go on when one has failed for good; false,
 *     the default: they are cancelled
 */
public record JobSpec(
    JobName name,
    List<StageSpec> stages,
    RetryPolicy retry,
    RecoveryPolicy recovery,
    Redundancy redundancy,
    CheckpointPolicy checkpoints,
    Verification verification,
    Detection detection,
    Duration keep,
    Map<String, String> labels,
    boolean continueOnFailure) {
  /** Keeps its own copies. */
  public JobSpec {
    stages = List.copyOf(stages);
    labels = Map.copyOf(labels);
  }

  /** A job of the default namespace. */
  public static Builder builder(String name) {
    return new Builder(JobName.of(name));
  }

  /** A job. */
  public static Builder builder(JobName name) {
    return new Builder(name);
  }

  /** A job to be described. For one thread; each call changes and returns the builder. */
  public static final class Builder {
    private final JobName name;
    private final List<StageSpec> stages = new ArrayList<>();
    private RetryPolicy retry = RetryPolicy.defaults();
    private RecoveryPolicy recovery = RecoveryPolicy.defaults();
    private Redundancy redundancy = Redundancy.none();
    private CheckpointPolicy checkpoints = CheckpointPolicy.defaults();
    private Verification verification = Verification.exact();
    private Detection detection = Detection.defaults();
    private Duration keep = Duration.ZERO;
    private final Map<String, String> labels = new LinkedHashMap<>();
    private boolean continueOnFailure;

    Builder(JobName name) {
      this.name = name;
    }

    /** Adds a stage. */
    public Builder stage(StageSpec stage) {
      stages.add(stage);
      return this;
    }

    /** Adds a stage of partitions without payload. */
    public Builder stage(String stage, String handler, int partitions) {
      return stage(StageSpec.of(stage, handler, partitions));
    }

    /** When a task is dispatched again; {@link RetryPolicy#defaults()} by default. */
    public Builder retry(RetryPolicy policy) {
      retry = policy;
      return this;
    }

    /** What is done about faults; {@link RecoveryPolicy#defaults()} by default. */
    public Builder recovery(RecoveryPolicy policy) {
      recovery = policy;
      return this;
    }

    /** Runs beside each other; none by default. */
    public Builder redundancy(Redundancy kind) {
      redundancy = kind;
      return this;
    }

    /** When states are saved; {@link CheckpointPolicy#defaults()} by default. */
    public Builder checkpoints(CheckpointPolicy policy) {
      checkpoints = policy;
      return this;
    }

    /** How results of replicas are compared; equal bytes, by majority, by default. */
    public Builder verification(Verification comparison) {
      verification = comparison;
      return this;
    }

    /** When a task is lost or suspect; {@link Detection#defaults()} by default. */
    public Builder detection(Detection times) {
      detection = times;
      return this;
    }

    /** Deletes the job so long after its end. */
    public Builder keep(Duration time) {
      keep = time;
      return this;
    }

    /** Adds a label. */
    public Builder label(String key, String value) {
      labels.put(key, value);
      return this;
    }

    /** Lets the other partitions go on when one has failed for good. */
    public Builder continueOnFailure() {
      continueOnFailure = true;
      return this;
    }

    /**
     * The description.
     *
     * @throws IllegalArgumentException that names all that is wrong with it
     */
    public JobSpec build() {
      return new JobSpec(
              name,
              stages,
              retry,
              recovery,
              redundancy,
              checkpoints,
              verification,
              detection,
              keep,
              labels,
              continueOnFailure)
          .checked();
    }
  }

  /** This, or an IllegalArgumentException that names all that is wrong with it. */
  public JobSpec checked() {
    List<String> wrong = JobCheck.of(this);
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException("job " + name + ": " + String.join("; ", wrong));
    }
    return this;
  }
}
