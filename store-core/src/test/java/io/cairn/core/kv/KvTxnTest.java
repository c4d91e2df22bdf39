package io.cairn.core.kv;

import static io.cairn.core.kv.KvStore.bytes;
import static io.cairn.core.kv.KvTableTest.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Compare;
import io.cairn.protocol.v1.DeleteRangeRequest;
import io.cairn.protocol.v1.PutRequest;
import io.cairn.protocol.v1.RangeRequest;
import io.cairn.protocol.v1.RequestOp;
import io.cairn.protocol.v1.TxnRequest;
import io.cairn.protocol.v1.TxnResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Transactions: what they compare, what they refuse, what their operations see. */
class KvTxnTest {
  private static final String END = "\u0000";

  @TempDir Path folder;
  private KvStore store;

  @BeforeEach
  void open() {
    store = new KvStore(folder);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static RequestOp put(String key) {
    return RequestOp.newBuilder()
        .setPut(PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes("v")))
        .build();
  }

  private static RequestOp delete(String key, String end) {
    return RequestOp.newBuilder()
        .setDeleteRange(DeleteRangeRequest.newBuilder().setKey(bytes(key)).setRangeEnd(bytes(end)))
        .build();
  }

  private static RequestOp range(String key, long revision) {
    return RequestOp.newBuilder()
        .setRange(RangeRequest.newBuilder().setKey(bytes(key)).setRevision(revision))
        .build();
  }

  private static RequestOp nested(TxnRequest txn) {
    return RequestOp.newBuilder().setTxn(txn).build();
  }

  private static TxnRequest then(RequestOp... ops) {
    return TxnRequest.newBuilder().addAllSuccess(Arrays.asList(ops)).build();
  }

  private static TxnRequest thenElse(RequestOp then, RequestOp otherwise) {
    return TxnRequest.newBuilder().addSuccess(then).addFailure(otherwise).build();
  }

  private static Compare.Builder compare(String key, Compare.Target target) {
    return Compare.newBuilder().setKey(bytes(key)).setTarget(target);
  }

  private boolean holds(Compare.Builder compare) {
    return store.txn(TxnRequest.newBuilder().addCompare(compare).build()).getSucceeded();
  }

  @Test
  void transactionWithoutAChangeKeepsTheRevision() {
    store.put("a", "1");
    store.txn(then(range("a", 0), delete("b", ""), delete("c", END)));
    assertThat(store.revision()).isEqualTo(2);
    store.txn(TxnRequest.getDefaultInstance());
    assertThat(store.revision()).isEqualTo(2);
  }

  @Test
  void changesOfATransactionShareOneRevision() {
    store.put("x", "1");
    store.txn(then(put("b"), delete("x", ""), nested(then(put("a")))));
    assertThat(store.revision()).isEqualTo(3);
    assertThat(store.events())
        .extracting(event -> event.getKv().getKey())
        .containsExactly(bytes("b"), bytes("x"), bytes("a"));
    assertThat(store.events())
        .allSatisfy(event -> assertThat(event.getKv().getModRevision()).isEqualTo(3));
  }

  @Test
  void rangeSeesTheWritesBeforeIt() {
    store.put("a", "old");
    TxnResponse response =
        store.txn(then(range("a", 0), put("a"), range("a", 0), range("a", 2), delete("b", END)));
    assertThat(response.getResponses(0).getRange().getKvs(0).getValue()).isEqualTo(bytes("old"));
    assertThat(response.getResponses(2).getRange().getKvs(0).getValue()).isEqualTo(bytes("v"));
    assertThat(response.getResponses(2).getRange().getKvs(0).getModRevision()).isEqualTo(3);
    assertThat(response.getResponses(3).getRange().getKvs(0).getValue()).isEqualTo(bytes("old"));
  }

  @Test
  void nestedCompareDoesNotSeeTheWritesBeforeIt() {
    TxnRequest inner =
        TxnRequest.newBuilder()
            .addCompare(compare("a", Compare.Target.VERSION).setVersion(1))
            .addSuccess(put("yes"))
            .addFailure(put("no"))
            .build();
    store.txn(then(put("a"), nested(inner)));
    assertThat(store.value("yes", 0)).isEqualTo("-");
    assertThat(store.value("no", 0)).isEqualTo("v");
  }

  @Test
  void absentKeyComparesAsZeroInAllButItsValue() {
    assertThat(holds(compare("a", Compare.Target.VERSION).setVersion(0))).isTrue();
    assertThat(holds(compare("a", Compare.Target.CREATE).setCreateRevision(0))).isTrue();
    assertThat(holds(compare("a", Compare.Target.MOD).setModRevision(1))).isFalse();
    assertThat(holds(compare("a", Compare.Target.LEASE).setLease(0))).isTrue();
    assertThat(
            holds(
                compare("a", Compare.Target.VERSION).setResult(Compare.Result.LESS).setVersion(1)))
        .isTrue();
    for (Compare.Result result :
        List.of(Compare.Result.EQUAL, Compare.Result.NOT_EQUAL, Compare.Result.LESS)) {
      Compare.Builder value = compare("a", Compare.Target.VALUE).setResult(result);
      assertThat(holds(value.clone())).isFalse();
      assertThat(holds(value.clone().setValue(bytes("x")))).isFalse();
      assertThat(holds(value.clone().setRangeEnd(bytes("b")).setValue(bytes("x")))).isFalse();
    }
    assertThat(holds(compare("a", Compare.Target.VERSION).setRangeEnd(bytes("b")).setVersion(0)))
        .isTrue();
  }

  @Test
  void compareOnARangeNeedsAllKeys() {
    store.put("a1", "x");
    store.put("a2", "x");
    Compare.Builder equal =
        compare("a", Compare.Target.VALUE).setRangeEnd(bytes("b")).setValue(bytes("x"));
    assertThat(holds(equal.clone())).isTrue();
    store.put("a2", "y");
    assertThat(holds(equal.clone())).isFalse();
    assertThat(holds(equal.clone().setRangeEnd(bytes("a2")))).isTrue();
  }

  @Test
  void compareWithAnotherTargetsOperandIsWithZero() {
    store.put("a", "");
    assertThat(holds(compare("a", Compare.Target.VALUE).setVersion(7))).isTrue();
    assertThat(holds(compare("b", Compare.Target.MOD).setValue(bytes("1")))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "EQUAL, 1, false", "EQUAL, 2, true", "EQUAL, 3, false",
    "NOT_EQUAL, 1, true", "NOT_EQUAL, 2, false", "NOT_EQUAL, 3, true",
    "GREATER, 1, true", "GREATER, 2, false", "GREATER, 3, false",
    "LESS, 1, false", "LESS, 2, false", "LESS, 3, true",
  })
  void resultsMeanWhatTheySay(Compare.Result result, long version, boolean expected) {
    store.put("a", "1");
    store.put("a", "2");
    assertThat(holds(compare("a", Compare.Target.VERSION).setResult(result).setVersion(version)))
        .isEqualTo(expected);
  }

  @Test
  void unknownCompareIsRefused() {
    assertRefused(
        ErrorCode.INVALID_ARGUMENT,
        () -> holds(Compare.newBuilder().setKey(bytes("a")).setTargetValue(9)));
    assertRefused(
        ErrorCode.INVALID_ARGUMENT,
        () -> holds(Compare.newBuilder().setKey(bytes("a")).setResultValue(9)));
    assertRefused(ErrorCode.INVALID_ARGUMENT, () -> holds(Compare.newBuilder()));
  }

  @Test
  void keyChangedTwiceIsRefused() {
    store.put("a", "1");
    List<TxnRequest> twice =
        List.of(
            then(put("a"), put("a")),
            then(put("a"), delete("a", "")),
            then(delete("a", ""), put("a")),
            then(delete("a", "b"), put("aa")),
            then(put("b"), delete("a", END)),
            then(nested(then(put("a"))), put("a")),
            then(nested(then(put("a"))), delete("a", "b")),
            then(nested(then(put("a"))), nested(then(put("a")))),
            then(nested(then(put("a"))), nested(then(delete("a", "")))),
            then(nested(then(delete("a", ""))), nested(then(put("a")))),
            then(put("a"), nested(thenElse(range("b", 0), put("a")))),
            then(nested(then(nested(then(put("a"))))), put("a")));
    for (TxnRequest txn : twice) {
      assertRefused(ErrorCode.DUPLICATE_KEY, () -> store.txn(txn));
      TxnRequest otherBranch = TxnRequest.newBuilder().addAllFailure(txn.getSuccessList()).build();
      assertRefused(ErrorCode.DUPLICATE_KEY, () -> store.txn(otherBranch));
    }
    assertThat(store.revision()).isEqualTo(2);
  }

  @Test
  void keyInBranchesOfWhichOneRunsIsNotTwice() {
    store.txn(thenElse(put("a"), put("a")));
    store.txn(then(nested(thenElse(put("a"), put("a"))), put("b")));
    store.txn(then(nested(thenElse(put("a"), delete("a", "")))));
    assertThat(store.get("a").getVersion()).isEqualTo(3);
  }

  @Test
  void keyMayBeDeletedTwice() {
    store.put("a", "1");
    TxnResponse response = store.txn(then(delete("a", ""), delete("a", "b"), delete("a", END)));
    assertThat(response.getResponses(0).getDeleteRange().getDeleted()).isEqualTo(1);
    assertThat(response.getResponses(1).getDeleteRange().getDeleted()).isZero();
    assertThat(store.revision()).isEqualTo(3);
  }

  @Test
  void tooManyOperationsAreRefused() {
    TxnRequest.Builder full = TxnRequest.newBuilder();
    for (int i = 0; i < Limits.TXN_OPS_MAX; i++) {
      full.addCompare(compare("c" + i, Compare.Target.VERSION));
      full.addSuccess(put("k" + i)).addFailure(put("k" + i));
    }
    store.txn(full.build());
    assertRefused(
        ErrorCode.INVALID_ARGUMENT, () -> store.txn(full.clone().addFailure(put("x")).build()));
    assertRefused(
        ErrorCode.INVALID_ARGUMENT,
        () -> store.txn(full.clone().setSuccess(5, nested(then(put("x")))).build()));
    TxnRequest.Builder room = full.clone().clear();
    for (int i = 0; i < Limits.TXN_OPS_MAX - 3; i++) {
      room.addSuccess(put("k" + i));
    }
    store.txn(room.clone().addSuccess(nested(then(put("x"), put("y")))).build());
    assertRefused(
        ErrorCode.INVALID_ARGUMENT,
        () -> store.txn(room.addSuccess(nested(then(put("x"), put("y"), put("z")))).build()));
  }

  @Test
  void tooDeepNestingIsRefused() {
    TxnRequest txn = then(put("a"));
    for (int depth = 1; depth < Limits.TXN_DEPTH_MAX; depth++) {
      txn = then(nested(txn));
    }
    store.txn(txn);
    TxnRequest deeper = then(nested(txn));
    assertRefused(ErrorCode.INVALID_ARGUMENT, () -> store.txn(deeper));
  }

  @Test
  void wrongOperationInABranchNotTakenIsRefused() {
    assertRefused(ErrorCode.INVALID_ARGUMENT, () -> store.txn(thenElse(put("a"), put(""))));
    assertRefused(
        ErrorCode.INVALID_ARGUMENT,
        () -> store.txn(thenElse(put("a"), RequestOp.getDefaultInstance())));
  }

  @Test
  void nothingIsWrittenBeforeARefusal() {
    store.put("a", "1");
    store.put("a", "2");
    store.compact(3);
    RequestOp lost =
        RequestOp.newBuilder()
            .setPut(PutRequest.newBuilder().setKey(bytes("q")).setLease(77))
            .build();
    RequestOp keeping =
        RequestOp.newBuilder()
            .setPut(PutRequest.newBuilder().setKey(bytes("q")).setIgnoreValue(true))
            .build();
    assertRefused(ErrorCode.FUTURE_REVISION, () -> store.txn(then(put("b"), range("a", 4))));
    assertRefused(ErrorCode.COMPACTED, () -> store.txn(then(put("b"), range("a", 2))));
    assertRefused(ErrorCode.LEASE_NOT_FOUND, () -> store.txn(then(put("b"), lost)));
    assertRefused(ErrorCode.KEY_NOT_FOUND, () -> store.txn(then(put("b"), nested(then(keeping)))));
    assertThat(store.value("b", 0)).isEqualTo("-");
    // What is only wrong in a state that is not reached does not matter.
    store.txn(thenElse(put("b"), lost));
    assertThat(store.value("b", 0)).isEqualTo("v");
  }

  @Test
  void deletionsOfATransactionAreBoundedTogether() {
    for (int i = 0; i < Limits.DELETE_KEYS_MAX; i++) {
      store.put("k" + i, "");
    }
    store.put("l", "");
    assertRefused(
        ErrorCode.TOO_LARGE,
        () -> store.txn(then(delete("k", "l"), nested(then(delete("l", ""))))));
    TxnResponse response = store.txn(then(delete("k", "l"), delete("k", "l")));
    assertThat(response.getResponses(0).getDeleteRange().getDeleted())
        .isEqualTo(Limits.DELETE_KEYS_MAX);
  }

  @Test
  void rangesOfATransactionShareOneAnswersBytes() {
    String large = "x".repeat(Limits.VALUE_BYTES_MAX - 100);
    store.put("a", large);
    store.put("b", large);
    TxnResponse response = store.txn(then(range("a", 0), range("b", 0), range("a", 0)));
    assertThat(response.getResponses(1).getRange().getKvsCount()).isEqualTo(1);
    assertThat(response.getResponses(2).getRange().getKvsCount()).isZero();
    assertThat(response.getResponses(2).getRange().getMore()).isTrue();
    assertThat(response.getResponses(2).getRange().getCount()).isEqualTo(1);
  }

  @Test
  void rangesBeyondAFullAnswerAreOnlyCounted() {
    String large = "x".repeat(Limits.VALUE_BYTES_MAX - 100);
    store.put("a", large);
    store.put("b", large);
    store.put("c", "x".repeat(170));
    TxnRequest.Builder txn = then(put("z"), range("a", 0), range("b", 0)).toBuilder();
    for (int i = 0; i < 100; i++) {
      txn.addSuccess(range("c", 0));
    }
    TxnResponse response = store.txn(txn.build());
    assertThat(response.getResponses(102).getRange().getKvsCount()).isZero();
    assertThat(response.getResponses(102).getRange().getMore()).isTrue();
  }

  @Test
  void transactionLooksAtABoundedNumberOfKeys() {
    for (int i = 0; i < 1_000; i++) {
      store.put("k" + i, "");
    }
    RequestOp count =
        RequestOp.newBuilder()
            .setRange(
                RangeRequest.newBuilder()
                    .setKey(bytes("k"))
                    .setRangeEnd(bytes("l"))
                    .setCountOnly(true))
            .build();
    TxnRequest.Builder txn = then(put("z")).toBuilder();
    for (int i = 0; i < Limits.SCAN_ROWS_MAX / 1_000; i++) {
      txn.addSuccess(count);
    }
    store.txn(txn.build());
    assertRefused(ErrorCode.TOO_LARGE, () -> store.txn(txn.addSuccess(count).build()));
    TxnRequest.Builder compares = then(put("z")).toBuilder();
    Compare all =
        Compare.newBuilder()
            .setKey(bytes("k"))
            .setRangeEnd(bytes("l"))
            .setTarget(Compare.Target.VERSION)
            .setResult(Compare.Result.GREATER)
            .build();
    for (int i = 0; i <= Limits.SCAN_ROWS_MAX / 1_000; i++) {
      compares.addCompare(all);
    }
    assertRefused(ErrorCode.TOO_LARGE, () -> store.txn(compares.build()));
  }

  @Test
  void transactionReplacesABoundedNumberOfBytes() {
    String large = "x".repeat(Limits.VALUE_BYTES_MAX);
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    for (int i = 0; i <= Limits.DELETE_BYTES_MAX / Limits.VALUE_BYTES_MAX; i++) {
      store.put("k" + i, large);
      store.commit();
      txn.addSuccess(put("k" + i));
    }
    assertRefused(ErrorCode.TOO_LARGE, () -> store.txn(txn.build()));
  }
}
