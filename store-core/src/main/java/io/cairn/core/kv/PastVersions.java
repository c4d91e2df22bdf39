package io.cairn.core.kv;

import com.google.protobuf.ByteString;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.KvRow;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Keys as they were: goes over all versions, which lie by key and revision, and takes of each key
 * the newest that the revision sees.
 */
final class PastVersions implements VersionCursor {
  private final Cursor versions;
  private final long revision;
  private boolean more;
  private byte[] key = {};
  private KvRow row = KvRow.getDefaultInstance();

  PastVersions(ReadView view, byte[] from, byte @Nullable [] to, long revision) {
    this.versions =
        view.ascend(
            ColumnFamily.KV_VERSION,
            KeyLayout.escape(from),
            to == null ? null : KeyLayout.escape(to));
    this.revision = revision;
    this.more = versions.next();
  }

  @Override
  public boolean next() {
    while (more) {
      key = KeyLayout.keyOfVersion(versions.key());
      byte[] visible = null;
      while (more && Arrays.equals(key, KeyLayout.keyOfVersion(versions.key()))) {
        if (KeyLayout.revisionOfVersion(versions.key()) <= revision) {
          visible = versions.value();
        }
        more = versions.next();
      }
      if (visible != null) {
        row = KvRows.parse(visible);
        if (!KvRows.tombstone(row)) {
          return true;
        }
      }
    }
    return false;
  }

  @Override
  public byte[] key() {
    return key;
  }

  @Override
  public KvRow row() {
    return row;
  }

  @Override
  public ByteString value() {
    return row.getValue();
  }

  @Override
  public long valueBytes() {
    return row.getValue().size();
  }

  @Override
  public void close() {
    versions.close();
  }
}
