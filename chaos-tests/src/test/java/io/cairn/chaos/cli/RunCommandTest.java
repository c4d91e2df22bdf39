package io.cairn.chaos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.run.RunFolder;
import io.cairn.chaos.run.RunOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What is refused before anything is started. */
class RunCommandTest {
  @TempDir private Path folder;

  private final StringWriter told = new StringWriter();

  private int run(Object command, String... arguments) {
    CommandLine line = new CommandLine(command);
    line.setOut(new PrintWriter(told, true));
    line.setErr(new PrintWriter(told, true));
    return line.execute(arguments);
  }

  @Test
  void anUnknownWorkloadIsToldTheNamesThereAre() {
    int code = run(new RunCommand(), "--workload", "nothing", "--out", out());
    assertThat(code).isEqualTo(2);
    assertThat(told.toString()).contains("no workload 'nothing'").contains("register, append, set");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void anUnknownFaultIsToldTheNamesThereAre() {
    int code = run(new RunCommand(), "--workload", "set", "--faults", "rain", "--out", out());
    assertThat(code).isEqualTo(2);
    assertThat(told.toString()).contains("unknown fault 'rain'").contains("kill, pause");
  }

  @Test
  void faultsThatClashAreRefused() {
    int code =
        run(new RunCommand(), "--workload", "set", "--faults", "partition,loss", "--out", out());
    assertThat(code).isEqualTo(2);
    assertThat(told.toString())
        .contains("cannot go on together", "partition, loss all change links");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void anErrorIsNoVerdict() {
    CommandLine line =
        new CommandLine(CommandLine.Model.CommandSpec.create())
            .setExecutionStrategy(
                parsed -> {
                  throw new StackOverflowError("on purpose");
                });
    assertThat(ChaosCli.execute(line, new PrintWriter(told, true))).isEqualTo(2);
    assertThat(told.toString()).contains("it broke by itself", "on purpose");
  }

  @Test
  void aFolderThatExistsIsNotTouched() throws Exception {
    Path kept = Files.writeString(Files.createDirectory(folder.resolve("out")).resolve("x"), "x");
    int code = run(new RunCommand(), "--workload", "set", "--out", out());
    assertThat(code).isEqualTo(2);
    assertThat(told.toString()).contains("exists already");
    assertThat(kept).hasContent("x");
  }

  @Test
  void numbersOutsideTheirBoundsAreRefusedWithTheBounds() {
    int code = run(new RunCommand(), "--workload", "set", "--nodes", "12", "--out", out());
    assertThat(code).isEqualTo(2);
    assertThat(told.toString()).contains("--nodes is 12, allowed are 1 to 9");
  }

  @Test
  void aFolderWithoutARunCannotBeReplayed() {
    assertThat(run(new ReplayCommand(), folder.toString())).isEqualTo(2);
    assertThat(told.toString()).contains("holds no run");
  }

  @Test
  void aRunOfAServerWithAPlantedBugIsReplayedWithIt() throws Exception {
    RunOptions options =
        new RunOptions(
            "counter",
            List.of(),
            3,
            Duration.ofSeconds(1),
            1,
            1,
            Duration.ofSeconds(1),
            5,
            folder.resolve("run"));
    RunFolder run = RunFolder.create(options.out());
    run.writeTest(options, Optional.of("no-dedupe"), Map.of());
    Map<String, Object> test = RunFolder.readTest(options.out());
    assertThat(ReplayCommand.mutant(test).orElseThrow().name()).isEqualTo("no-dedupe");
    run.writeTest(options, Optional.empty(), Map.of());
    assertThat(ReplayCommand.mutant(RunFolder.readTest(options.out()))).isEmpty();
    run.writeTest(options, Optional.of("no-such-bug"), Map.of());
    assertThat(run(new ReplayCommand(), options.out().toString())).isEqualTo(2);
    assertThat(told.toString()).contains("nobody knows the mutant no-such-bug");
  }

  @Test
  void theListNamesWorkloadsAndFaults() {
    assertThat(run(new ListCommand())).isZero();
    assertThat(told.toString()).contains("register", "recovery", "kill", "partition");
  }

  private String out() {
    return folder.resolve("out").toString();
  }
}
