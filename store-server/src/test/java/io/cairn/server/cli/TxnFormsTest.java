package io.cairn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cairn.client.Bytes;
import io.cairn.client.Compare;
import io.cairn.client.Compare.Relation;
import io.cairn.client.DeleteOp;
import io.cairn.client.KeyRange;
import io.cairn.client.PutOp;
import io.cairn.client.RangeOp;
import io.cairn.client.Txn;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms in which a transaction may be written. */
class TxnFormsTest {
  private static final Bytes K = Bytes.utf8("k");

  @Test
  void brokenJsonIsToldByItsPlaceAlone() {
    assertThatThrownBy(() -> TxnJson.parse("{\"then\":\n[}"))
        .hasMessageContaining("line 2, column")
        .hasMessageNotContaining("Source");
  }

  @Test
  void threePartsAreSeparatedByEmptyLines() {
    Txn txn =
        TxnText.parse(
            List.of(
                "# a remark",
                "mod(\"k\") = 7",
                "value(k) != 'a b'",
                "",
                "put k \"new\\nvalue\" --lease 5",
                "get k --prefix --limit 3",
                "",
                "del k z --prev"));
    assertThat(txn.compares())
        .containsExactly(
            Compare.modRevision(K, Relation.EQUAL, 7),
            Compare.value(K, Relation.NOT_EQUAL, Bytes.utf8("a b")));
    assertThat(txn.then())
        .containsExactly(
            PutOp.of("k", "new\nvalue").withLease(5), RangeOp.of(KeyRange.prefix("k")).limit(3));
    assertThat(txn.otherwise())
        .containsExactly(DeleteOp.of(KeyRange.between(K, Bytes.utf8("z"))).withPrevious());
  }

  @Test
  void noConditionsAndEmptyPartsAreAllowed() {
    assertThat(TxnText.parse(List.of("", "put a b")).then()).containsExactly(PutOp.of("a", "b"));
    assertThat(TxnText.parse(List.of("exists(k)", "", "", "get k")).otherwise()).hasSize(1);
  }

  @Test
  void everyConditionHasItsForm() {
    assertThat(TxnText.compare("exists(k)")).isEqualTo(Compare.exists(K));
    assertThat(TxnText.compare("absent( k )")).isEqualTo(Compare.absent(K));
    assertThat(TxnText.compare("create(k)>3"))
        .isEqualTo(Compare.createRevision(K, Relation.GREATER, 3));
    assertThat(TxnText.compare("version(k) < 3")).isEqualTo(Compare.version(K, Relation.LESS, 3));
    assertThat(TxnText.compare("lease(k) == 3")).isEqualTo(Compare.lease(K, Relation.EQUAL, 3));
    assertThat(TxnText.compare("value(\"\\x6b\") = \"\\\"\""))
        .isEqualTo(Compare.value(K, Relation.EQUAL, Bytes.utf8("\"")));
  }

  @Test
  void jsonSaysTheSame() {
    Txn txn =
        TxnJson.parse(
            """
            {"compares":[{"key":"k","target":"mod_revision","number":7},
                         {"key":"aw==","keyEncoding":"base64","target":"VALUE",
                          "relation":"NOT_EQUAL","value":"ff","valueEncoding":"hex"}],
             "then":[{"put":{"key":"k","value":"v","lease":5}},
                     {"txn":{"then":[{"get":{"key":"k","prefix":true,"limit":3}}]}}],
             "otherwise":[{"del":{"key":"k","end":"z","previous":true}}]}
            """);
    assertThat(txn.compares())
        .containsExactly(
            Compare.modRevision(K, Relation.EQUAL, 7),
            Compare.value(K, Relation.NOT_EQUAL, Bytes.of(new byte[] {-1})));
    assertThat(txn.then())
        .containsExactly(
            PutOp.of("k", "v").withLease(5),
            new Txn(List.of(), List.of(RangeOp.of(KeyRange.prefix("k")).limit(3)), List.of()));
    assertThat(txn.otherwise())
        .containsExactly(DeleteOp.of(KeyRange.between(K, Bytes.utf8("z"))).withPrevious());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{} x",
        "[]",
        "{\"if\":[]}",
        "{\"then\":{}}",
        "{\"then\":[{\"put\":{\"key\":\"k\"}}]}",
        "{\"then\":[{\"put\":{\"key\":7,\"value\":\"\"}}]}",
        "{\"then\":[{\"jump\":{}}]}",
        "{\"then\":[{\"put\":{},\"get\":{}}]}",
        "{\"compares\":[{\"key\":\"k\",\"target\":\"MOOD\"}]}",
        "{\"compares\":[{\"key\":\"k\",\"target\":\"VERSION\",\"number\":\"many\"}]}",
        "{\"then\":[{\"get\":{\"key\":\"!\",\"keyEncoding\":\"base64\"}}]}"
      })
  void wrongJsonIsRefusedBeforeAnythingIsDone(String json) {
    assertThatThrownBy(() -> TxnJson.parse(json))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("nothing was done");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "put",
        "put k",
        "put k v w",
        "get",
        "get a b c",
        "del",
        "put k \"v",
        "put k 'v",
        "put k \"\\q\"",
        "put k \"\\xg0\"",
        "put k v --lease",
        "put k v --lease x",
        "jump k"
      })
  void wrongOperationsAreRefusedBeforeAnythingIsDone(String line) {
    assertThatThrownBy(() -> TxnText.op(line))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("nothing was done");
  }
}
