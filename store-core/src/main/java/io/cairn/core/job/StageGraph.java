package io.cairn.core.job;

import io.cairn.core.apply.Checks;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.JobName;
import io.cairn.protocol.v1.StageSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The stages of a job and which of them come after which: no cycle, so that all come once. */
final class StageGraph {
  private StageGraph() {}

  /** Refuses stages that no job can have. */
  static void check(JobName job, List<StageSpec> stages) {
    if (stages.isEmpty()) {
      throw JobShape.invalid("a job without stages");
    }
    Checks.size("stages", stages.size(), Limits.STAGES_MAX);
    Set<String> names = new HashSet<>();
    for (StageSpec stage : stages) {
      stage(job, stage);
      if (!names.add(stage.getName())) {
        throw JobShape.invalid("stage \"" + stage.getName() + "\" comes twice");
      }
    }
    for (StageSpec stage : stages) {
      Set<String> before = new HashSet<>();
      for (String after : stage.getAfterList()) {
        if (!names.contains(after)) {
          throw JobShape.invalid(
              "stage \"" + stage.getName() + "\" comes after \"" + after + "\", which is none");
        }
        if (!before.add(after)) {
          throw JobShape.invalid("stage \"" + stage.getName() + "\" names \"" + after + "\" twice");
        }
      }
    }
    acyclic(stages);
  }

  /** Partitions of all stages. */
  static long partitions(List<StageSpec> stages) {
    return stages.stream().mapToLong(StageSpec::getPartitions).sum();
  }

  private static void stage(JobName job, StageSpec stage) {
    JobNames.checkStage(job, stage.getName());
    String of = "stage \"" + stage.getName() + "\"";
    Checks.name("handler of " + of, stage.getHandler(), false);
    if (stage.getPartitions() < 1) {
      throw JobShape.invalid(
          of + " has " + stage.getPartitions() + " partitions, at least 1 is needed");
    }
    Checks.size("partitions of " + of, stage.getPartitions(), Limits.PARTITIONS_MAX);
    if (stage.getPayloadsCount() != 0 && stage.getPayloadsCount() != stage.getPartitions()) {
      throw JobShape.invalid(
          of
              + " has "
              + stage.getPayloadsCount()
              + " payloads for "
              + stage.getPartitions()
              + " partitions; none, or one for each");
    }
  }

  /** Takes away stages of which all that come before are gone; what is left goes in a circle. */
  private static void acyclic(List<StageSpec> stages) {
    Set<String> gone = new HashSet<>();
    boolean any = true;
    while (any) {
      any = false;
      for (StageSpec stage : stages) {
        any |= gone.containsAll(stage.getAfterList()) && gone.add(stage.getName());
      }
    }
    for (StageSpec stage : stages) {
      if (!gone.contains(stage.getName())) {
        throw JobShape.invalid(
            "stage \"" + stage.getName() + "\" comes, over others, after itself");
      }
    }
  }
}
