package io.cairn.core.kv;

import com.google.protobuf.ByteString;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.KvRow;
import org.jspecify.annotations.Nullable;

/**
 * Walks over the keys of a range in ascending order, each in the version that is visible at one
 * revision.
 */
interface VersionCursor extends AutoCloseable {
  /** Starts before the first key of [from, to), {@code from} below {@code to}. */
  static VersionCursor open(ReadView view, byte[] from, byte @Nullable [] to, long revision) {
    return revision < view.counter(Counter.REVISION)
        ? new PastVersions(view, from, to, revision)
        : new PresentVersions(view, from, to);
  }

  /** Goes to the next key that is present at the revision; false at the end. */
  boolean next();

  /** The key. */
  byte[] key();

  /** Its version; the value may be missing. */
  KvRow row();

  /** The value of its version. Dear: may read. */
  ByteString value();

  /** Bytes of the value. */
  long valueBytes();

  @Override
  void close();
}
