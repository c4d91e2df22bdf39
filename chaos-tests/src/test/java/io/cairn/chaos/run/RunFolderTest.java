package io.cairn.chaos.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.check.Premises;
import io.cairn.chaos.check.Validity;
import io.cairn.chaos.check.Verdict;
import io.cairn.chaos.report.RunPages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RunFolderTest {
  @TempDir private Path folder;

  private RunOptions options() {
    return new RunOptions(
        "fake",
        List.of("counted"),
        2,
        Duration.ofSeconds(2),
        4,
        100,
        Duration.ofSeconds(1),
        42,
        folder.resolve("run"));
  }

  @Test
  void optionsComeBackAsTheyWere() throws Exception {
    RunFolder run = RunFolder.create(options().out());
    run.writeTest(options(), Optional.empty(), Surroundings.values());
    RunOptions back = RunOptions.of(RunFolder.readTest(options().out()), options().out());
    assertThat(back).isEqualTo(options());
  }

  @Test
  void aRunTellsByWhichClocksItsHistoryIsJudged() throws Exception {
    for (String faults : List.of("clock-drift", "kill")) {
      Path out = folder.resolve(faults);
      RunOptions options =
          new RunOptions(
              "lease",
              List.of(faults),
              3,
              Duration.ofSeconds(2),
              4,
              100,
              Duration.ofSeconds(1),
              42,
              out);
      RunFolder.create(out).writeTest(options, Optional.empty(), Map.of());
      Path history = out.resolve(RunFolder.HISTORY);
      assertThat(RunFolder.premisesOf(history, "lease")).isEqualTo(options.premises());
      assertThat(options.premises().clockFastPpm()).isEqualTo(faults.equals("kill") ? 0 : 500_000);
      assertThat(RunFolder.premisesOf(history, "lock")).isEqualTo(Premises.NONE);
    }
  }

  @Test
  void aRunLeavesItsHistoryItsVerdictAndItsPages() throws Exception {
    RunFolder run = RunFolder.create(options().out());
    FakeStore store = new FakeStore();
    store.throwEvery = 11;
    ChaosRun.Result result =
        new ChaosRun(
                options(),
                store,
                history -> new Verdict(Validity.VALID, Map.of("<b>", "&")),
                store,
                List.of(new FakeStore.Counted()))
            .run();
    run.writeHistory(result.history().ops());
    run.writeResults(Verdicts.value(result.verdict()));
    new RunPages(options(), result, Map.of("counted", "#aa3333"), Map.of()).write(run.path());

    List<String> lines = Files.readAllLines(run.path().resolve(RunFolder.HISTORY));
    assertThat(lines).hasSize(result.history().ops().size());
    assertThat(lines.get(0)).startsWith("{:index 0, :time ").contains(":type :", ":process ");
    assertThat(run.path().resolve("results.edn")).content().startsWith("{:valid? ");
    String index = Files.readString(run.path().resolve("index.html"));
    assertThat(index)
        .contains("<h1>fake under counted</h1>", "--seed 42", "&lt;b&gt;", "latency-raw.svg")
        .doesNotContain("http://www.example", "<b> ", "src=\"http");
    for (String picture : List.of("latency-raw.svg", "latency-quantiles.svg", "rate.svg")) {
      assertThat(run.path().resolve(picture)).content().startsWith("<svg").contains("counted");
    }
    assertThat(run.path().resolve("timeline.html")).content().contains("const OPS=[[");
  }
}
