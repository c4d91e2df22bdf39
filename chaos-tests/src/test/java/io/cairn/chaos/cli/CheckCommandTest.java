package io.cairn.chaos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {
  private static final String WRITE =
      """
      {:index 0, :time 1, :type :invoke, :process 0, :f :write, :value 1}
      {:index 1, :time 2, :type :ok, :process 0, :f :write, :value 1}
      """;
  private static final String READ =
      """
      {:index 2, :time 3, :type :invoke, :process 0, :f :read, :value nil}
      {:index 3, :time 4, :type :ok, :process 0, :f :read, :value %s}
      """;

  @TempDir private Path folder;

  private final StringWriter results = new StringWriter();
  private final StringWriter remarks = new StringWriter();

  @Test
  void validIsZero() throws IOException {
    assertThat(check("register", WRITE + READ.formatted("1"))).isZero();
    assertThat(results.toString()).startsWith("{:valid? true");
  }

  @Test
  void invalidIsOne() throws IOException {
    assertThat(check("register", WRITE + READ.formatted(":absent"))).isEqualTo(1);
    assertThat(results.toString())
        .startsWith("{:valid? false")
        .hasLineCount(1)
        .doesNotContain("Verdict");
  }

  @Test
  void unknownIsTwo() throws IOException {
    assertThat(check("register", WRITE)).isEqualTo(2);
    assertThat(results.toString()).startsWith("{:valid? :unknown");
  }

  @Test
  void malformedIsUnknownWithItsLine() throws IOException {
    assertThat(check("register", WRITE + WRITE)).isEqualTo(2);
    assertThat(results.toString()).contains(":valid? :unknown").contains(":line 3");
    assertThat(remarks.toString()).contains("line 3: index is 0, must be 2");
  }

  @Test
  void wrongUsageIsTwo() throws IOException {
    assertThat(check("registers", WRITE)).isEqualTo(2);
    assertThat(remarks.toString()).contains("no workload 'registers'").contains("register,");
    assertThat(run("check", "--workload", "set", "nowhere.edn")).isEqualTo(2);
    assertThat(run("check", "history.edn")).isEqualTo(2);
    assertThat(run()).isEqualTo(2);
    assertThat(run("destroy")).isEqualTo(2);
  }

  @Test
  void helpIsZero() {
    assertThat(run("check", "--help")).isZero();
    assertThat(results.toString()).contains("--workload");
  }

  private int check(String workload, String history) throws IOException {
    Path file = Files.writeString(folder.resolve("history.edn"), history);
    return run("check", "--workload", workload, file.toString());
  }

  private int run(String... arguments) {
    return ChaosCli.run(new PrintWriter(results, true), new PrintWriter(remarks, true), arguments);
  }
}
