package io.cairn.chaos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files as other programs write them, or as nobody should: the right verdict, or the line. */
class HostileHistoriesTest {
  /** A register: 1 is written, and then read is what is asked for. */
  private static final String WRITTEN =
      """
      {:index 0, :time 1, :type :invoke, :process 0, :f :write, :value 1}
      {:index 1, :time 2, :type :ok, :process 0, :f :write, :value 1}
      """;

  private static final String READ =
      """
      {:index 2, :time 3, :type :invoke, :process 1, :f :read, :value nil}
      {:index 3, :time 4, :type :ok, :process 1, :f :read, :value %s}
      """;

  private static final String NEMESIS =
      """
      {:type :info, :process :nemesis, :f :start, :value nil, :time 2}
      {:type :info, :process :nemesis, :f :start, :value {"n1" [:cut #{"n2"}]}, :time 3}
      """;

  @TempDir private Path folder;

  private final StringWriter results = new StringWriter();
  private final StringWriter remarks = new StringWriter();

  /** The same two histories, one valid and one not, however they are written. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "as it is",
        "tagged",
        "vector",
        "list",
        "tagged vector",
        "strings",
        "symbols",
        "string keys",
        "commas",
        "no commas",
        "comments",
        "CRLF",
        "CR",
        "BOM",
        "one line",
        "no last newline",
        "blank lines",
        "no index",
        "no time",
        "N numbers",
        "nested errors",
        "nemesis",
        "tuples",
        "discards",
        "open last",
        "unknown operations",
      })
  void isJudgedHoweverItIsWritten(String form) throws IOException {
    assertThat(check("register", written(form, "1"))).as(remarks.toString()).isZero();
    assertThat(check("register", written(form, "2"))).as(remarks.toString()).isEqualTo(1);
  }

  private static String written(String form, String read) {
    String plain = WRITTEN + READ.formatted(read);
    return switch (form) {
      case "tagged" -> plain.replace("{:index", "#jepsen.history.Op{:index");
      case "vector" -> "[" + plain + "]";
      case "list" -> "(" + plain + ") ; done";
      case "tagged vector" -> "[" + plain.replace("{:index", "#jepsen.history.Op {:index") + "]\n";
      case "strings" ->
          plain.replaceAll(":type :(\\w+)", ":type \"$1\"").replaceAll(":f :(\\w+)", ":f \"$1\"");
      case "symbols" -> plain.replace(":value nil", ":value nil, :clock-offsets {n1 0.5, n2 -1}");
      case "string keys" -> plain.replaceAll(":(index|time|type|process|f|value) ", "\"$1\" ");
      case "commas" -> plain.replace(" ", " , ,").replace("}", ",},");
      case "no commas" -> plain.replace(",", "");
      case "comments" -> "; {\n" + plain.replace("\n", " ; } ] \"\n") + "; the end";
      case "CRLF" -> plain.replace("\n", "\r\n");
      case "CR" -> plain.replace("\n", " ; x\r");
      case "BOM" -> "\uFEFF" + plain;
      case "one line" -> plain.replace("\n", "");
      case "no last newline" -> plain.strip();
      case "blank lines" -> "\n\n\t\n" + plain.replace("\n", "\n\n \f\n");
      case "no index" -> plain.replaceAll(":index \\d, ", "");
      case "no time" -> plain.replaceAll(":time \\d, ", "");
      case "N numbers" -> plain.replaceAll("(:index|:time|:process) (\\d)", "$1 $2N");
      case "nested errors" -> plain.replace("}", ", :error [:timeout {:via [#x {:a #{1 \\c}}]}]}");
      case "nemesis" ->
          plain.replaceAll(":index \\d, ", "").replace("{:time 3", NEMESIS + "{:time 3");
      case "tuples" -> plain.replaceAll(":value (\\w+)", ":value [\"k\" $1]");
      case "discards" -> plain.replace(":value", "#_ {:value 3} :value");
      case "open last" ->
          plain + "{:index 4, :time 5, :type :invoke, :process 0, :f :write, :value 2}";
      case "unknown operations" ->
          WRITTEN
              + READ.formatted(read)
              + READ.formatted("7")
                  .replace(":read", ":sync")
                  .replace(":index 3", ":index 5")
                  .replace(":index 2", ":index 4")
                  .replace(":time 3", ":time 4");
      default -> plain;
    };
  }

  @Test
  void whatIsNoHistoryHasItsLine() throws IOException {
    String one = WRITTEN.lines().findFirst().orElseThrow() + "\n";
    String two = WRITTEN;
    noHistory(two + "{", "line 3: is no EDN");
    noHistory(two + "}", "line 3: is no EDN");
    noHistory(two + "]", "line 3: is no EDN");
    noHistory(two + "\n\n:read", "line 5: is no map");
    noHistory(two + "nil", "line 3: is no map");
    noHistory(two + "{:a}", "line 3: is no EDN");
    noHistory(two + "{:index 2 :index 2}", "line 3: is no EDN");
    noHistory(two + "{:f \"read}\n", "line 3: is no EDN");
    noHistory("[" + two, "line 3: ends before its closing ]");
    noHistory("[" + two + ")", "line 3: is no EDN");
    noHistory("[" + two + "] {}", "line 3: there is more behind");
    noHistory("[" + two + "]\n\n" + READ.formatted("3"), "line 5: there is more behind");
    noHistory(two + "[".repeat(100_000), "line 3: is nested too deeply");
    noHistory(two + "{:a ".repeat(100_000), "line 3: is nested too deeply");
    noHistory(two + "#a ".repeat(100_000), "line 3: is ");
    noHistory(two + "#_ ".repeat(100_000), "line 3: is ");
    noHistory(two + "{:index " + "9".repeat(1_000_000), "line 3: a number has more than");
    noHistory(one.replace(":value 1", ":value " + "9".repeat(1_000_000)), "line 1: a number has");
    noHistory(one.replace(":time 1", ":time 99999999999999999999"), "line 1: :time is no number");
    noHistory(one.replace(":index 0", ":index 0.7"), "line 1: :index is no number");
    noHistory(one.replace(":process 0", ":process :c1"), "line 1: :process is :c1");
    noHistory(one.replace(":process 0", ":process \"0\""), "line 1: :process is \"0\"");
    noHistory(one.replace(":process 0", ":process 1e3"), "line 1: :process is 1000.0");
    noHistory(one.replace(":type :invoke", ":type :begin"), "line 1: :type is");
    noHistory(one.replace(":type :invoke", ":type nil"), "line 1: :type is");
    noHistory(one.replace(":f :write", ":f nil"), "line 1: has no :f");
    noHistory(one.replace(":f :write", ":f \"\""), "line 1: has no :f");
    noHistory(one.replace(":index 0", ":index 1"), "line 1: index is 1, must be 0");
    noHistory(two + two.replace(":index 0", ":index 2"), "line 3: time goes back");
    noHistory("\u0000", "line 1: is no");
    noHistory("<html>\n", "line 1: is no");
    noHistory("PK\u0003\u0004", "line 1: is no");
    noHistory("{\"type\": \"ok\", \"f\": \"read\"}", "line 1: is no EDN");
  }

  @Test
  void otherEncodingsHaveTheLine() throws IOException {
    String text = WRITTEN + READ.formatted("\"\u00fc\"");
    noHistory(text.getBytes(StandardCharsets.ISO_8859_1), "line 4: is not UTF-8");
    noHistory(text.getBytes(StandardCharsets.UTF_16), "line 1: is not UTF-8");
    noHistory(text.getBytes(Charset.forName("UTF-32LE")), "line 1: is no");
    byte[] cut = (WRITTEN + "\u00fc").getBytes(StandardCharsets.UTF_8);
    noHistory(java.util.Arrays.copyOf(cut, cut.length - 1), "line 3: is not UTF-8");
  }

  @Test
  void nothingToLookAtIsUnknown() throws IOException {
    for (String text : new String[] {"", "\n", "[]", "()", " ; only a remark", "\uFEFF", ",,,"}) {
      assertThat(check("register", text)).as(text).isEqualTo(2);
      assertThat(results.toString()).contains(":valid? :unknown");
    }
  }

  /** Values that are deep, long or odd are compared as they are, and written in the verdict. */
  @Test
  void oddValuesAreValues() throws IOException {
    for (String value :
        new String[] {
          "9".repeat(1_000),
          "-9223372036854775808",
          "1.5M",
          "\\newline",
          "\"\\u0000\\\"\"",
          "#inst \"2020-01-01T00:00:00Z\"",
          "#uuid \"f81d4fae-7dec-11d0-a765-00a0c91e6bf6\"",
          "#{}",
          "{nil nil}",
          "[".repeat(150) + "]".repeat(150),
          "\"" + "x".repeat(100_000) + "\"",
        }) {
      String written = WRITTEN.replace(":value 1", ":value " + value);
      assertThat(check("register", written + READ.formatted(value))).as(value).isZero();
      assertThat(check("register", written + READ.formatted("1"))).as(value).isEqualTo(1);
    }
  }

  private void noHistory(String text, String remark) throws IOException {
    noHistory(text.getBytes(StandardCharsets.UTF_8), remark);
  }

  private void noHistory(byte[] text, String remark) throws IOException {
    assertThat(check("register", text)).as(remark).isEqualTo(2);
    assertThat(remarks.toString()).contains(remark).hasLineCount(1);
    assertThat(results.toString()).contains(":valid? :unknown").contains(":malformed");
  }

  private int check(String workload, String history) throws IOException {
    return check(workload, history.getBytes(StandardCharsets.UTF_8));
  }

  private int check(String workload, byte[] history) throws IOException {
    results.getBuffer().setLength(0);
    remarks.getBuffer().setLength(0);
    Path file = Files.write(folder.resolve("history.edn"), history);
    return ChaosCli.run(
        new PrintWriter(results, true),
        new PrintWriter(remarks, true),
        "check",
        "--workload",
        workload,
        file.toString());
  }
}
