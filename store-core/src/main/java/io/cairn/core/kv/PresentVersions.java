package io.cairn.core.kv;

import com.google.protobuf.ByteString;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.KvRow;
import io.cairn.core.storage.v1.LatestRow;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Keys as they are: goes over KV_LATEST, and beside it, for values that are asked for, over
 * KV_VERSION, where past versions lie between the present ones. Over a few of them it goes, over
 * many it leaps; a key that has had many is looked up by itself.
 */
final class PresentVersions implements VersionCursor {
  /** So many rows are gone over; a leap costs about as much as ten. */
  private static final int STEPS_MAX = 16;

  private final ReadView view;
  private final byte @Nullable [] end;
  private final Cursor keys;
  private @Nullable Cursor versions;
  private boolean inStep;
  private LatestRow latest = LatestRow.getDefaultInstance();
  private @Nullable ByteString value;

  PresentVersions(ReadView view, byte[] from, byte @Nullable [] to) {
    this.view = view;
    this.end = to == null ? null : KeyLayout.escape(to);
    this.keys = view.ascend(ColumnFamily.KV_LATEST, from, to);
  }

  @Override
  public boolean next() {
    value = null;
    if (!keys.next()) {
      return false;
    }
    latest = KvRows.parseLatest(keys.value());
    return true;
  }

  @Override
  public byte[] key() {
    return keys.key();
  }

  @Override
  public KvRow row() {
    return KvRows.withoutValue(latest);
  }

  @Override
  public ByteString value() {
    ByteString known = value;
    if (known == null) {
      known = KvRows.parse(version()).getValue();
      value = known;
    }
    return known;
  }

  @Override
  public long valueBytes() {
    return latest.getValueBytes();
  }

  @Override
  public void close() {
    keys.close();
    if (versions != null) {
      versions.close();
    }
  }

  private byte[] version() {
    byte[] sought = KeyLayout.version(key(), latest.getModRevision());
    if (latest.getVersion() > STEPS_MAX) {
      // Its past versions may be many, or lie as removed ones that the database has to pass.
      inStep = false;
      return KvRows.required(view, key(), latest.getModRevision());
    }
    Cursor cursor = inStep ? versions : null;
    for (int steps = 0; cursor != null && steps < STEPS_MAX && cursor.next(); steps++) {
      int order = Arrays.compareUnsigned(cursor.key(), sought);
      if (order == 0) {
        return cursor.value();
      }
      if (order > 0) {
        throw KvRows.missing(key(), latest.getModRevision());
      }
    }
    return leap(sought);
  }

  private byte[] leap(byte[] sought) {
    if (versions != null) {
      versions.close();
    }
    Cursor cursor = view.ascend(ColumnFamily.KV_VERSION, sought, end);
    versions = cursor;
    inStep = true;
    if (!cursor.next() || !Arrays.equals(cursor.key(), sought)) {
      throw KvRows.missing(key(), latest.getModRevision());
    }
    return cursor.value();
  }
}
