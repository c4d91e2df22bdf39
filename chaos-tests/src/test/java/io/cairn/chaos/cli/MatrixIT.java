package io.cairn.chaos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Workloads by faults, as long as asked for: {@code mvn verify -Pchaos -pl store-server,chaos-tests
 * -am}.
 */
@Tag("chaos")
class MatrixIT {
  @Test
  void noPromiseIsBroken() {
    Path folder = RunCommand.freshFolder("matrix");
    int code =
        ChaosCli.run(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            "matrix",
            "--minutes",
            System.getProperty("chaos.minutes", "60"),
            "--seed",
            System.getProperty("seed", "1"),
            "--out",
            folder.toString());
    assertThat(code).as("see %s", folder.resolve("index.html")).isZero();
  }
}
