package io.cairn.core.job.redundancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.Refusal;
import io.cairn.protocol.Sha256;
import io.cairn.protocol.v1.ResultField;
import io.cairn.protocol.v1.ResultValue;
import io.cairn.protocol.v1.Task;
import io.cairn.protocol.v1.Verification;
import io.cairn.protocol.v1.Verification.Comparison;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which results of replicas are alike, by each comparison that the store itself can do. */
class ResultComparisonTest {
  private static final Task NOTHING = Task.getDefaultInstance();

  private static ResultComparison by(Comparison comparison, double tolerance, String... fields) {
    return new ResultComparison(
        Verification.newBuilder()
            .setComparison(comparison)
            .setTolerance(tolerance)
            .addAllFields(List.of(fields))
            .build());
  }

  private static Task bytes(String result) {
    return Task.newBuilder().setResultDigest(Sha256.of(ByteString.copyFromUtf8(result))).build();
  }

  private static Task number(double number) {
    return Task.newBuilder()
        .setResultValue(ResultValue.newBuilder().setHasNumber(true).setNumber(number))
        .build();
  }

  private static Task fields(ResultField... fields) {
    return Task.newBuilder()
        .setResultValue(ResultValue.newBuilder().addAllFields(List.of(fields)))
        .build();
  }

  private static ResultField field(String name, double number) {
    return ResultField.newBuilder().setName(name).setNumber(number).build();
  }

  private static ResultField field(String name, String text) {
    return ResultField.newBuilder().setName(name).setText(text).build();
  }

  @Test
  void exactComparesDigestsAndNotValues() {
    ResultComparison exact = by(Comparison.EXACT, 1_000);
    assertThat(exact.alike(bytes("a"), bytes("a"))).isTrue();
    assertThat(exact.alike(bytes("a"), bytes("b"))).isFalse();
    Task valued = bytes("a").toBuilder().setResultValue(number(1).getResultValue()).build();
    assertThat(exact.alike(bytes("a"), valued)).isTrue();
  }

  @Test
  void toleranceIsAbsoluteAndIncludesItsEdge() {
    ResultComparison near = by(Comparison.TOLERANCE, 0.5);
    assertThat(near.alike(number(1), number(1.5))).isTrue();
    assertThat(near.alike(number(1.5), number(1))).isTrue();
    assertThat(near.alike(number(1), number(Math.nextUp(1.5)))).isFalse();
    assertThat(near.alike(number(-0.0), number(0.0))).isTrue();
    assertThat(by(Comparison.TOLERANCE, 0).alike(number(1), number(1))).isTrue();
  }

  @Test
  void infiniteNumbersAreLikeThemselvesAndNothingElse() {
    ResultComparison near = by(Comparison.TOLERANCE, 1e300);
    double infinity = Double.POSITIVE_INFINITY;
    assertThat(near.alike(number(infinity), number(infinity))).isTrue();
    assertThat(near.alike(number(infinity), number(-infinity))).isFalse();
    assertThat(near.alike(number(infinity), number(Double.MAX_VALUE))).isFalse();
  }

  @Test
  void toleranceComparesAllFieldsAndNeedsTheSameOnes() {
    ResultComparison near = by(Comparison.TOLERANCE, 0.1);
    Task one = fields(field("rows", 3), field("sum", 1.0));
    assertThat(near.alike(one, fields(field("rows", 3), field("sum", 1.05)))).isTrue();
    assertThat(near.alike(one, fields(field("rows", 4), field("sum", 1.05)))).isFalse();
    assertThat(near.alike(one, fields(field("rows", 3)))).isFalse();
    assertThat(near.alike(one, fields(field("rows", "3"), field("sum", 1.0)))).isFalse();
    assertThat(near.alike(number(1), fields(field("rows", 1)))).isFalse();
  }

  @Test
  void fieldsThatAreNotNamedDoNotCount() {
    ResultComparison named = by(Comparison.FIELDS, 0.1, "rows", "name");
    Task one = fields(field("rows", 3), field("name", "x"), field("took", 17));
    assertThat(named.alike(one, fields(field("rows", 3.05), field("name", "x")))).isTrue();
    assertThat(named.alike(one, fields(field("rows", 3), field("name", "X")))).isFalse();
    assertThat(named.alike(one, fields(field("rows", 3)))).isFalse();
  }

  @Test
  void resultsThatCannotBeComparedAreRefusedWhenTheyComeIn() {
    ResultComparison near = by(Comparison.TOLERANCE, 1);
    assertThatThrownBy(() -> near.check(NOTHING.getResultValue()))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("neither number nor field");
    near.check(number(1).getResultValue());
    near.check(fields(field("a", 1)).getResultValue());
    ResultComparison named = by(Comparison.FIELDS, 1, "a", "b");
    assertThatThrownBy(() -> named.check(fields(field("a", 1)).getResultValue()))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("\"b\"");
    named.check(fields(field("b", 1), field("a", "x")).getResultValue());
    by(Comparison.EXACT, 0).check(NOTHING.getResultValue());
    by(Comparison.CUSTOM, 0).check(NOTHING.getResultValue());
  }
}
