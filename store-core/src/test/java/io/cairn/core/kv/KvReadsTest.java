package io.cairn.core.kv;

import static io.cairn.core.kv.KvStore.bytes;
import static io.cairn.core.kv.KvTableTest.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Event;
import io.cairn.protocol.v1.KeyValue;
import io.cairn.protocol.v1.RangeRequest;
import io.cairn.protocol.v1.RangeRequest.SortOrder;
import io.cairn.protocol.v1.RangeRequest.SortTarget;
import io.cairn.protocol.v1.RangeResponse;
import io.cairn.protocol.v1.WatchRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Range reads, present and past, and history. */
class KvReadsTest {
  private static final String END = "\u0000";
  private static final KeyRange ALL = new KeyRange(bytes(END), bytes(END));

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

  private static List<String> keys(RangeResponse response) {
    return response.getKvsList().stream()
        .map(kv -> kv.getKey().toString(StandardCharsets.ISO_8859_1))
        .toList();
  }

  private static RangeRequest.Builder request(String key, String end) {
    return RangeRequest.newBuilder().setKey(bytes(key)).setRangeEnd(bytes(end));
  }

  private List<String> keysAt(String key, String end, long revision) {
    return keys(store.range(request(key, end).setRevision(revision).build()));
  }

  @Test
  void rangeEndsBeforeItsEnd() {
    for (String key : List.of("a", "b", "c", "d")) {
      store.put(key, "");
    }
    assertThat(keys(store.range("b", ""))).containsExactly("b");
    assertThat(keys(store.range("b", "d"))).containsExactly("b", "c");
    assertThat(keys(store.range("b", END))).containsExactly("b", "c", "d");
    assertThat(keys(store.range(END, END))).containsExactly("a", "b", "c", "d");
    assertThat(keys(store.range("c", "b"))).isEmpty();
    assertThat(keys(store.range("c", "c"))).isEmpty();
  }

  @Test
  void keysWithZeroAndHighestBytesKeepTheirOrder() {
    List<String> sorted =
        List.of(
            "\u0000",
            "\u0000\u0000",
            "\u0000\u0001",
            "\u0000\u00ff",
            "a",
            "a\u0000",
            "a\u0000\u0000",
            "a\u0000\u0001",
            "a\u0000\u00ff",
            "a\u0001",
            "aa",
            "a\u00ff",
            "b",
            "\u00ff",
            "\u00ff\u0000",
            "\u00ff\u00ff");
    sorted.forEach(key -> store.put(key, "1"));
    long written = store.revision();
    assertThat(store.delete(END, END)).isEqualTo(sorted.size());
    for (int i = 0; i < sorted.size(); i += 2) {
      store.put(sorted.get(i), "2");
    }
    assertThat(keysAt(END, END, written)).isEqualTo(sorted);
    assertThat(keysAt(END, END, written + 1)).isEmpty();
    for (int from = 0; from < sorted.size(); from++) {
      assertThat(store.value(sorted.get(from), written)).isEqualTo("1");
      assertThat(store.value(sorted.get(from), 0)).isEqualTo(from % 2 == 0 ? "2" : "-");
      for (int to = Math.max(1, from); to < sorted.size(); to++) {
        assertThat(keysAt(sorted.get(from), sorted.get(to), written))
            .isEqualTo(sorted.subList(from, to));
      }
    }
  }

  @Test
  void pastReadFindsKeysThatAreOnlyInHistory() {
    store.put("a", "1");
    store.put("b", "1");
    store.delete("a");
    store.put("c", "1");
    assertThat(keysAt("a", "z", 2)).containsExactly("a");
    assertThat(keysAt("a", "z", 3)).containsExactly("a", "b");
    assertThat(keysAt("a", "z", 4)).containsExactly("b");
    assertThat(keysAt("a", "z", 5)).containsExactly("b", "c");
    assertThat(keysAt("a", "z", -1)).containsExactly("b", "c");
  }

  @Test
  void readOutsideOfWhatIsKeptIsRefused() {
    store.put("a", "1");
    store.put("a", "2");
    store.put("a", "3");
    store.compact(3);
    assertRefused(ErrorCode.COMPACTED, () -> store.value("a", 2));
    assertRefused(ErrorCode.FUTURE_REVISION, () -> store.value("a", 5));
    assertThat(store.value("a", 3)).isEqualTo("2");
    assertThat(store.value("a", 4)).isEqualTo("3");
  }

  @Test
  void countIsOfAllKeysWhateverLimitAndFiltersLeave() {
    for (String key : List.of("a", "b", "c")) {
      store.put(key, "");
    }
    RangeResponse limited = store.range(request("a", END).setLimit(2).build());
    assertThat(keys(limited)).containsExactly("a", "b");
    assertThat(limited.getMore()).isTrue();
    assertThat(limited.getCount()).isEqualTo(3);
    RangeResponse exact = store.range(request("a", END).setLimit(3).build());
    assertThat(exact.getMore()).isFalse();
    RangeResponse counted = store.range(request("a", END).setLimit(2).setCountOnly(true).build());
    assertThat(counted).isEqualTo(RangeResponse.newBuilder().setCount(3).build());
    RangeResponse filtered = store.range(request("a", END).setMinModRevision(4).build());
    assertThat(keys(filtered)).containsExactly("c");
    assertThat(filtered.getCount()).isEqualTo(3);
  }

  @Test
  void filtersAreInclusive() {
    store.put("a", "");
    store.put("b", "");
    store.put("c", "");
    store.put("a", "");
    assertThat(keys(store.range(request("a", END).setMinModRevision(4).build())))
        .containsExactly("a", "c");
    assertThat(keys(store.range(request("a", END).setMaxModRevision(4).build())))
        .containsExactly("b", "c");
    assertThat(keys(store.range(request("a", END).setMinCreateRevision(3).build())))
        .containsExactly("b", "c");
    assertThat(keys(store.range(request("a", END).setMaxCreateRevision(3).build())))
        .containsExactly("a", "b");
  }

  @Test
  void answersAreSortedByAnyTarget() {
    store.put("a", "2");
    store.put("b", "3");
    store.put("c", "1");
    store.put("a", "2");
    assertThat(sorted(SortTarget.KEY, SortOrder.DESCEND)).containsExactly("c", "b", "a");
    assertThat(sorted(SortTarget.VERSION, SortOrder.ASCEND)).containsExactly("b", "c", "a");
    assertThat(sorted(SortTarget.VERSION, SortOrder.DESCEND)).containsExactly("a", "b", "c");
    assertThat(sorted(SortTarget.CREATE, SortOrder.DESCEND)).containsExactly("c", "b", "a");
    assertThat(sorted(SortTarget.MOD, SortOrder.ASCEND)).containsExactly("b", "c", "a");
    assertThat(sorted(SortTarget.VALUE, SortOrder.DESCEND)).containsExactly("b", "a", "c");
    assertThat(sorted(SortTarget.VALUE, SortOrder.NONE)).containsExactly("c", "a", "b");
  }

  private List<String> sorted(SortTarget target, SortOrder order) {
    RangeRequest request =
        request("a", END).setSortTarget(target).setSortOrder(order).setLimit(2).build();
    RangeResponse limited = store.range(request);
    RangeResponse all = store.range(request.toBuilder().clearLimit().build());
    assertThat(limited.getMore()).isTrue();
    assertThat(limited.getKvsList()).isEqualTo(all.getKvsList().subList(0, 2));
    assertThat(store.range(request.toBuilder().setKeysOnly(true).build()).getKvsList())
        .allSatisfy(kv -> assertThat(kv.getValue()).isEqualTo(ByteString.EMPTY))
        .extracting(KeyValue::getKey)
        .isEqualTo(limited.getKvsList().stream().map(KeyValue::getKey).toList());
    return keys(all);
  }

  @Test
  void unknownSortOptionIsRefused() {
    assertRefused(
        ErrorCode.INVALID_ARGUMENT,
        () -> store.range(request("a", "").setSortOrderValue(9).build()));
    assertRefused(
        ErrorCode.INVALID_ARGUMENT,
        () -> store.range(request("a", "").setSortTargetValue(9).build()));
    assertRefused(ErrorCode.INVALID_ARGUMENT, () -> store.range("", "z"));
  }

  @Test
  void answerIsCutAtItsSizeWithMore() {
    String large = "x".repeat(Limits.VALUE_BYTES_MAX - 1_000);
    for (int i = 0; i < 5; i++) {
      store.put("k" + i, large);
    }
    store.put("k2", "small");
    RangeResponse response = store.range("k", "l");
    assertThat(keys(response)).containsExactly("k0", "k1", "k2");
    assertThat(response.getMore()).isTrue();
    assertThat(response.getCount()).isEqualTo(5);
    assertThat(response.getSerializedSize()).isLessThanOrEqualTo(Limits.ANSWER_BYTES_MAX);
    RangeResponse descending =
        store.range(request("k", "l").setSortOrder(SortOrder.DESCEND).build());
    assertThat(keys(descending)).containsExactly("k4", "k3", "k2");
    RangeResponse keysOnly = store.range(request("k", "l").setKeysOnly(true).build());
    assertThat(keys(keysOnly)).containsExactly("k0", "k1", "k2", "k3", "k4");
    assertThat(keysOnly.getMore()).isFalse();
  }

  @Test
  void rangeGoesOverFewVersionsAndManyAndDeletedOnes() {
    for (int i = 1; i <= 40; i++) {
      store.put("k1", "1-" + i);
      store.put("k3", "3-" + i);
      store.put("k4", "4-" + i);
      store.delete("k4");
      store.put("k7", "7-" + i);
    }
    store.put("k2", "2");
    store.put("k5", "5");
    store.put("k6", "6");
    store.commit();
    RangeResponse response = store.range(request("k", "l").build());
    assertThat(response.getKvsList())
        .extracting(kv -> kv.getValue().toStringUtf8())
        .containsExactly("1-40", "2", "3-40", "5", "6", "7-40");
    RangeResponse newest =
        store.range(
            request("k", "l")
                .setSortTarget(SortTarget.MOD)
                .setSortOrder(SortOrder.DESCEND)
                .setLimit(2)
                .build());
    assertThat(newest.getKvsList())
        .extracting(kv -> kv.getValue().toStringUtf8())
        .containsExactly("6", "5");
  }

  @Test
  void historyGivesChangesInOrderWithWhatWasBefore() {
    store.put("a", "1");
    List<Event> first = store.events();
    store.put("a", "2");
    List<Event> second = store.events();
    store.delete("a", "b");
    List<Event> third = store.events();
    store.commit();
    EventPage page = KvReads.history(store.batch(), new HistoryWindow(1, 99, ALL, 99, 9_999));
    assertThat(page.events())
        .containsExactly(
            first.get(0),
            second.get(0).toBuilder().setPrevKv(first.get(0).getKv()).build(),
            third.get(0).toBuilder().setPrevKv(second.get(0).getKv()).build());
    assertThat(page.nextRevision()).isEqualTo(5);
    EventPage none = KvReads.history(store.batch(), new HistoryWindow(5, 99, ALL, 99, 9_999));
    assertThat(none.events()).isEmpty();
    assertThat(none.nextRevision()).isEqualTo(5);
  }

  @Test
  void historyPageNeverSplitsARevision() {
    for (int i = 0; i < 4; i++) {
      store.put("k" + i, "");
    }
    store.delete("k", "l");
    store.put("x", "");
    EventPage page = KvReads.history(store.batch(), new HistoryWindow(6, 9, ALL, 1, 1));
    assertThat(page.events()).hasSize(4);
    assertThat(page.nextRevision()).isEqualTo(7);
    KeyRange other = new KeyRange(bytes("z"), bytes(""));
    EventPage nothing = KvReads.history(store.batch(), new HistoryWindow(2, 9, other, 2, 1));
    assertThat(nothing.events()).isEmpty();
    assertThat(nothing.nextRevision()).isEqualTo(4);
  }

  @Test
  void historyBelowTheCompactedRevisionIsRefused() {
    store.put("a", "1");
    store.put("a", "2");
    store.put("a", "3");
    store.compact(3);
    assertRefused(
        ErrorCode.COMPACTED,
        () -> KvReads.history(store.batch(), new HistoryWindow(2, 9, ALL, 9, 999)));
    for (int round = 0; round < 2; round++) {
      EventPage page = KvReads.history(store.batch(), new HistoryWindow(3, 9, ALL, 9, 999));
      assertThat(page.events()).extracting(Event::hasPrevKv).containsExactly(false, true);
      store.compactAll();
    }
  }

  @Test
  void rangeMatchesWhatItNames() {
    KeyRange single = new KeyRange(bytes("b"), bytes(""));
    assertThat(single.matches(bytes("b"))).isTrue();
    assertThat(single.matches(bytes("b\u0000"))).isFalse();
    KeyRange some = new KeyRange(bytes("b"), bytes("\u00ff"));
    assertThat(some.matches(bytes("b"))).isTrue();
    assertThat(some.matches(bytes("\u00fe\u00ff"))).isTrue();
    assertThat(some.matches(bytes("\u00ff"))).isFalse();
    assertThat(some.matches(bytes("a\u00ff"))).isFalse();
    KeyRange toEnd = new KeyRange(bytes("b"), bytes(END));
    assertThat(toEnd.matches(bytes("\u00ff\u00ff"))).isTrue();
    assertThat(toEnd.matches(bytes("a"))).isFalse();
    KeyRange watch = KeyRange.ofWatch(WatchRequest.newBuilder().setRangeEnd(bytes(END)).build());
    assertThat(watch).isEqualTo(ALL);
    assertRefused(
        ErrorCode.TOO_LARGE,
        () -> new KeyRange(bytes("a"), ByteString.copyFrom(new byte[Limits.KEY_BYTES_MAX + 2])));
  }
}
