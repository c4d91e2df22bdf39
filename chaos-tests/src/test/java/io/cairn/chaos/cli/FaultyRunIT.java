package io.cairn.chaos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.run.RunOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three workloads on real servers that are killed and cut off from each other. */
@Timeout(600)
class FaultyRunIT {
  private static final long SEED = Long.getLong("seed", 7);

  @ParameterizedTest
  @ValueSource(strings = {"register", "task", "counter"})
  void killsAndPartitionsBreakNoPromise(String workload, @TempDir Path folder) throws Exception {
    RunOptions options =
        new RunOptions(
            workload,
            List.of("kill", "partition"),
            3,
            Duration.ofSeconds(20),
            10,
            100,
            Duration.ofSeconds(4),
            SEED,
            folder.resolve("run"));
    StringWriter told = new StringWriter();
    int code =
        RunCommand.execute(options, Optional.empty(), new PrintWriter(told), new PrintWriter(told));
    assertThat(code).as("%s%n%s", told, results(options.out())).isZero();
    for (String file :
        List.of("history.edn", "history.txt", "test.edn", "timeline.html", "index.html")) {
      assertThat(options.out().resolve(file)).isNotEmptyFile();
    }
  }

  private static String results(Path run) throws Exception {
    Path results = run.resolve("results.edn");
    return Files.exists(results) ? Files.readString(results) : "no results";
  }
}
