package io.cairn.chaos.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryReaderTest {
  private static final String INVOKE =
      "{:index 0, :time 109634589, :type :invoke, :process 1, :f :read, :value [0 nil]}";

  @TempDir private Path folder;

  @Test
  void lineOfAnOperationIsReadAndWrittenAlike() {
    Op op = read(INVOKE).ops().get(0);

    assertThat(op.index()).isZero();
    assertThat(op.timeNanos()).isEqualTo(109634589);
    assertThat(op.type()).isEqualTo(OpType.INVOKE);
    assertThat(op.process()).isEqualTo(1);
    assertThat(op.f()).isEqualTo("read");
    assertThat((List<?>) op.value()).hasSize(2).first().isEqualTo(0L);
    assertThat(HistoryWriter.line(op)).isEqualTo(INVOKE);
  }

  @Test
  void everyKindOfValueIsReadAndWrittenAlike() {
    String line =
        "{:index 0, :time 1, :type :info, :process :nemesis, :f :start, :value {:a [1 \"x \\\"\\n\\\\y\\u0001\""
            + " :absent nil true], 7 {\"b c\" -3}}, :error [\"lost\" :timeout], :node \"n1\"}";
    Op op = read(line).ops().get(0);

    assertThat(op.process()).isEqualTo(Op.NEMESIS);
    assertThat(op.extras()).containsKeys("error", "node");
    assertThat(HistoryWriter.line(op)).isEqualTo(line);
    assertThat(read(HistoryWriter.line(op)).ops()).containsExactly(op);
  }

  @Test
  void historiesOfOtherSourcesAreRead() {
    String text =
        "; a comment\n[#jepsen.history.Op{:type :invoke :process 0N :f :add :value #{1}, :time 5}\n"
            + "{\"type\" \"ok\", \"process\" 0, \"f\" \"add\", \"value\" (1 2.5 9999999999999999999),"
            + " \"time\" 7 \"more\" #inst \"2020-01-01T00:00:00Z\"}\n"
            + "{:type :info, :process :other, :f :kill, :value #x [1]}]\n";
    List<Op> ops = read(text).ops();

    assertThat(ops).hasSize(3);
    assertThat(ops.get(0).process()).isZero();
    assertThat(ops.get(1).type()).isEqualTo(OpType.OK);
    assertThat(ops.get(1).index()).isEqualTo(1);
    assertThat((List<?>) ops.get(1).value()).hasSize(3);
    assertThat(ops.get(2).process()).isEqualTo(Op.NEMESIS);
    assertThat(ops.get(2).timeNanos()).isEqualTo(7);
    assertThat(ops.get(2).value()).isEqualTo(List.of(1L));
  }

  @Test
  void noLinesAreAHistory() {
    assertThat(read("").ops()).isEmpty();
    assertThat(read(" [ ] ; nothing").ops()).isEmpty();
  }

  @Test
  void malformedHistoriesAreRefusedWithTheirLine() {
    refused(2, "has not ended", op("invoke", 0, "read"), op("invoke", 0, "write"));
    refused(1, "has begun nothing", op("ok", 0, "read"));
    refused(2, "has begun :read", op("invoke", 0, "read"), op("ok", 0, "write"));
    refused(
        3, "acts again", op("invoke", 0, "read"), op("info", 0, "read"), op("invoke", 0, "read"));
    refused(2, "index is 2", "{:index 0 :type :info :process :n :f :a}", at(2, 0));
    refused(3, "time goes back", at(0, 5), at(1, 6), at(2, 5));
    refused(2, "no EDN", at(0, 5), "{:type :invoke :process");
    refused(2, "no EDN", at(0, 5), "}");
    refused(1, "no EDN", "{:index 12abc}");
    refused(2, "no map", at(0, 5), "17");
    refused(1, ":type", "{:process 1 :f :read :type :begin}");
    refused(1, ":process", "{:f :read :type :invoke}");
    refused(1, ":process", "{:process -4 :f :read :type :invoke}");
    refused(1, ":f", "{:process 1 :type :invoke}");
    refused(1, ":time", "{:process 1 :f :read :type :invoke :time :now}");
    refused(3, "closing", "[" + at(0, 5), at(1, 5), "");
    refused(1, "nested too deeply", "[".repeat(200_000));
  }

  @Test
  void nothingButCommentsFollowsTheClosingBracket() {
    assertThat(read("[" + at(0, 5) + "] ; the end\n ,\n").ops()).hasSize(1);
    refused(2, "more behind the closing ]", "[" + at(0, 5) + "]", at(1, 6));
    refused(1, "more behind the closing )", "(" + at(0, 5) + ") 7");
    refused(3, "more behind the closing ]", "[", at(0, 5) + "]", "[" + at(1, 6) + "]");
  }

  /** Left out as a nemesis, a write of it would make another's read a lie. */
  @Test
  void onlyANemesisHasNoNumber() {
    for (String process : List.of(":c1", "\"0\"", "\"c1\"", "nil", "1.5", "[0]", "-1")) {
      for (String type : List.of("invoke", "ok", "fail")) {
        refused(1, ":process is", "{:type :%s, :process %s, :f :write}".formatted(type, process));
      }
    }
    for (String process : List.of(":nemesis", "\"nemesis\"", ":other")) {
      assertThat(
              read("{:type :info, :process %s, :f :kill}".formatted(process))
                  .ops()
                  .get(0)
                  .process())
          .isEqualTo(Op.NEMESIS);
    }
    assertThat(read("{:type :invoke, :process :nemesis, :f :kill}").operations()).isEmpty();
  }

  @Test
  void numbersThatAreNotWholeAreRefused() {
    refused(1, ":index is no number: 0.7", "{:index 0.7 :type :info :process :nemesis :f :a}");
    refused(1, ":time is no number: 0.5", "{:time 0.5 :type :info :process :nemesis :f :a}");
    refused(1, ":time is no number", "{:time 1e300 :type :info :process :nemesis :f :a}");
    assertThat(read("{:time 1.5e3 :type :info :process :nemesis :f :a}").ops().get(0).timeNanos())
        .isEqualTo(1_500);
  }

  /** A number of a million digits takes the parser minutes, and one of all it may read hours. */
  @Test
  void numbersOfThousandsOfDigitsAreRefused() {
    String line = "{:type :info, :process :nemesis, :f :a, :value %s}";
    refused(2, "more than 1000 digits", at(0, 5), line.formatted("9".repeat(1_000_000)));
    refused(1, "more than 1000 digits", line.formatted("-" + "9".repeat(1_001) + "N"));
    refused(1, "more than 1000 digits", line.formatted("0." + "9".repeat(1_001) + "M"));
    String digits = "7".repeat(5_000);
    String text = "\"a \\\" " + digits + "\"";
    assertThat(read(line.formatted(text)).ops().get(0).value()).isEqualTo("a \" " + digits);
    assertThat(read(line.formatted("; " + digits + "\n 7")).ops().get(0).value()).isEqualTo(7L);
    assertThat(read(line.formatted("9".repeat(1_000))).ops()).hasSize(1);
  }

  @Test
  void nestingIsCountedOutsideOfTexts() {
    String line = "{:type :info, :process :nemesis, :f :a, :value %s}";
    String brackets = "[".repeat(500);
    assertThat(read(line.formatted("\"" + brackets + "\"")).ops()).hasSize(1);
    assertThat(read(line.formatted("; " + brackets + "\n 1")).ops()).hasSize(1);
    assertThat(read(line.formatted("[\\[ \\\" 1]")).ops()).hasSize(1);
    assertThat(read(line.formatted("[".repeat(150) + "]".repeat(150))).ops()).hasSize(1);
    refused(1, "nested too deeply", line.formatted(brackets + "]".repeat(500)));
    refused(1, "nested too deeply", line.formatted("#a ".repeat(200_000) + "1"));
  }

  @Test
  void aKeyIsNotBothAKeywordAndAText() {
    refused(1, "a map has the key type twice", "{:type :ok, \"type\" :fail}");
  }

  @Test
  void mapsKeepTheOrderOfTheirText() {
    StringBuilder line =
        new StringBuilder("{:index 0, :time 1, :type :info, :process :nemesis, :f :x");
    line.append(", :value nil");
    for (int i = 20; i > 0; i--) {
      line.append(", :field-").append(i).append(" nil");
    }
    line.append('}');
    assertThat(HistoryWriter.line(read(line.toString()).ops().get(0))).isEqualTo(line.toString());
  }

  @Test
  void mapsThatAreNoneAreRefused() {
    refused(1, "a map has the key :f twice", "{:f 1 :f 2}");
    refused(1, "the last key of a map has no value", "{:f}");
  }

  /** A file of one endless line ends in a message, not in the end of all memory. */
  @Test
  void aMapWithoutEndIsRefused() {
    Reader endless =
        new Reader() {
          private boolean begun;

          @Override
          public int read(char[] to, int offset, int length) {
            java.util.Arrays.fill(to, offset, offset + length, 'x');
            if (!begun) {
              begun = true;
              "{:index 0, :value ".getChars(0, 18, to, offset);
            }
            return length;
          }

          @Override
          public void close() {}
        };
    assertThatThrownBy(() -> HistoryReader.read(endless))
        .isInstanceOf(MalformedHistory.class)
        .hasMessage("line 1: is longer than may be read at once");
  }

  @Test
  void otherBytesThanUtf8AreRefused() throws IOException {
    Path file = folder.resolve("history.edn");
    Files.write(file, new byte[] {'{', ':', 'f', ' ', '"', (byte) 0xff, '"', '}'});

    assertThatThrownBy(() -> HistoryReader.read(file))
        .isInstanceOf(MalformedHistory.class)
        .hasMessageContaining("UTF-8");
  }

  @Test
  void theLineOfOtherBytesIsKnown() throws IOException {
    Path file = folder.resolve("history.edn");
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 2_000; i++) {
      text.append(at(i, i)).append(i % 2 == 0 ? "\n" : "\r\n");
    }
    byte[] bytes = (text + at(2_000, 2_000)).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    bytes[bytes.length - 3] = (byte) 0xc3;
    Files.write(file, bytes);

    assertThatThrownBy(() -> HistoryReader.read(file))
        .isInstanceOfSatisfying(
            MalformedHistory.class, failure -> assertThat(failure.line()).isEqualTo(2_001))
        .hasMessageContaining("UTF-8");
  }

  @Test
  void whatIsWrittenIsCheckedAndReadAgain() throws IOException {
    StringWriter to = new StringWriter();
    List<Op> ops = new ArrayList<>();
    try (HistoryWriter writer = new HistoryWriter(to)) {
      for (int i = 0; i < 100; i++) {
        OpType type = i % 2 == 0 ? OpType.INVOKE : OpType.OK;
        Op op = new Op(i, i / 3, type, 4, "write", (long) i, Map.of());
        ops.add(op);
        writer.write(op);
      }
      assertThatThrownBy(
              () -> writer.write(new Op(7, 100, OpType.INVOKE, 4, "write", null, Map.of())))
          .isInstanceOf(MalformedHistory.class);
    }
    assertThat(read(to.toString()).ops()).isEqualTo(ops);
  }

  @Test
  void operationsArePairedInTheOrderOfTheirBeginning() {
    List<Operation> operations =
        read(String.join(
                "\n",
                op("invoke", 0, "read"),
                op("invoke", 1, "write"),
                op("ok", 1, "write"),
                op("fail", 0, "read"),
                op("invoke", 1, "read"),
                op("info", 1, "read"),
                op("invoke", 2, "read")))
            .operations();

    assertThat(operations).extracting(Operation::begin).containsExactly(0L, 1L, 4L, 6L);
    assertThat(operations)
        .extracting(Operation::end)
        .containsExactly(3L, 2L, Long.MAX_VALUE, Long.MAX_VALUE);
    assertThat(operations)
        .extracting(Operation::outcome)
        .containsExactly(OpType.FAIL, OpType.OK, OpType.INFO, OpType.INFO);
  }

  @Test
  void keysAreTakenApartOnlyWhereValuesHaveThem() {
    List<KeyedOperations> keyed = split("[1 [2 3]]", "cas", "[5 nil]", "read", "[1 7]", "write");
    assertThat(keyed).extracting(KeyedOperations::key).containsExactly(1L, 5L);
    assertThat(keyed.get(0).operations())
        .extracting(Operation::argument)
        .containsExactly(List.of(2L, 3L), 7L);

    assertThat(split("[2 3]", "cas", "4", "write")).extracting(KeyedOperations::key).hasSize(1);
    assertThat(split("[2 3]", "cas").get(0).operations().get(0).argument())
        .isEqualTo(List.of(2L, 3L));
    assertThat(split("[[:r 1 nil] [:append 1 2]]", "txn").get(0).key()).isNull();
    assertThat(split("nil", "read", "[1 2]", "write")).hasSize(1);
  }

  @Test
  void whatIsDiscardedAtTheEndIsNothing() {
    String read = op("invoke", 0, "read");
    for (String end :
        List.of(
            "#_ {:f :drain}",
            "#_{:a 1}\n; end",
            "#_ #_ 1 2",
            "#_ 1 #_ 2 " + op("invoke", 1, "read"))) {
      for (String text : List.of(read + end, "[" + read + end + "\n]")) {
        assertThat(read(text).ops())
            .as(text)
            .hasSize(end.endsWith("}") && end.contains("read") ? 2 : 1);
      }
    }
    refused(1, "ends too early", op("invoke", 0, "read") + " #_");
    refused(1, "is no EDN", op("invoke", 0, "read") + " #");
  }

  @Test
  void operationsOfOtherNamesAreTheNemesis() {
    History all = read(op("invoke", 0, "read") + op("invoke", 1, "drain") + op("ok", 1, "drain"));
    History known = all.only(Set.of("read"));
    assertThat(known.operations()).hasSize(1);
    assertThat(known.ops()).hasSize(3);
    assertThat(all.only(Set.of("read", "drain"))).isSameAs(all);
  }

  private static List<KeyedOperations> split(String... valuesAndNames) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < valuesAndNames.length; i += 2) {
      text.append(
          "{:type :invoke :process %d :f :%s :value %s}\n"
              .formatted(i, valuesAndNames[i + 1], valuesAndNames[i]));
    }
    return KeyedOperations.split(read(text.toString()).operations());
  }

  private static void refused(long line, String problem, String... lines) {
    assertThatThrownBy(() -> read(String.join("\n", lines)))
        .isInstanceOfSatisfying(
            MalformedHistory.class, failure -> assertThat(failure.line()).isEqualTo(line))
        .hasMessageContaining(problem);
  }

  private static String op(String type, int process, String f) {
    return "{:type :%s, :process %d, :f :%s}".formatted(type, process, f);
  }

  private static String at(int index, int time) {
    return "{:index %d, :time %d, :type :info, :process :nemesis, :f :kill}".formatted(index, time);
  }

  private static History read(String text) {
    try {
      return HistoryReader.read(new StringReader(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
