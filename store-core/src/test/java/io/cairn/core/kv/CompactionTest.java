package io.cairn.core.kv;

import static io.cairn.core.kv.KvTableTest.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.Cursor;
import io.cairn.protocol.ErrorCode;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What compaction refuses, hides and removes. */
class CompactionTest {
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

  private int rows(ColumnFamily family) {
    int rows = 0;
    try (Cursor cursor = store.batch().ascend(family, new byte[0], null)) {
      while (cursor.next()) {
        rows++;
      }
    }
    return rows;
  }

  @Test
  void compactedAndFutureRevisionsAreRefused() {
    store.put("a", "1");
    store.put("a", "2");
    assertRefused(ErrorCode.FUTURE_REVISION, () -> store.compact(4));
    store.compact(2);
    assertRefused(ErrorCode.COMPACTED, () -> store.compact(2));
    assertRefused(ErrorCode.COMPACTED, () -> store.compact(1));
    assertRefused(ErrorCode.COMPACTED, () -> store.compact(-5));
    store.compact(3);
    assertThat(store.revision()).isEqualTo(3);
  }

  @Test
  void compactionHidesAtOnceAndRemovesInSteps() {
    for (int i = 0; i < 10; i++) {
      store.put("a", "" + i);
    }
    assertThat(Compaction.pending(store.batch())).isFalse();
    store.compact(11);
    assertThat(Compaction.pending(store.batch())).isTrue();
    assertRefused(ErrorCode.COMPACTED, () -> store.value("a", 10));
    assertThat(rows(ColumnFamily.KV_VERSION)).isEqualTo(10);
    int removed = 0;
    int steps = 0;
    while (Compaction.pending(store.batch())) {
      int now = store.compactStep(4);
      assertThat(now).isLessThanOrEqualTo(6);
      removed += now;
      steps++;
      store.commit();
      assertThat(store.value("a", 11)).isEqualTo("9");
    }
    assertThat(steps).isGreaterThan(3);
    assertThat(removed).isEqualTo(18);
    assertThat(rows(ColumnFamily.KV_VERSION)).isEqualTo(1);
    assertThat(rows(ColumnFamily.KV_REVISION)).isEqualTo(1);
    assertThat(store.batch().counter(Counter.COMPACTION_DONE)).isEqualTo(11);
    assertThat(store.compactStep(4)).isZero();
  }

  @Test
  void deletedKeyLeavesNothingButItsChangeAtTheCompactedRevision() {
    store.put("a", "1");
    store.delete("a");
    store.compact(3);
    store.compactAll();
    assertThat(rows(ColumnFamily.KV_VERSION)).isEqualTo(1);
    assertThat(rows(ColumnFamily.KV_REVISION)).isEqualTo(1);
    assertThat(store.value("a", 3)).isEqualTo("-");
    store.put("a", "2");
    store.compact(4);
    store.compactAll();
    assertThat(rows(ColumnFamily.KV_VERSION)).isEqualTo(1);
    assertThat(rows(ColumnFamily.KV_REVISION)).isEqualTo(1);
    assertThat(store.value("a", 4)).isEqualTo("2");
  }

  @Test
  void versionThatACompactedRevisionSeesStays() {
    store.put("a", "1");
    store.put("b", "1");
    store.put("a", "2");
    store.compact(3);
    store.compactAll();
    assertThat(store.value("a", 3)).isEqualTo("1");
    assertThat(store.value("a", 4)).isEqualTo("2");
  }

  @Test
  void revisionOfManyKeysIsCompactedInSteps() {
    for (int i = 0; i < 20; i++) {
      store.put("k" + i, "");
    }
    store.delete("k", "l");
    store.compact(store.revision());
    int steps = 0;
    while (Compaction.pending(store.batch())) {
      store.compactStep(3);
      steps++;
      assertThat(steps).isLessThan(50);
    }
    assertThat(rows(ColumnFamily.KV_VERSION)).isEqualTo(20);
    assertThat(rows(ColumnFamily.KV_REVISION)).isEqualTo(20);
    store.put("x", "");
    store.compact(store.revision());
    store.compactAll();
    assertThat(rows(ColumnFamily.KV_VERSION)).isEqualTo(1); // of x
    assertThat(rows(ColumnFamily.KV_REVISION)).isEqualTo(1);
  }

  @Test
  void anUnfinishedCompactionIsTakenOnByTheNext() {
    for (int i = 0; i < 20; i++) {
      store.put("k" + i, "");
    }
    store.delete("k", "l");
    long deleted = store.revision();
    store.compact(deleted);
    while (rows(ColumnFamily.KV_VERSION) > 30) { // 20 versions and 20 tombstones at first
      store.compactStep(3);
      store.commit();
    }
    assertThat(store.batch().counter(Counter.COMPACTION_DONE)).isEqualTo(deleted - 1);
    store.put("x", "");
    store.compact(deleted + 1);
    store.compactAll();
    store.commit();
    assertThat(rows(ColumnFamily.KV_VERSION)).isEqualTo(1); // of x
    assertThat(rows(ColumnFamily.KV_REVISION)).isEqualTo(1);
    store.assertDigest();
  }
}
