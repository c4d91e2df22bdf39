package io.cairn.chaos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.check.Checkers;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
  void whatIsNoHistoryIsTwoWithItsLine() throws IOException {
    String begun = "{:index 0, :time 5, :type :invoke, :process 0, :f :read, :value nil}\n";
    noHistory(begun + begun.replace(":index 0", ":index 1"), "line 2: process 0 begins :read");
    noHistory(begun.replace(":invoke", ":ok"), "line 1: process 0 ends :read, but has begun");
    noHistory(begun + begun.replace("0, :time 5", "1, :time 4"), "line 2: time goes back from 5");
    String unknown = begun.replace(":index 0", ":index 1").replace(":invoke", ":info");
    noHistory(
        begun + unknown + begun.replace(":index 0", ":index 2"),
        "line 3: process 0 acts again after");
    noHistory("\u0000\u0001\u0002", "line 1: is no");
    noHistory(begun + "{:index 1", "line 2: is no EDN");
  }

  private void noHistory(String text, String remark) throws IOException {
    assertThat(check("register", text)).isEqualTo(2);
    assertThat(remarks.toString()).contains(remark);
  }

  @Test
  void filesThatHoldNoTextAreTwo() throws IOException {
    for (String workload : Checkers.workloads()) {
      assertThat(check(workload, "")).as(workload).isEqualTo(2);
    }
    assertThat(run("check", "--workload", "set", folder.toString())).isEqualTo(2);
    assertThat(remarks.toString()).contains("no file " + folder);
    Path garbage = Files.write(folder.resolve("garbage"), new byte[] {(byte) 0x80, 1, (byte) 0xff});
    assertThat(run("check", "--workload", "set", garbage.toString())).isEqualTo(2);
    assertThat(remarks.toString()).contains("line 1: is not UTF-8");
  }

  /** An exit code of 1 says that a store broke its promise, never that a checker broke. */
  @Test
  void valuesThatNoCheckerExpectsAreNoAccusation() throws IOException {
    List<String> kinds =
        List.of(
            "read",
            "write",
            "cas",
            "txn",
            "add",
            "transfer",
            "acquire",
            "release",
            "claim",
            "checkpoint",
            "append",
            "recover",
            "put",
            "watch",
            "renew");
    for (String value : List.of("nil", "{}", "[]", "[nil nil]", "[[:r]]", "\"x\"", "[1 [2 {}]]")) {
      StringBuilder text = new StringBuilder();
      int index = 0;
      for (String f : kinds) {
        for (String type : List.of("invoke", "ok")) {
          text.append("{:index %d, :time %d, ".formatted(index, index++));
          text.append(":type :%s, :process 0, :f :%s, :value %s}%n".formatted(type, f, value));
        }
      }
      for (String workload : Checkers.workloads()) {
        check(workload, text.toString());
        assertThat(remarks.toString()).as(workload).doesNotContain("broke by itself");
      }
    }
  }

  /** The lease of 6 ms is over after 4.5. */
  @Test
  void leasesAreJudgedByTheClocksOfTheirRun() throws IOException {
    String history =
        """
        {:index 0, :time 0, :type :invoke, :process 0, :f :claim, :value {:ttl 6}}
        {:index 1, :time 1000000, :type :ok, :process 0, :f :claim, :value {:epoch 1}}
        {:index 2, :time 4200000, :type :invoke, :process 0, :f :read, :value nil}
        {:index 3, :time 4500000, :type :ok, :process 0, :f :read, :value :absent}
        """;
    assertThat(check("lease", history)).isEqualTo(1);
    String file = folder.resolve("history.edn").toString();
    assertThat(run("check", "--workload", "lease", "--clock-rate", "1.5", file)).isZero();
    assertThat(run("check", "--workload", "lease", "--clock-rate", "1.2", file)).isEqualTo(1);
    assertThat(run("check", "--workload", "lease", "--clock-rate", "0.5", file)).isEqualTo(2);
    assertThat(remarks.toString()).contains("--clock-rate is 0.5");

    Path test = folder.resolve("test.edn");
    Files.writeString(test, "{:workload \"lease\", :clock-fast-ppm 500000}");
    assertThat(check("lease", history)).isZero();
    assertThat(run("check", "--workload", "lease", "--clock-rate", "1", file)).isEqualTo(1);
    Files.writeString(test, "{:workload \"lock\", :clock-fast-ppm 500000}");
    assertThat(check("lease", history)).isEqualTo(1);
    Files.writeString(test, "{:workload ");
    assertThat(check("lease", history)).isEqualTo(1);
    assertThat(remarks.toString()).contains("test.edn is no EDN");
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
