package io.cairn.chaos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.check.Validity;
import io.cairn.chaos.check.Verdict;
import io.cairn.chaos.history.History;
import io.cairn.chaos.run.ChaosRun;
import io.cairn.chaos.run.RunOptions;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RunSessionTest {
  @TempDir private Path folder;

  /** Begins a run while its process ends, as a matrix would after an interrupt. */
  public static final class Late {
    private Late() {}

    /** Argument: the folder of the run. */
    public static void main(String[] arguments) {
      PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
      Path folder = Path.of(arguments[0]);
      Duration second = Duration.ofSeconds(1);
      RunOptions options = new RunOptions("set", List.of(), 1, second, 1, 1, second, 1, folder);
      Thread late =
          new Thread(
              () -> {
                try {
                  out.println(new RunSession(options, out).run());
                } catch (InterruptedException | RuntimeException e) {
                  out.println(e);
                }
              });
      Runtime.getRuntime().addShutdownHook(late);
    }
  }

  private static ChaosRun.Result result(Validity validity) {
    Verdict workload = new Verdict(validity, Map.of());
    return new ChaosRun.Result(
        new Verdict(validity, Map.of("workload", workload)), new History(List.of()), Map.of());
  }

  @Test
  void whatWasFoundIsNotLostWhenSomethingCannotBeClosed() {
    List<String> failures = List.of("kill could not be closed");
    ChaosRun.Result invalid = RunSession.unclosed(result(Validity.INVALID), failures);
    assertThat(invalid.verdict().validity()).isEqualTo(Validity.INVALID);
    assertThat(invalid.verdict().details()).containsKeys("workload", "closing");
    assertThat(RunSession.unclosed(result(Validity.VALID), failures).verdict().validity())
        .isEqualTo(Validity.UNKNOWN);
  }

  @Test
  void eachIsClosedWhateverBecomesOfTheOthers() throws Exception {
    List<String> closed = new ArrayList<>();
    CountDownLatch never = new CountDownLatch(1);
    Closing closing = new Closing(Duration.ofMillis(200));
    closing.close(
        "first",
        () -> {
          throw new IllegalStateException("on purpose");
        });
    closing.close(
        "second",
        () -> {
          throw new StackOverflowError("on purpose");
        });
    closing.close("third", never::await);
    closing.close("fourth", () -> closed.add("fourth"));
    assertThat(closed).containsExactly("fourth");
    assertThat(closing.failures()).hasSize(3);
    assertThat(closing.failures().get(2)).contains("third did not end");
  }

  @Test
  void noRunBeginsWhileTheProcessEnds() throws Exception {
    Path run = folder.resolve("run");
    Path said = folder.resolve("said");
    Process late =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Late.class.getName(),
                run.toString())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
      assertThat(late.waitFor()).isZero();
      assertThat(Files.readString(said)).contains("no run begins any more");
      assertThat(run).doesNotExist();
    } finally {
      late.destroyForcibly();
    }
  }
}
