package io.cairn.server.cli;

import io.cairn.client.Cairn;
import io.cairn.client.job.WorkerHealth;
import io.cairn.client.job.WorkerStatus;
import io.cairn.protocol.placement.HashRing;
import io.cairn.protocol.placement.Placement;
import io.cairn.protocol.placement.Placement.Move;
import io.cairn.protocol.placement.Spread;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How keys fall on workers. */
@Command(
    name = "ring",
    description = "Shows how keys fall on workers.",
    subcommands = RingCommand.Show.class,
    footer = "  cairn ring show --workers 10")
final class RingCommand {
  private RingCommand() {}

  /** The spread, and what moves when one leaves. */
  @Command(
      name = "show",
      description = {
        "Places keys (key-0, key-1, ...) on workers by a consistent hash ring and says how many"
            + " each one has: RING by the ring alone, KEYS with the bound of --load-percent. With"
            + " --without also how many move when that worker leaves.",
        "The workers are those of the cluster that are not spare, unless they are named (--nodes)"
            + " or counted (--workers); then no server is asked."
      },
      footer = {
        "  cairn ring show --handler pricing",
        "  cairn ring show --workers 10",
        "  cairn ring show --nodes a,b,c --without b",
        "  cairn ring show --workers 10 --virtual-nodes 256 --load-percent 105 -o json",
      })
  static final class Show extends Call {
    private static final int WORKERS_MAX = 10_000;
    private static final int KEYS_MAX = 1_000_000;
    private static final int VIRTUAL_NODES_MAX = 4_096;
    private static final int LOAD_PERCENT_MAX = 10_000;

    @Option(
        names = "--nodes",
        split = ",",
        paramLabel = "NAME",
        description = "Names of the workers: a,b,c.")
    private List<String> nodes = List.of();

    @Option(
        names = "--workers",
        paramLabel = "N",
        description = "So many workers, worker1 to workerN; instead of --nodes.")
    private Optional<Integer> workers = Optional.empty();

    @Option(
        names = "--handler",
        paramLabel = "H",
        description = "Of the cluster's workers those that have this handler.")
    private Optional<String> handler = Optional.empty();

    @Option(
        names = "--virtual-nodes",
        paramLabel = "N",
        description = "Positions of each worker on the ring. Default: 64.")
    private int virtualNodes = 64;

    @Option(names = "--keys", paramLabel = "N", description = "How many keys. Default: 10000.")
    private int keys = 10_000;

    @Option(
        names = "--load-percent",
        paramLabel = "PERCENT",
        description = "The most keys of one worker, in percent of the mean. Default: 125.")
    private int loadPercent = 125;

    @Option(
        names = "--without",
        paramLabel = "NAME",
        description = "Say what moves when this worker leaves.")
    private Optional<String> without = Optional.empty();

    @Override
    Exit run() {
      Set<String> names = names();
      check(names);
      List<String> placed = IntStream.range(0, keys).mapToObj(i -> "key-" + i).toList();
      HashRing ring = HashRing.of(virtualNodes);
      Placement placement = Placement.of(virtualNodes, loadPercent);
      names.forEach(ring::add);
      names.forEach(placement::addNode);
      placement.placeAll(placed);
      Spreads shown = new Spreads(ring.spread(placed.stream()), placement.spread());
      Optional<Fields> leaving = Optional.empty();
      List<String> lines = new ArrayList<>();
      if (!output().isJson()) {
        lines.addAll(lines(shown));
      }
      if (without.isPresent()) {
        List<Move> moves = placement.removeNode(without.get());
        leaving = Optional.of(leaving(moves, without.get(), placement.spread()));
        lines.add(told(moves, without.get(), placement.spread()));
      }
      output().result(object(shown).put("without", leaving), lines);
      return Exit.DONE;
    }

    private record Spreads(Spread ring, Spread bounded) {}

    private Set<String> names() {
      if (!nodes.isEmpty() && workers.isPresent()) {
        throw usage("--nodes and --workers exclude each other");
      }
      if (nodes.isEmpty() && workers.isEmpty()) {
        return registered();
      }
      if (handler.isPresent()) {
        throw usage("--handler chooses among the cluster's workers: not with --nodes or --workers");
      }
      within("--workers", workers.orElse(nodes.size()), 1, WORKERS_MAX);
      if (workers.isPresent()) {
        Set<String> names = new LinkedHashSet<>();
        IntStream.rangeClosed(1, workers.get()).forEach(i -> names.add("worker" + i));
        return names;
      }
      Set<String> names = new LinkedHashSet<>(nodes);
      if (names.size() < nodes.size() || names.contains("")) {
        throw usage("--nodes names a worker twice, or an empty name: " + String.join(",", nodes));
      }
      return names;
    }

    private Set<String> registered() {
      within("--keys", keys, 1, KEYS_MAX);
      Listed<WorkerStatus> found;
      try (Cairn cairn = connect()) {
        found = Listed.workers(cairn, WORKERS_MAX);
      }
      Set<String> names = new LinkedHashSet<>();
      found.items().stream()
          .filter(worker -> !worker.spare() && worker.health() != WorkerHealth.DRAINING)
          .filter(worker -> handler.map(worker.handlers()::contains).orElse(true))
          .forEach(worker -> names.add(worker.id()));
      if (names.isEmpty()) {
        throw new CommandFailure(
            Exit.NOT_FOUND,
            "the cluster has no worker%s that is not spare; name some with --nodes a,b,c, or count"
                    .formatted(handler.map(name -> " for '" + name + "'").orElse(""))
                + " them with --workers N");
      }
      return names;
    }

    private void check(Set<String> names) {
      within("--virtual-nodes", virtualNodes, 1, VIRTUAL_NODES_MAX);
      within("--keys", keys, 1, KEYS_MAX);
      within("--load-percent", loadPercent, 100, LOAD_PERCENT_MAX);
      if (without.isPresent() && !names.contains(without.get())) {
        throw usage("--without names '%s', which is no worker here".formatted(without.get()));
      }
      if (without.isPresent() && names.size() == 1) {
        throw usage("--without '%s' leaves no worker".formatted(without.get()));
      }
    }

    private void within(String option, int value, int least, int most) {
      if (value < least || value > most) {
        throw usage("%s must be within %d and %d, not %d".formatted(option, least, most, value));
      }
    }

    private int bound(int size) {
      return HashRing.bound(keys, size, loadPercent);
    }

    private List<String> lines(Spreads shown) {
      int size = shown.ring().keysPerNode().size();
      Table table = new Table("WORKER", "RING", "KEYS");
      shown
          .bounded()
          .keysPerNode()
          .forEach(
              (node, count) ->
                  table.row(node, shown.ring().keysPerNode().getOrDefault(node, 0), count));
      List<String> lines = new ArrayList<>(table.lines());
      lines.add("");
      Table sums = new Table("", "MIN", "MAX", "MEAN", "STDDEV", "MAX/MEAN");
      sums.row(sums("ring", shown.ring()));
      sums.row(sums("bound " + bound(size), shown.bounded()));
      lines.addAll(sums.lines());
      return lines;
    }

    private static Object[] sums(String name, Spread spread) {
      return new Object[] {
        name,
        spread.min(),
        spread.max(),
        String.format(Locale.ROOT, "%.1f", spread.mean()),
        String.format(Locale.ROOT, "%.1f", spread.stddev()),
        String.format(Locale.ROOT, "%.3f", spread.maxOverMean())
      };
    }

    private static long others(List<Move> moves, String node) {
      return moves.stream().filter(move -> !move.from().equals(Optional.of(node))).count();
    }

    private String told(List<Move> moves, String node, Spread after) {
      return String.format(
          Locale.ROOT,
          "without %s: %d of %d keys move (%.1f%%), %d of them from others; then at most %d a"
              + " worker",
          node,
          moves.size(),
          keys,
          100.0 * moves.size() / keys,
          others(moves, node),
          after.max());
    }

    private Fields object(Spreads shown) {
      List<Fields> rows = new ArrayList<>();
      shown
          .bounded()
          .keysPerNode()
          .forEach(
              (node, count) ->
                  rows.add(
                      Fields.of()
                          .put("worker", node)
                          .put("ringKeys", shown.ring().keysPerNode().getOrDefault(node, 0))
                          .put("keys", count)));
      return Fields.of()
          .put("keys", keys)
          .put("virtualNodes", virtualNodes)
          .put("loadPercent", loadPercent)
          .put("bound", bound(rows.size()))
          .objects("workers", rows)
          .put("ring", Optional.of(fields(shown.ring())))
          .put("bounded", Optional.of(fields(shown.bounded())));
    }

    private static Fields fields(Spread spread) {
      return Fields.of()
          .put("min", spread.min())
          .put("max", spread.max())
          .put("mean", spread.mean())
          .put("stddev", spread.stddev())
          .put("maxOverMean", spread.maxOverMean());
    }

    private static Fields leaving(List<Move> moves, String node, Spread after) {
      return Fields.of()
          .put("worker", node)
          .put("moved", moves.size())
          .put("movedFromOthers", others(moves, node))
          .put("bounded", Optional.of(fields(after)));
    }
  }
}
