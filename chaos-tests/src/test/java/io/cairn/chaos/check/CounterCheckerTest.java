package io.cairn.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.history.History;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CounterCheckerTest {
  @Test
  void aNumberThatIsNoLongIsUnknownWithItsIndex() {
    assertThat(
            check(
                "0 invoke add 9999999999999999999",
                "0 ok add 9999999999999999999",
                "0 invoke read nil",
                "0 ok read 0"))
        .startsWith("{valid?=:unknown")
        .contains("the add of index 0 is no whole number of 64 bits");
    assertThat(
            check(
                "0 invoke add 1",
                "0 ok add 1",
                "0 invoke read nil",
                "0 ok read 9999999999999999999"))
        .startsWith("{valid?=:unknown")
        .contains("the read of index 2");
  }

  /** Adds that no model understands must not make a read wrong, either. */
  @Test
  void addsThatAreNoLongsAccuseNobody() {
    assertThat(
            check(
                "0 invoke add 9999999999999999999",
                "0 ok add 9999999999999999999",
                "0 invoke add -9999999999999999998",
                "0 ok add -9999999999999999998",
                "0 invoke add 0.5",
                "0 info add 0.5",
                "1 invoke read nil",
                "1 ok read 1"))
        .startsWith("{valid?=:unknown");
  }

  @Test
  void sumsDoNotWrapAround() {
    String most = Long.toString(Long.MAX_VALUE);
    assertThat(
            check(
                "0 invoke add " + most,
                "0 ok add " + most,
                "0 invoke add " + most,
                "0 ok add " + most,
                "0 invoke read nil",
                "0 ok read -2"))
        .startsWith("{valid?=:unknown")
        .contains("sums do not fit into 64 bits");
  }

  /** Far more uncertain adds than could be tried one by one: 1 and even numbers are odd. */
  @Test
  void manyUncertainAddsDoNotHideAWrongSum() {
    assertThat(afterUncertain(300, "2", "6")).startsWith("{valid?=false").contains("no-sum=1");
    assertThat(afterUncertain(300, "2", "15")).startsWith("{valid?=true").contains("slack=600");
  }

  @Test
  void sumsThatAreTooManyAreUnknown() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      String add = Long.toString((1L << 50) + (1L << (i % 49)) + i);
      lines.add(i + " invoke add " + add);
      lines.add(i + " info add " + add);
    }
    lines.add("99 invoke add 1");
    lines.add("99 ok add 1");
    lines.add("99 invoke read nil");
    lines.add("99 ok read " + ((30L << 50) + 12_345));
    assertThat(check(lines.toArray(new String[0])))
        .startsWith("{valid?=:unknown")
        .contains("are too many sums to tell");
    lines.set(lines.size() - 1, "99 ok read -1");
    assertThat(check(lines.toArray(new String[0]))).startsWith("{valid?=false");
  }

  private static String afterUncertain(int count, String add, String read) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lines.add(i + " invoke add " + add);
      lines.add(i + " info add " + add);
    }
    lines.add("9999 invoke add 1");
    lines.add("9999 ok add 1");
    lines.add("9999 invoke read nil");
    lines.add("9999 ok read " + read);
    return check(lines.toArray(new String[0]));
  }

  private static String check(String... lines) {
    History history = Histories.of(lines);
    return Checkers.check("counter", history).toMap().toString();
  }
}
