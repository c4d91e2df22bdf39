package io.cairn.chaos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.run.RunOptions;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
