package io.cairn.chaos.run;

import io.cairn.chaos.check.Premises;
import io.cairn.chaos.fault.Faults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run is made of. The same options give the same schedule again.
 *
 * @param time of the faults; healing and final reads come on top
 * @param concurrency clients at a time
 * @param ratePerSecond operations that all clients together begin
 * @param interval how long a fault lasts, and how long it is away, in the mean
 * @param out where everything goes
 */
public record RunOptions(
    String workload,
    List<String> faults,
    int nodes,
    Duration time,
    int concurrency,
    int ratePerSecond,
    Duration interval,
    long seed,
    Path out) {
  private static final int CONCURRENCY_MAX = 200;
  private static final int RATE_MAX = 10_000;
  private static final Duration TIME_MAX = Duration.ofHours(24);

  /** Options, checked. */
  public RunOptions {
    faults = List.copyOf(faults);
    require("nodes", nodes, 1, 9);
    require("concurrency", concurrency, 1, CONCURRENCY_MAX);
    require("rate", ratePerSecond, 1, RATE_MAX);
    require("time", time.toSeconds(), 1, TIME_MAX.toSeconds());
    require("interval", interval.toSeconds(), 1, TIME_MAX.toSeconds());
  }

  private static void require(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "--%s is %d, allowed are %d to %d".formatted(name, value, min, max));
    }
  }

  /** As values of a history. */
  public Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("workload", workload);
    values.put("faults", faults);
    values.put("nodes", (long) nodes);
    values.put("time-s", time.toSeconds());
    values.put("concurrency", (long) concurrency);
    values.put("rate", (long) ratePerSecond);
    values.put("interval-s", interval.toSeconds());
    values.put("seed", seed);
    return values;
  }

  /** Back from what {@link #values} gave. */
  public static RunOptions of(Map<?, ?> values, Path out) {
    List<String> faults =
        values.get("faults") instanceof List<?> list
            ? list.stream().map(String::valueOf).toList()
            : List.of();
    return new RunOptions(
        String.valueOf(values.get("workload")),
        faults,
        (int) number(values, "nodes"),
        Duration.ofSeconds(number(values, "time-s")),
        (int) number(values, "concurrency"),
        (int) number(values, "rate"),
        Duration.ofSeconds(number(values, "interval-s")),
        number(values, "seed"),
        out);
  }

  private static long number(Map<?, ?> values, String name) {
    if (values.get(name) instanceof Long number) {
      return number;
    }
    throw new IllegalArgumentException("the options of this run do not say :" + name);
  }

  /** What the checker of its history may take for granted. */
  public Premises premises() {
    return Premises.ofRun(Faults.clockFastPpm(faults));
  }

  /** The command that does the same again. */
  public String command() {
    StringBuilder command = new StringBuilder("./cairn chaos run --workload ").append(workload);
    if (!faults.isEmpty()) {
      command.append(" --faults ").append(String.join(",", faults));
    }
    return command
        .append(" --nodes %d --time %d".formatted(nodes, time.toSeconds()))
        .append(" --concurrency %d --rate %d".formatted(concurrency, ratePerSecond))
        .append(" --interval %d --seed %d".formatted(interval.toSeconds(), seed))
        .append(" --out NEW-DIR")
        .toString();
  }
}
