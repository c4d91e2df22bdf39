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
import io.cairn.core.storage.v1.LatestRow;
import io.cairn.core.storage.v1.RevisionRow;
import io.cairn.protocol.v1.Event;
import io.cairn.protocol.v1.PutRequest;

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

  /** Writes a new version of a key. Does not read the value of the one before, which stays. */
  void put(PutRequest request) {
    ByteString name = request.getKey();
    byte[] key = name.toByteArray();
    byte[] old = batch.get(ColumnFamily.KV_LATEST, key);
    LatestRow before = old == null ? LatestRow.getDefaultInstance() : KvRows.parseLatest(old);
    ByteString value =
        request.getIgnoreValue()
            ? KvRows.version(batch, key, before.getModRevision()).getValue()
            : request.getValue();
    long now = drawRevision();
    KvRow row =
        KvRow.newBuilder()
            .setCreateRevision(old == null ? now : before.getCreateRevision())
            .setModRevision(now)
            .setVersion(before.getVersion() + 1)
            .setValue(value)
            .setLease(request.getIgnoreLease() ? before.getLease() : request.getLease())
            .build();
    RowHash added =
        batch.insert(ColumnFamily.KV_VERSION, KeyLayout.version(key, now), row.toByteArray());
    batch.replace(ColumnFamily.KV_LATEST, key, old, latest(row, added).toByteArray());
    RevisionRow.Builder change = RevisionRow.newBuilder().setKey(name);
    if (old == null) {
      batch.addToCounter(Counter.KEYS, 1);
    } else {
      noteReplaced(before, change);
    }
    moveLease(key, before.getLease(), row.getLease());
    note(change);
    context.emit(Event.newBuilder().setKv(KvRows.version(name, row)).build());
  }

  /** Deletes a key; false if it is absent. */
  boolean delete(byte[] key) {
    byte[] old = batch.get(ColumnFamily.KV_LATEST, key);
    if (old == null) {
      return false;
    }
    ByteString name = ByteString.copyFrom(key);
    LatestRow before = KvRows.parseLatest(old);
    long now = drawRevision();
    batch.remove(ColumnFamily.KV_LATEST, key, old);
    context.countDeleted(before.getValueBytes());
    batch.addToCounter(Counter.KEYS, -1);
    RevisionRow.Builder change = RevisionRow.newBuilder().setKey(name).setDeleted(true);
    noteReplaced(before, change);
    batch.insert(ColumnFamily.KV_VERSION, KeyLayout.version(key, now), KvRows.tombstone(now));
    moveLease(key, before.getLease(), 0);
    note(change);
    context.emit(
        Event.newBuilder().setType(Event.Type.DELETE).setKv(KvReads.deletion(name, now)).build());
    return true;
  }

  private long drawRevision() {
    if (revision == 0) {
      revision = batch.addToCounter(Counter.REVISION, 1);
    }
    return revision;
  }

  private static LatestRow latest(KvRow row, RowHash added) {
    return LatestRow.newBuilder()
        .setCreateRevision(row.getCreateRevision())
        .setModRevision(row.getModRevision())
        .setVersion(row.getVersion())
        .setLease(row.getLease())
        .setValueBytes(row.getValue().size())
        .setHashLow(added.low())
        .setHashHigh(added.high())
        .build();
  }

  /** Notes the version that is replaced in the change that replaces it. */
  private static void noteReplaced(LatestRow before, RevisionRow.Builder change) {
    change
        .setPreviousRevision(before.getModRevision())
        .setPreviousHashLow(before.getHashLow())
        .setPreviousHashHigh(before.getHashHigh());
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
}
