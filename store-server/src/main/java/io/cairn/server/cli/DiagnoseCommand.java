package io.cairn.server.cli;

import io.cairn.client.Cairn;
import io.cairn.client.TaskName;
import io.cairn.client.job.Cause;
import io.cairn.client.job.JobName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what is likely wrong. */
@Command(
    name = "diagnose",
    description = {
      "Says the likeliest causes of a job's faults, or of those on a node, best first: each with a"
          + " confidence from 0 to 1, how many faults speak for it, and the tasks they ended."
    },
    footer = {"  cairn diagnose nightly", "  cairn diagnose --node host7 -o json"})
final class DiagnoseCommand extends Call {
  private static final int TASKS_SHOWN = 3;

  @Parameters(arity = "0..1", paramLabel = "JOB", description = "The job's name.")
  private Optional<String> job = Optional.empty();

  @Option(names = "--node", paramLabel = "NODE", description = "A node, in place of a job.")
  private Optional<String> node = Optional.empty();

  @Override
  Exit run() {
    if (job.isPresent() == node.isPresent()) {
      throw usage("what shall be looked at? Name a JOB, or a node with --node");
    }
    List<Cause> causes;
    try (Cairn cairn = connect()) {
      causes =
          node.isPresent()
              ? cairn.jobs().diagnoseNode(node.get())
              : ofJob(cairn, new JobName(cli().namespace(), job.orElse("")));
    }
    output()
        .result(
            Fields.of().objects("causes", causes.stream().map(DiagnoseCommand::fields).toList()),
            lines(causes));
    return Exit.DONE;
  }

  private static List<Cause> ofJob(Cairn cairn, JobName name) {
    if (cairn.jobs().get(name).isEmpty()) {
      throw new CommandFailure(Exit.NOT_FOUND, "no job " + name + "; see 'cairn job ls'");
    }
    return cairn.jobs().diagnose(name);
  }

  private static List<String> lines(List<Cause> causes) {
    if (causes.isEmpty()) {
      return List.of("no faults are kept");
    }
    Table table = new Table("CONFIDENCE", "KIND", "WHAT", "FAULTS", "TASKS");
    for (Cause cause : causes) {
      table.row(
          String.format(Locale.ROOT, "%.2f", cause.confidence()),
          cause.kind(),
          cause.what().isEmpty() ? "-" : cause.what(),
          cause.faults(),
          tasks(cause));
    }
    List<String> lines = new ArrayList<>(table.lines());
    lines.add("");
    causes.forEach(cause -> lines.add(cause.kind() + ": " + cause.explanation()));
    return lines;
  }

  private static String tasks(Cause cause) {
    String shown =
        String.join(", ", cause.tasks().stream().limit(TASKS_SHOWN).map(TaskName::name).toList());
    int more = cause.tasks().size() - TASKS_SHOWN;
    return more > 0 ? shown + " and " + more + " more" : shown;
  }

  private static Fields fields(Cause cause) {
    return Fields.of()
        .put("kind", cause.kind().name())
        .put("what", cause.what())
        .put("confidence", cause.confidence())
        .put("faults", cause.faults())
        .texts("tasks", cause.tasks().stream().map(TaskName::name).toList())
        .put("explanation", cause.explanation());
  }
}
