package io.cairn.core.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.StateDigest;
import io.cairn.core.storage.StateDigest.RowHash;
import io.cairn.core.storage.View;
import io.cairn.core.storage.v1.KvRow;
import io.cairn.core.storage.v1.LatestRow;
import io.cairn.protocol.v1.Event;
import io.cairn.protocol.v1.KeyValue;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What must hold of the rows in the database, whatever was done. */
final class KvInvariants {
  private KvInvariants() {}

  /** Checks the committed state. */
  static void check(KvStore store, KvModel model) {
    try (View view = store.view()) {
      Map<ByteString, KeyValue> keys = model.states.lastEntry().getValue();
      assertThat(view.counter(Counter.KEYS)).isEqualTo(keys.size());
      assertThat(view.counter(Counter.REVISION)).isEqualTo(model.revision);
      assertThat(view.counter(Counter.COMPACTED)).isEqualTo(model.compacted);
      Map<ByteString, KeyValue> latest = new TreeMap<>(KeyRange.ORDER);
      Set<String> items = new TreeSet<>();
      try (Cursor cursor = view.ascend(ColumnFamily.KV_LATEST, new byte[0], null)) {
        while (cursor.next()) {
          ByteString key = ByteString.copyFrom(cursor.key());
          LatestRow row = KvRows.parseLatest(cursor.value());
          latest.put(key, present(view, cursor.key(), row));
          if (row.getModRevision() >= model.compacted) {
            assertThat(isNoted(view, key, row.getModRevision())).isTrue();
          }
          if (row.getLease() != 0) {
            items.add(hex(KeyLayout.leaseItem(row.getLease(), KeyLayout.ITEM_KEY, cursor.key())));
          }
        }
      }
      assertThat(latest).isEqualTo(keys);
      assertThat(rows(view, ColumnFamily.LEASE_ITEM)).isEqualTo(items);
      checkHistory(view, model);
      assertThat(store.digest()).as("I7").isEqualTo(recomputedDigest(view));
    }
  }

  /** The version that a row of KV_LATEST is about; the row must say of it what is true. */
  private static KeyValue present(ReadView view, byte[] key, LatestRow latest) {
    byte[] at = KeyLayout.version(key, latest.getModRevision());
    byte[] row = Objects.requireNonNull(view.get(ColumnFamily.KV_VERSION, at));
    KvRow version = KvRows.parse(row);
    assertThat(KvRows.withoutValue(latest)).isEqualTo(version.toBuilder().clearValue().build());
    assertThat(latest.getValueBytes()).isEqualTo(version.getValue().size());
    RowHash added = new StateDigest().add(ColumnFamily.KV_VERSION, at, row);
    assertThat(new RowHash(latest.getHashLow(), latest.getHashHigh())).isEqualTo(added);
    return KvRows.version(ByteString.copyFrom(key), version);
  }

  /** Nothing that is needed is gone and, once compaction is done, nothing else is left. */
  private static void checkHistory(ReadView view, KvModel model) {
    Set<String> versions = new TreeSet<>();
    Set<String> changes = new TreeSet<>();
    model
        .states
        .lastEntry()
        .getValue()
        .forEach(
            (key, kv) ->
                versions.add(hex(KeyLayout.version(key.toByteArray(), kv.getModRevision()))));
    model.changes.forEach(
        (revision, events) -> {
          int place = 0;
          for (Event event : events) {
            byte[] key = event.getKv().getKey().toByteArray();
            changes.add(hex(KeyLayout.revision(revision, place++)));
            if (event.getType() == Event.Type.DELETE) {
              versions.add(hex(KeyLayout.version(key, revision)));
            }
            if (event.hasPrevKv() && revision > model.compacted) {
              versions.add(hex(KeyLayout.version(key, event.getPrevKv().getModRevision())));
            }
          }
        });
    if (Compaction.pending(view)) {
      assertThat(rows(view, ColumnFamily.KV_VERSION)).containsAll(versions);
      assertThat(rows(view, ColumnFamily.KV_REVISION)).containsAll(changes);
    } else {
      assertThat(rows(view, ColumnFamily.KV_VERSION)).isEqualTo(versions);
      assertThat(rows(view, ColumnFamily.KV_REVISION)).isEqualTo(changes);
    }
  }

  private static boolean isNoted(ReadView view, ByteString key, long revision) {
    byte[] from = KeyLayout.revision(revision, 0);
    try (Cursor cursor =
        view.ascend(ColumnFamily.KV_REVISION, from, KeyLayout.revision(revision + 1, 0))) {
      while (cursor.next()) {
        if (KvRows.parseRevision(cursor.value()).getKey().equals(key)) {
          return true;
        }
      }
      return false;
    }
  }

  private static Set<String> rows(ReadView view, ColumnFamily family) {
    Set<String> keys = new TreeSet<>();
    try (Cursor cursor = view.ascend(family, new byte[0], null)) {
      while (cursor.next()) {
        keys.add(hex(cursor.key()));
      }
    }
    return keys;
  }

  private static byte[] recomputedDigest(ReadView view) {
    StateDigest digest = new StateDigest();
    Arrays.stream(ColumnFamily.values())
        .filter(ColumnFamily::logical)
        .forEach(
            family -> {
              try (Cursor cursor = view.ascend(family, new byte[0], null)) {
                while (cursor.next()) {
                  digest.add(family, cursor.key(), cursor.value());
                }
              }
            });
    return digest.toBytes();
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
