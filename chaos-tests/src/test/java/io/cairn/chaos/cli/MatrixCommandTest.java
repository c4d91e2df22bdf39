package io.cairn.chaos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.fault.Faults;
import io.cairn.chaos.workload.Workloads;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which runs make up a matrix, and what is refused before the first of them. */
class MatrixCommandTest {
  @TempDir private Path folder;

  private final StringWriter told = new StringWriter();

  private int run(String... arguments) {
    String[] all = new String[arguments.length + 3];
    all[0] = "matrix";
    all[1] = "--out";
    all[2] = folder.resolve("out").toString();
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    return ChaosCli.run(new PrintWriter(told, true), new PrintWriter(told, true), all);
  }

  private void refused(String remark, String... arguments) {
    assertThat(run(arguments)).isEqualTo(2);
    assertThat(told.toString()).contains(remark);
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void whatCannotBeRunIsRefusedBeforeAnythingIsMade() {
    refused("--minutes is 0, allowed are 1 to", "--minutes", "0");
    refused("no workload 'nothing'", "--minutes", "1", "--workloads", "set,nothing");
    refused("unknown fault 'rain'", "--minutes", "1", "--faults", "kill,rain");
    refused("--nodes is 12, allowed are 1 to 9", "--minutes", "1", "--nodes", "12");
    refused("--minutes");
  }

  @Test
  void aFolderThatExistsIsNotTouched() throws Exception {
    Path kept = Files.writeString(Files.createDirectory(folder.resolve("out")).resolve("x"), "x");
    assertThat(run("--minutes", "1")).isEqualTo(2);
    assertThat(told.toString()).contains("exists already");
    assertThat(kept).hasContent("x");
  }

  @Test
  void eachWorkloadMeetsEachFaultThenEachPairInTheOrderOfTheSeed() {
    List<String> faults = List.of("kill", "pause", "loss");
    List<MatrixCommand.Plan> plans = MatrixCommand.plans(List.of("set", "bank"), faults, 7);
    assertThat(plans).hasSize(12).doesNotHaveDuplicates();
    assertThat(plans.subList(0, 6)).allMatch(plan -> plan.faults().size() == 1);
    assertThat(plans.subList(6, 12)).allMatch(plan -> plan.faults().size() == 2);
    assertThat(MatrixCommand.plans(List.of("set", "bank"), faults, 7)).isEqualTo(plans);
    assertThat(MatrixCommand.plans(List.of("set", "bank"), faults, 8)).isNotEqualTo(plans);
  }

  @Test
  void pairsThatClashAreLeftOut() {
    List<String> faults = List.of("partition", "loss", "hung-disk", "inodes");
    List<MatrixCommand.Plan> plans = MatrixCommand.plans(List.of("set"), faults, 7);
    assertThat(plans)
        .hasSize(8)
        .doesNotContain(
            new MatrixCommand.Plan("set", List.of("partition", "loss")),
            new MatrixCommand.Plan("set", List.of("hung-disk", "inodes")));
  }

  @Test
  void eachFaultHasTwoTellingWorkloads() {
    List<MatrixCommand.Plan> plans = MatrixCommand.telling(Faults.names());
    assertThat(plans).hasSize(2 * Faults.names().size()).doesNotHaveDuplicates();
    assertThat(Workloads.names())
        .containsAll(plans.stream().map(MatrixCommand.Plan::workload).toList());
  }
}
