package io.cairn.client.job;

import java.time.Duration;
import java.util.Optional;

/**
 * When the state of a task is saved: at the first {@code update} at which one of the conditions
 * holds. 0 and zero: not under this condition.
 *
 * @param items updates since the last checkpoint; 0 by default
 * @param interval since the last checkpoint; 30 s by default
 * @param bytes of updates and records since the last checkpoint; 0 by default
 * @param partsDone parts that the task itself calls done; 0 by default
 * @param adaptive chooses the interval by what a checkpoint costs and how often the job has faults:
 *     the square root of twice the product; none by default
 * @param kept checkpoints that are kept; 0, the default: as many as the store keeps of any task
 * @param keepLog true: records are kept when a checkpoint covers them; false by default
 * @param coordinated all tasks of the job together, at barriers, and only there; none by default
 */
public record CheckpointPolicy(
    int items,
    Duration interval,
    long bytes,
    int partsDone,
    Optional<Adaptive> adaptive,
    int kept,
    boolean keepLog,
    Optional<Coordinated> coordinated) {
  /** Bounds of an interval that is chosen. */
  public record Adaptive(Duration min, Duration max) {}

  /**
   * Barriers.
   *
   * @param interval between barriers that the store starts; zero: only when asked
   * @param timeout a barrier that is not committed by then is aborted
   */
  public record Coordinated(Duration interval, Duration timeout) {}

  /** Every 30 s. */
  public static CheckpointPolicy defaults() {
    return builder().build();
  }

  /** The defaults, to be changed. */
  public static Builder builder() {
    return new Builder();
  }

  /** Settings of checkpoints. For one thread; each call changes and returns the builder. */
  public static final class Builder {
    private int items;
    private Duration interval = Duration.ofSeconds(30);
    private long bytes;
    private int partsDone;
    private Optional<Adaptive> adaptive = Optional.empty();
    private int kept;
    private boolean keepLog;
    private Optional<Coordinated> coordinated = Optional.empty();

    Builder() {}

    /** At every {@code count}-th update. */
    public Builder every(int count) {
      items = count;
      return this;
    }

    /** At the first update after {@code time} since the last checkpoint; zero: not by time. */
    public Builder every(Duration time) {
      interval = time;
      return this;
    }

    /** When updates and records since the last checkpoint reach {@code count} bytes. */
    public Builder everyBytes(long count) {
      bytes = count;
      return this;
    }

    /** At every {@code count}-th part that the task calls done. */
    public Builder everyParts(int count) {
      partsDone = count;
      return this;
    }

    /** At an interval between {@code min} and {@code max} that is chosen by cost and faults. */
    public Builder adaptive(Duration min, Duration max) {
      adaptive = Optional.of(new Adaptive(min, max));
      return this;
    }

    /** How many are kept. */
    public Builder keep(int count) {
      kept = count;
      return this;
    }

    /** Keeps records when a checkpoint covers them. */
    public Builder keepLog() {
      keepLog = true;
      return this;
    }

    /** All tasks of the job together; {@code between} zero: only when asked. */
    public Builder coordinated(Duration between, Duration timeout) {
      coordinated = Optional.of(new Coordinated(between, timeout));
      return this;
    }

    /** The settings; checked where the job is built. */
    public CheckpointPolicy build() {
      return new CheckpointPolicy(
          items, interval, bytes, partsDone, adaptive, kept, keepLog, coordinated);
    }
  }
}
