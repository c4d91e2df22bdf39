package io.cairn.core.kv;

import static io.cairn.core.kv.KvStore.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.Refusal;
import io.cairn.core.storage.Counter;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.DeleteRangeRequest;
import io.cairn.protocol.v1.Event;
import io.cairn.protocol.v1.KeyValue;
import io.cairn.protocol.v1.PutRequest;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Puts, deletions and what hangs on leases. */
class KvTableTest {
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

  static void assertRefused(ErrorCode code, ThrowingCallable command) {
    assertThatThrownBy(command)
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
  }

  @Test
  void firstPutIsAtRevisionTwo() {
    assertThat(store.revision()).isEqualTo(1);
    store.put("a", "1");
    assertThat(store.revision()).isEqualTo(2);
    assertThat(store.get("a"))
        .isEqualTo(
            KeyValue.newBuilder()
                .setKey(bytes("a"))
                .setValue(bytes("1"))
                .setCreateRevision(2)
                .setModRevision(2)
                .setVersion(1)
                .build());
  }

  @Test
  void putKeepsCreateRevisionAndRaisesVersion() {
    store.put("a", "1");
    store.put("b", "1");
    store.put("a", "2");
    KeyValue kv = store.get("a");
    assertThat(kv.getCreateRevision()).isEqualTo(2);
    assertThat(kv.getModRevision()).isEqualTo(4);
    assertThat(kv.getVersion()).isEqualTo(2);
  }

  @Test
  void recreatedKeyStartsAtVersionOne() {
    store.put("a", "1");
    store.put("a", "2");
    assertThat(store.delete("a")).isEqualTo(1);
    store.put("a", "3");
    assertThat(store.get("a").getVersion()).isEqualTo(1);
    assertThat(store.get("a").getCreateRevision()).isEqualTo(5);
    assertThat(List.of(1L, 2L, 3L, 4L, 5L).stream().map(r -> store.value("a", r)))
        .containsExactly("-", "1", "2", "-", "3");
  }

  @Test
  void putReturnsPreviousVersionOnlyWhenAsked() {
    PutRequest put = PutRequest.newBuilder().setKey(bytes("a")).setPrevKv(true).build();
    assertThat(store.put(put).hasPrevKv()).isFalse();
    KeyValue before = store.get("a");
    assertThat(store.put(put).getPrevKv()).isEqualTo(before);
    assertThat(store.put("a", "x").hasPrevKv()).isFalse();
  }

  @Test
  void deletionOfNothingDoesNotRaiseRevision() {
    store.put("a", "1");
    assertThat(store.delete("b")).isZero();
    assertThat(store.delete("b", "z")).isZero();
    assertThat(store.delete("z", "a")).isZero();
    assertThat(store.revision()).isEqualTo(2);
    assertThat(store.events()).isEmpty();
  }

  @Test
  void deletionOfARangeIsOneRevision() {
    store.put("a", "1");
    store.put("a\u0000", "2");
    store.put("ab", "3");
    store.put("b", "4");
    assertThat(store.delete("a", "b")).isEqualTo(3);
    assertThat(store.revision()).isEqualTo(6);
    assertThat(store.batch().counter(Counter.KEYS)).isEqualTo(1);
    assertThat(store.events())
        .extracting(event -> event.getKv().getKey())
        .containsExactly(bytes("a"), bytes("a\u0000"), bytes("ab"));
  }

  @Test
  void deletionReturnsPreviousVersionsWhenAsked() {
    store.put("a", "1");
    store.put("b", "2");
    DeleteRangeRequest all =
        DeleteRangeRequest.newBuilder()
            .setKey(bytes("\u0000"))
            .setRangeEnd(bytes("\u0000"))
            .setPrevKv(true)
            .build();
    assertThat(store.delete(all).getPrevKvsList())
        .extracting(KeyValue::getValue)
        .containsExactly(bytes("1"), bytes("2"));
  }

  @Test
  void eventsSayWhatIsThenAndHistoryWhatWasBefore() {
    store.put("a", "1");
    assertThat(store.events().get(0).hasPrevKv()).isFalse();
    KeyValue first = store.get("a");
    store.put("a", "2");
    KeyValue second = store.get("a");
    assertThat(store.events()).containsExactly(Event.newBuilder().setKv(second).build());
    store.delete("a");
    assertThat(store.events())
        .containsExactly(
            Event.newBuilder()
                .setType(Event.Type.DELETE)
                .setKv(KeyValue.newBuilder().setKey(bytes("a")).setModRevision(4))
                .build());
    KeyRange all = new KeyRange(bytes("\u0000"), bytes("\u0000"));
    List<Event> history =
        KvReads.history(store.batch(), new HistoryWindow(2, 4, all, 9, 999)).events();
    assertThat(history.get(0).hasPrevKv()).isFalse();
    assertThat(history.get(1).getPrevKv()).isEqualTo(first);
    assertThat(history.get(2).getPrevKv()).isEqualTo(second);
  }

  @Test
  void emptyKeyIsRefused() {
    assertThatThrownBy(() -> store.put("", "1")).hasMessage("key is not provided");
    assertRefused(ErrorCode.INVALID_ARGUMENT, () -> store.put("", "1"));
    assertRefused(ErrorCode.INVALID_ARGUMENT, () -> store.delete(""));
    assertRefused(ErrorCode.INVALID_ARGUMENT, () -> store.delete("", "z"));
  }

  @Test
  void ignoreValueKeepsTheValue() {
    store.grant(5);
    store.put("a", "1");
    store.put(PutRequest.newBuilder().setKey(bytes("a")).setIgnoreValue(true).setLease(5).build());
    assertThat(store.get("a").getValue()).isEqualTo(bytes("1"));
    assertThat(store.get("a").getLease()).isEqualTo(5);
    assertThat(store.get("a").getVersion()).isEqualTo(2);
  }

  @Test
  void ignoreLeaseKeepsTheLease() {
    store.grant(5);
    store.put("a", "1", 5);
    store.put(
        PutRequest.newBuilder()
            .setKey(bytes("a"))
            .setIgnoreLease(true)
            .setValue(bytes("2"))
            .build());
    assertThat(store.get("a").getLease()).isEqualTo(5);
    store.endLeases(List.of(5L));
    assertThat(store.value("a", 0)).isEqualTo("-");
  }

  @Test
  void ignoringOnAnAbsentKeyIsRefused() {
    PutRequest.Builder put = PutRequest.newBuilder().setKey(bytes("a"));
    assertRefused(
        ErrorCode.KEY_NOT_FOUND, () -> store.put(put.clone().setIgnoreValue(true).build()));
    assertRefused(
        ErrorCode.KEY_NOT_FOUND, () -> store.put(put.clone().setIgnoreLease(true).build()));
  }

  @Test
  void ignoringWhatIsGivenIsRefused() {
    store.grant(5);
    store.put("a", "1", 5);
    PutRequest.Builder put = PutRequest.newBuilder().setKey(bytes("a"));
    assertRefused(
        ErrorCode.INVALID_ARGUMENT,
        () -> store.put(put.clone().setIgnoreValue(true).setValue(bytes("2")).build()));
    assertRefused(
        ErrorCode.INVALID_ARGUMENT,
        () -> store.put(put.clone().setIgnoreLease(true).setLease(5).build()));
  }

  @Test
  void unknownLeaseIsRefused() {
    assertRefused(ErrorCode.LEASE_NOT_FOUND, () -> store.put("a", "1", 77));
    assertRefused(ErrorCode.LEASE_NOT_FOUND, () -> store.put("a", "1", -77));
  }

  @Test
  void putWithoutLeaseDetaches() {
    store.grant(5);
    store.put("a", "1", 5);
    store.put("a", "2");
    store.endLeases(List.of(5L));
    assertThat(store.value("a", 0)).isEqualTo("2");
    assertThat(store.events()).isEmpty();
  }

  @Test
  void putWithAnotherLeaseMovesTheKey() {
    store.grant(5);
    store.grant(6);
    store.put("a", "1", 5);
    store.put("a", "1", 6);
    store.endLeases(List.of(5L));
    assertThat(store.value("a", 0)).isEqualTo("1");
    store.endLeases(List.of(6L));
    assertThat(store.value("a", 0)).isEqualTo("-");
  }

  @Test
  void deletedKeyNoLongerHangsOnItsLease() {
    store.grant(5);
    store.put("a", "1", 5);
    store.delete("a");
    store.put("a", "2");
    store.endLeases(List.of(5L));
    assertThat(store.value("a", 0)).isEqualTo("2");
  }

  @Test
  void keysOfLeasesEndedByOneCommandShareOneRevision() {
    store.grant(5);
    store.grant(6);
    store.put("b", "1", 5);
    store.put("a", "1", 5);
    store.put("c", "1", 6);
    store.put("d", "1");
    store.endLeases(List.of(5L, 6L));
    assertThat(store.revision()).isEqualTo(6);
    assertThat(store.events())
        .allSatisfy(event -> assertThat(event.getKv().getModRevision()).isEqualTo(6))
        .extracting(event -> event.getKv().getKey())
        .containsExactly(bytes("a"), bytes("b"), bytes("c"));
    assertThat(store.batch().counter(Counter.KEYS)).isEqualTo(1);
    KeyRange all = new KeyRange(bytes("\u0000"), bytes("\u0000"));
    assertThat(KvReads.history(store.batch(), new HistoryWindow(6, 6, all, 9, 999)).events())
        .extracting(event -> event.toBuilder().clearPrevKv().build())
        .isEqualTo(store.events());
  }

  @Test
  void tooLargeKeyOrValueIsRefused() {
    ByteString longest = ByteString.copyFrom(new byte[Limits.KEY_BYTES_MAX]);
    ByteString large = ByteString.copyFrom(new byte[Limits.VALUE_BYTES_MAX]);
    store.put(PutRequest.newBuilder().setKey(longest).setValue(large).build());
    assertRefused(
        ErrorCode.TOO_LARGE,
        () -> store.put(PutRequest.newBuilder().setKey(longest.concat(bytes("x"))).build()));
    assertRefused(
        ErrorCode.TOO_LARGE,
        () ->
            store.put(
                PutRequest.newBuilder()
                    .setKey(bytes("a"))
                    .setValue(large.concat(bytes("x")))
                    .build()));
  }

  @Test
  void deletionOfTooManyKeysIsRefusedWithTheirNumber() {
    for (int i = 0; i <= Limits.DELETE_KEYS_MAX + 1; i++) {
      store.put("k" + i, "");
    }
    store.commit();
    assertThatThrownBy(() -> store.delete("k", "l"))
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(ErrorCode.TOO_LARGE);
              assertThat(refusal.expected()).isEqualTo(Limits.DELETE_KEYS_MAX);
              assertThat(refusal.actual()).isEqualTo(Limits.DELETE_KEYS_MAX + 2);
            });
    store.delete("k0");
    store.delete("k1");
    assertThat(store.delete("k", "l")).isEqualTo(Limits.DELETE_KEYS_MAX);
  }

  @Test
  void deletionOfLongKeysIsBoundedByWhatItWrites() {
    int refused = Limits.DELETE_BYTES_MAX / (4 * Limits.KEY_BYTES_MAX);
    String prefix = "k".repeat(Limits.KEY_BYTES_MAX - 4);
    for (int i = 0; i < refused; i++) {
      store.put(prefix + (1_000 + i), "");
    }
    store.commit();
    assertRefused(ErrorCode.TOO_LARGE, () -> store.delete("k", "l"));
    store.delete(prefix + "1000");
    store.delete(prefix + "1001");
    store.commit();
    long before = store.batch().bytes();
    assertThat(store.delete("k", "l")).isEqualTo(refused - 2);
    assertThat(store.batch().bytes() - before)
        .isLessThan(Limits.DELETE_BYTES_MAX + refused * 1_024L);
  }

  @Test
  void deletionThatWouldAnswerTooMuchIsRefused() {
    String large = "x".repeat(Limits.VALUE_BYTES_MAX);
    DeleteRangeRequest.Builder delete =
        DeleteRangeRequest.newBuilder().setKey(bytes("a")).setRangeEnd(bytes("b"));
    for (int i = 0; i < 3; i++) {
      store.put("a" + i, large);
    }
    assertRefused(ErrorCode.TOO_LARGE, () -> store.delete(delete.clone().setPrevKv(true).build()));
    assertThat(store.delete(delete.build()).getDeleted()).isEqualTo(3);
  }
}
