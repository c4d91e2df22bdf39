package io.cairn.server.cli;

import io.cairn.client.plan.AttemptPlan;
import io.cairn.client.plan.Planner;
import io.cairn.client.plan.RedundancyPlan;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says how often to try, and how many times over, and how available spare workers are. */
@Command(
    name = "plan",
    description = {
      "Says how many retries, replicas, or replicas with retries reach a wanted probability of"
          + " success, what each costs on average, and which is the cheapest; and how available"
          + " workers with spares are. Asks no server."
    },
    footer = {
      "  cairn plan --p 0.9 --target 0.999",
      "  cairn plan --p 0.9 --target 0.999 --attempt-cost 30",
      "  cairn plan --p 0.9 --target 0.999 --workers 8 --spares 2 --availability 0.99 -o json",
    })
final class PlanCommand extends Call implements Offline {
  /** Replicas at most, if nobody says how many workers there are. */
  private static final int REPLICAS_DEFAULT = 16;

  @Option(
      names = "--p",
      required = true,
      paramLabel = "P",
      description = "Probability that one attempt succeeds, above 0 and below 1.")
  private double p;

  @Option(
      names = "--target",
      required = true,
      paramLabel = "T",
      description = "Probability with which one of the attempts should, above 0 and below 1.")
  private double target;

  @Option(
      names = "--attempt-cost",
      paramLabel = "SECONDS",
      description = "How long an attempt takes; the table then tells seconds too.")
  private Optional<Double> attemptCost = Optional.empty();

  @Option(
      names = "--workers",
      paramLabel = "N",
      description =
          "Workers that are needed. They and the spares are the most replicas, else 16; with"
              + " --availability the line N+1.")
  private Optional<Integer> workers = Optional.empty();

  @Option(
      names = "--spares",
      paramLabel = "M",
      description = "Workers above those; with --availability the line M:N.")
  private Optional<Integer> spares = Optional.empty();

  @Option(
      names = "--availability",
      paramLabel = "A",
      description = "Probability that one worker is up, above 0 and below 1.")
  private Optional<Double> availability = Optional.empty();

  @Override
  Exit run() {
    check();
    List<AttemptPlan> options = Planner.options(p, target, replicasMax());
    AttemptPlan cheapest = Planner.cheapest(options);
    List<RedundancyPlan> redundancies = redundancies();
    if (output().isJson()) {
      output().object(object(options, cheapest, redundancies));
    } else {
      lines(options, cheapest, redundancies).forEach(output()::line);
    }
    return Exit.DONE;
  }

  private void check() {
    double seconds = attemptCost.orElse(1.0);
    if (!(seconds > 0 && seconds <= Long.MAX_VALUE)) {
      throw usage("--attempt-cost must be above 0, not " + seconds);
    }
    if (spares.isPresent() && workers.isEmpty()) {
      throw usage("--spares goes with --workers: for how many workers are they?");
    }
  }

  private int replicasMax() {
    if (workers.isEmpty()) {
      return REPLICAS_DEFAULT;
    }
    if (spares.isEmpty()) {
      return workers.get();
    }
    Planner.shared(spares.get(), workers.get(), 0.5); // refuses what is out of range
    return Math.min(Planner.WORKERS_MAX, workers.get() + spares.get());
  }

  private List<RedundancyPlan> redundancies() {
    List<RedundancyPlan> found = new ArrayList<>();
    if (availability.isPresent()) {
      double a = availability.get();
      found.add(Planner.onePlusOne(a));
      workers.ifPresent(n -> found.add(Planner.plusOne(n, a)));
      spares.ifPresent(m -> found.add(Planner.shared(m, workers.orElseThrow(), a)));
    }
    return found;
  }

  private List<String> lines(
      List<AttemptPlan> options, AttemptPlan cheapest, List<RedundancyPlan> redundancies) {
    List<String> header =
        new ArrayList<>(List.of("OPTION", "REPLICAS", "ATTEMPTS", "FAILURE", "EXPECTED", "MOST"));
    if (attemptCost.isPresent()) {
      header.addAll(List.of("COST", "LONGEST"));
    }
    header.add("");
    Table table = new Table(header.toArray(String[]::new));
    for (AttemptPlan plan : options) {
      List<Object> row =
          new ArrayList<>(
              List.of(
                  name(plan),
                  plan.replicas(),
                  plan.attempts(),
                  number(plan.failure()),
                  number(plan.expectedAttempts()),
                  plan.attemptsMax()));
      attemptCost.ifPresent(
          seconds -> {
            row.add(number(plan.expectedAttempts() * seconds) + "s");
            row.add(number(plan.attempts() * seconds) + "s");
          });
      row.add(plan.equals(cheapest) ? "cheapest" : "");
      table.row(row.toArray());
    }
    List<String> lines = new ArrayList<>(table.lines());
    if (!redundancies.isEmpty()) {
      Table redundancy = new Table("REDUNDANCY", "NEEDED", "WORKERS", "AVAILABILITY", "DOWN");
      for (RedundancyPlan plan : redundancies) {
        redundancy.row(
            plan.name(),
            plan.needed(),
            plan.workers(),
            String.format(Locale.ROOT, "%.9f", plan.availability()),
            number(plan.unavailability()));
      }
      lines.add("");
      lines.addAll(redundancy.lines());
    }
    return lines;
  }

  private Fields object(
      List<AttemptPlan> options, AttemptPlan cheapest, List<RedundancyPlan> redundancies) {
    return Fields.of()
        .put("p", p)
        .put("target", target)
        .objects("options", options.stream().map(plan -> option(plan, cheapest)).toList())
        .objects("redundancies", redundancies.stream().map(PlanCommand::redundancy).toList());
  }

  private Fields option(AttemptPlan plan, AttemptPlan cheapest) {
    Fields fields =
        Fields.of()
            .put("option", name(plan))
            .put("replicas", plan.replicas())
            .put("attempts", plan.attempts())
            .put("success", plan.success())
            .put("failure", plan.failure())
            .put("expectedAttempts", plan.expectedAttempts())
            .put("attemptsMax", plan.attemptsMax());
    attemptCost.ifPresent(
        seconds ->
            fields
                .put("expectedSeconds", plan.expectedAttempts() * seconds)
                .put("longestSeconds", plan.attempts() * seconds));
    return fields.put("cheapest", plan.equals(cheapest));
  }

  private static Fields redundancy(RedundancyPlan plan) {
    return Fields.of()
        .put("redundancy", plan.name())
        .put("needed", plan.needed())
        .put("workers", plan.workers())
        .put("availability", plan.availability())
        .put("unavailability", plan.unavailability());
  }

  private static String name(AttemptPlan plan) {
    return plan.kind().name().toLowerCase(Locale.ROOT);
  }

  /** Four digits that count, or all before the point, without zeros behind them. */
  private static String number(double value) {
    BigDecimal exact = BigDecimal.valueOf(value);
    BigDecimal rounded =
        value < 1_000
            ? exact.round(new MathContext(4, RoundingMode.HALF_UP))
            : exact.setScale(0, RoundingMode.HALF_UP);
    BigDecimal shown = rounded.signum() == 0 ? BigDecimal.ZERO : rounded.stripTrailingZeros();
    return value < 1e-6 ? shown.toString() : shown.toPlainString();
  }
}
