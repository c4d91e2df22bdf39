package io.cairn.core.kv;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.ApplyContext;
import io.cairn.core.lease.LeaseTable;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.StateDigest.RowHash;
import io.cairn.core.storage.v1.KvRow;
import io.cairn.core.storage.v1.RevisionRow;
import io.cairn.protocol.v1.Event;
import io.cairn.protocol.v1.KeyValue;
import io.cairn.protocol.v1.PutRequest;
import org.jspecify.annotations.Nullable;

/**
 * The changes that one command makes to the keyspace: all in one revision, which the first of them
 * draws, each at its own place. Everything is checked before: nothing is refused here.
 */
final class KvWrite {
  private final ApplyContext context;
  private final Batch batch;
  private long revision;
  private int place;

  KvWrite(ApplyContext context) {
    this.context = context;
    this.batch = context.batch();
  }

  /** True if these are the changes of that command. */
  boolean of(ApplyContext other) {
    return context == other;
  }

  /** The revision of these changes; 0 before the first. */
  long revision() {
    return revision;
  }

  /** Writes a new version of a key, and returns the one before it, or null. */
  @Nullable KeyValue put(PutRequest request) {
    ByteString name = request.getKey();
    byte[] key = name.toByteArray();
    byte[] old = batch.get(ColumnFamily.KV_LATEST, key);
    KvRow before = old == null ? KvRow.getDefaultInstance() : KvRows.parse(old);
    long now = drawRevision();
    KvRow row =
        KvRow.newBuilder()
            .setCreateRevision(old == null ? now : before.getCreateRevision())
            .setModRevision(now)
            .setVersion(before.getVersion() + 1)
            .setValue(request.getIgnoreValue() ? before.getValue() : request.getValue())
            .setLease(request.getIgnoreLease() ? before.getLease() : request.getLease())
            .build();
    batch.replace(ColumnFamily.KV_LATEST, key, old, row.toByteArray());
    RevisionRow.Builder change = RevisionRow.newBuilder().setKey(name);
    if (old == null) {
      batch.addToCounter(Counter.KEYS, 1);
    } else {
      keep(key, before.getModRevision(), old, change);
    }
    moveLease(key, before.getLease(), row.getLease());
    note(change);
    Event.Builder event = Event.newBuilder().setKv(KvRows.version(name, row));
    return emit(event, name, old == null ? null : before);
  }

  /** Deletes a key, and returns the version it had; null if it is absent. */
  @Nullable KeyValue delete(byte[] key) {
    byte[] old = batch.get(ColumnFamily.KV_LATEST, key);
    if (old == null) {
      return null;
    }
    ByteString name = ByteString.copyFrom(key);
    KvRow before = KvRows.parse(old);
    long now = drawRevision();
    batch.delete(ColumnFamily.KV_LATEST, key);
    batch.addToCounter(Counter.KEYS, -1);
    RevisionRow.Builder change = RevisionRow.newBuilder().setKey(name).setDeleted(true);
    keep(key, before.getModRevision(), old, change);
    batch.insert(ColumnFamily.KV_HISTORY, KeyLayout.history(key, now), KvRows.tombstone(now));
    moveLease(key, before.getLease(), 0);
    note(change);
    Event.Builder event =
        Event.newBuilder().setType(Event.Type.DELETE).setKv(KvReads.deletion(name, now));
    return emit(event, name, before);
  }

  private long drawRevision() {
    if (revision == 0) {
      revision = batch.addToCounter(Counter.REVISION, 1);
    }
    return revision;
  }

  /** Keeps the version that is replaced, and notes it in the change that replaces it. */
  private void keep(byte[] key, long rowRevision, byte[] row, RevisionRow.Builder change) {
    RowHash added = batch.insert(ColumnFamily.KV_HISTORY, KeyLayout.history(key, rowRevision), row);
    change
        .setPreviousRevision(rowRevision)
        .setPreviousHashLow(added.low())
        .setPreviousHashHigh(added.high());
  }

  private void note(RevisionRow.Builder change) {
    var unused =
        batch.insert(
            ColumnFamily.KV_REVISION,
            KeyLayout.revision(revision, place++),
            change.build().toByteArray());
  }

  private void moveLease(byte[] key, long from, long to) {
    if (from == to) {
      return;
    }
    if (from != 0) {
      LeaseTable.detach(context, from, KeyLayout.ITEM_KEY, key);
    }
    if (to != 0) {
      LeaseTable.attach(context, to, KeyLayout.ITEM_KEY, key);
    }
  }

  private @Nullable KeyValue emit(Event.Builder event, ByteString key, @Nullable KvRow before) {
    KeyValue previous = before == null ? null : KvRows.version(key, before);
    if (previous != null) {
      event.setPrevKv(previous);
    }
    context.emit(event.build());
    return previous;
  }
}
