package io.cairn.server.cli;

import io.cairn.client.Cairn;
import io.cairn.examples.flights.FlightsFile;
import io.cairn.examples.flights.Totals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The main job, under faults: shows on one machine what Cairn is for. */
@Command(
    name = "demo",
    description = {
      "Runs a batch job over 200,000 flight records on three servers and three workers, in processes"
          + " of their own on this machine. While it runs, one worker is killed, one is frozen for"
          + " longer than its lease and sends stale writes when it wakes up, and the cluster's leader"
          + " is killed.",
      "Then the outcome is compared with a plain single pass: every row must have been counted"
          + " exactly once. Exit code 0 only if so."
    },
    footer = {
      "  cairn demo",
      "  cairn demo --seed 7 --json",
      "  cairn demo --partitions 16 --workers 4 --keep"
    })
final class DemoCommand extends Call {
  private static final String HOME_PROPERTY = "cairn.home";
  private static final String INPUT = "examples/flights/flights-200k.csv.gz";

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Decides who is hit, and when. Default: a new one each time, which is printed.")
  private Optional<Long> seed = Optional.empty();

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "Flight records, CSV, also gzipped. Default: the 200,000 that come with Cairn.")
  private Optional<Path> input = Optional.empty();

  @Option(names = "--partitions", paramLabel = "P", description = "1 to 64. Default: 8.")
  private int partitions = 8;

  @Option(names = "--workers", paramLabel = "W", description = "1 to 16. Default: 3.")
  private int workers = 3;

  @Option(names = "--keep", description = "Keep the folder with all data and logs.")
  private boolean keep;

  @Option(
      names = "--json",
      description = "Print one JSON object as the last line; the rest goes to standard error.")
  private boolean json;

  @Override
  Exit run() throws IOException, InterruptedException {
    if (partitions < 1 || partitions > 64 || workers < 1 || workers > 16) {
      throw usage("--partitions must be 1 to 64 and --workers 1 to 16");
    }
    Path file = inputFile();
    FlightsFile flights = read(file);
    long theSeed = seed.orElseGet(() -> ThreadLocalRandom.current().nextLong(1, 1_000_000));
    Path dir = Files.createTempDirectory("cairn-demo-");
    DemoPlan plan = new DemoPlan(file, flights.rows(), partitions, workers, theSeed);
    DemoReport report = new DemoReport(output(), json || output().isJson());
    report.begins(plan, dir);
    try (DemoStage stage = new DemoStage(dir, plan, report, keep)) {
      stage.startServers();
      try (Cairn client = connectTo(stage.endpoints())) {
        DemoEvents events = stage.run(client);
        Totals counted = DemoResults.read(client, plan);
        boolean valid =
            report.ends(events, counted, flights.totals(0, flights.rows()), stage.seconds());
        return valid ? Exit.DONE : Exit.FAILED;
      }
    }
  }

  private Cairn connectTo(String endpoints) {
    return cli()
        .connect(builder -> builder.endpoints(endpoints).requestTimeout(DemoStage.PATIENCE));
  }

  private Path inputFile() {
    if (input.isPresent()) {
      return input.get();
    }
    return Path.of(System.getProperty(HOME_PROPERTY, ".")).resolve(INPUT);
  }

  private static FlightsFile read(Path file) {
    try {
      FlightsFile flights = FlightsFile.read(file);
      if (flights.rows() == 0) {
        throw new CommandFailure(Exit.USAGE, file + " holds no records");
      }
      return flights;
    } catch (IOException e) {
      throw new CommandFailure(
          Exit.USAGE,
          "cannot read " + file + ": " + e.getMessage() + "; give another file with --input",
          e);
    }
  }
}
