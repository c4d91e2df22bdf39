package io.cairn.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchCliTest {
  @TempDir private Path folder;

  private final StringWriter remarks = new StringWriter();

  @Test
  void noOutstandingPutsAreWrongUsage() {
    assertThat(run("put", "--outstanding", "0")).isEqualTo(2);
    assertThat(remarks.toString()).contains("--outstanding is 0, must be 1 to 1024");
  }

  @Test
  void valueOverTheLimitIsWrongUsage() {
    assertThat(run("put", "--value", "1048577")).isEqualTo(2);
    assertThat(remarks.toString()).contains("--value is 1048577, must be 0 to 1048576");
  }

  @Test
  void jobsOfNothingAreWrongUsage() {
    assertThat(run("jobs", "--tasks", "0")).isEqualTo(2);
    assertThat(remarks.toString()).contains("--tasks is 0, must be 1 to 1000000");
    assertThat(run("jobs", "--workers", "0")).isEqualTo(2);
    assertThat(remarks.toString()).contains("--workers is 0, must be 1 to 1000");
    assertThat(run("jobs", "--concurrency", "-1")).isEqualTo(2);
    assertThat(remarks.toString()).contains("--concurrency is -1, must be 1 to 1024");
    assertThat(run("jobs", "--idle-workers", "-5")).isEqualTo(2);
    assertThat(remarks.toString()).contains("--idle-workers is -5, must be 1 to 10000");
    assertThat(run("jobs", "--failover", "--repeats", "0")).isEqualTo(2);
    assertThat(remarks.toString()).contains("--repeats is 0, must be 1 to 1000");
  }

  @Test
  void twoMeasurementsOfJobsAtOnceAreWrongUsage() {
    assertThat(run("jobs", "--failover", "--flights")).isEqualTo(2);
    assertThat(remarks.toString()).contains("one at a time");
  }

  @Test
  void numberThatIsNoneIsWrongUsage() {
    assertThat(run("failover", "--repeats", "often")).isEqualTo(2);
    assertThat(remarks.toString()).contains("often");
  }

  @Test
  void noCommandIsWrongUsage() {
    assertThat(run()).isEqualTo(2);
    assertThat(remarks.toString()).contains("put", "idle", "failover", "restart");
  }

  @ParameterizedTest
  @ValueSource(strings = {"put", "idle", "failover", "restart", "growth", "jobs", "peers"})
  void everyMeasurementHasHelp(String name) {
    assertThat(run(name, "--help")).isEqualTo(0);
    assertThat(remarks.toString()).contains("Usage: cairn bench " + name, "--help", "--dir");
  }

  @Test
  void folderInUseIsLeftAlone() throws IOException {
    Path file = Files.writeString(folder.resolve("mine"), "mine");
    assertThat(run("idle", "--dir", folder.toString())).isEqualTo(2);
    assertThat(remarks.toString()).contains("is in use");
    assertThat(file).hasContent("mine");
  }

  @Test
  void serverThatDoesNotStartIsToldWithItsLastWords() throws IOException {
    Path launcher = Files.writeString(folder.resolve("launcher"), "#!/bin/sh\necho no luck\n");
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
    Path place = folder.resolve("place");
    int exit = BenchCli.run(launcher, writer(), writer(), "idle", "--dir", place.toString());
    assertThat(exit).isEqualTo(1);
    assertThat(remarks.toString()).contains("node1 has ended: no luck");
    assertThat(place).doesNotExist();
  }

  private int run(String... arguments) {
    return BenchCli.run(folder.resolve("none"), writer(), writer(), arguments);
  }

  private PrintWriter writer() {
    return new PrintWriter(remarks, true);
  }
}
