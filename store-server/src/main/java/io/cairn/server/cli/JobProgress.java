package io.cairn.server.cli;

import io.cairn.client.job.Job;
import io.cairn.client.job.StageStatus;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.ToIntFunction;

/**
 * How far a job is, in partitions of all stages.
 *
 * @param taken since its submission, until now or its end; empty if now is not known
 */
record JobProgress(
    long partitions, long succeeded, long open, boolean hasEnded, Optional<Duration> taken) {
  /** How far {@code job} is at the log time {@code now}. */
  static JobProgress of(Job job, OptionalLong now) {
    OptionalLong until = job.endTimeMillis() > 0 ? OptionalLong.of(job.endTimeMillis()) : now;
    long partitions = sum(job, StageStatus::partitions);
    long succeeded = sum(job, StageStatus::succeeded);
    long closed = succeeded + sum(job, StageStatus::failed) + sum(job, StageStatus::cancelled);
    return new JobProgress(
        partitions,
        succeeded,
        Math.max(0, partitions - closed),
        job.state().hasEnded(),
        until.isPresent()
            ? Optional.of(
                Duration.ofMillis(Math.max(0, until.getAsLong() - job.createTimeMillis())))
            : Optional.empty());
  }

  /** A count over all stages. */
  static long sum(Job job, ToIntFunction<StageStatus> count) {
    return job.stages().stream().mapToLong(stage -> count.applyAsInt(stage)).sum();
  }

  /** Partitions finished in a second; empty if that cannot be told yet. */
  OptionalDouble perSecond() {
    if (succeeded == 0 || taken.isEmpty() || taken.get().isZero()) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(succeeded * 1_000.0 / taken.get().toMillis());
  }

  /** How long the rest takes at this rate; empty if that cannot be told, or there is no rest. */
  Optional<Duration> left() {
    return left(perSecond());
  }

  /** How long the rest takes at {@code rate}. */
  Optional<Duration> left(OptionalDouble rate) {
    if (hasEnded || open == 0 || rate.isEmpty() || rate.getAsDouble() <= 0) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofMillis(Math.round(open * 1_000.0 / rate.getAsDouble())));
  }

  /** The share of finished partitions. */
  double percent() {
    return partitions == 0 ? 0 : 100.0 * succeeded / partitions;
  }

  /** The rate for people. */
  static String rate(OptionalDouble perSecond) {
    if (perSecond.isEmpty()) {
      return "-";
    }
    double rate = perSecond.getAsDouble();
    if (rate == 0 || rate >= 1) {
      return String.format(Locale.ROOT, rate >= 100 || rate == 0 ? "%.0f/s" : "%.1f/s", rate);
    }
    return rate * 60 >= 1
        ? String.format(Locale.ROOT, "%.1f/min", rate * 60)
        : String.format(Locale.ROOT, "%.1f/h", rate * 3_600);
  }

  /** All of it on one line. */
  String line() {
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            Locale.ROOT, "%d of %d partitions (%.1f%%)", succeeded, partitions, percent()));
    taken.ifPresent(time -> line.append(" in ").append(Shown.duration(time)));
    if (perSecond().isPresent()) {
      line.append(", ").append(rate(perSecond()));
    }
    left().ifPresent(time -> line.append(", about ").append(Shown.duration(time)).append(" left"));
    return line.toString();
  }

  /** All of it as JSON. */
  Fields fields() {
    Fields fields =
        Fields.of()
            .put("partitions", partitions)
            .put("succeeded", succeeded)
            .put("percent", percent());
    taken.ifPresent(time -> fields.put("takenMillis", time.toMillis()));
    perSecond().ifPresent(rate -> fields.put("perSecond", rate));
    left().ifPresent(time -> fields.put("leftMillis", time.toMillis()));
    return fields;
  }
}
