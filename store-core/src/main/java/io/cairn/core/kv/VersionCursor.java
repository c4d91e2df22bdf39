package io.cairn.core.kv;

import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Counter;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Walks over the keys of a range in ascending order, each in the version that is visible at one
 * revision. For the present that is KV_LATEST alone. For the past it goes over KV_LATEST and
 * KV_HISTORY side by side, which works because escaped keys order as keys do.
 */
final class VersionCursor implements AutoCloseable {
  private final Cursor latest;
  private final @Nullable Cursor history;
  private final long revision;
  private boolean latestHas;
  private boolean historyHas;
  private byte[] key = {};
  private byte[] value = {};

  private VersionCursor(Cursor latest, @Nullable Cursor history, long revision) {
    this.latest = latest;
    this.history = history;
    this.revision = revision;
    if (history != null) {
      latestHas = latest.next();
      historyHas = history.next();
    }
  }

  /** Starts before the first key of [from, to), {@code from} below {@code to}. */
  static VersionCursor open(ReadView view, byte[] from, byte @Nullable [] to, long revision) {
    Cursor latest = view.ascend(ColumnFamily.KV_LATEST, from, to);
    boolean past = revision < view.counter(Counter.REVISION);
    Cursor history =
        past
            ? view.ascend(
                ColumnFamily.KV_HISTORY,
                KeyLayout.escape(from),
                to == null ? null : KeyLayout.escape(to))
            : null;
    return new VersionCursor(latest, history, revision);
  }

  /** Goes to the next key that is present at the revision; false at the end. */
  boolean next() {
    if (history == null) {
      return latest.next();
    }
    while (latestHas || historyHas) {
      byte[] visible = step(history);
      if (visible != null && !KvRows.tombstone(KvRows.parse(visible))) {
        value = visible;
        return true;
      }
    }
    return false;
  }

  /** The key. */
  byte[] key() {
    return history == null ? latest.key() : key;
  }

  /** The row of its version. */
  byte[] value() {
    return history == null ? latest.value() : value;
  }

  @Override
  public void close() {
    latest.close();
    if (history != null) {
      history.close();
    }
  }

  /** Takes the lowest key of both cursors; its newest row that the revision sees, or null. */
  private byte @Nullable [] step(Cursor past) {
    byte[] old = historyHas ? KeyLayout.keyOfHistory(past.key()) : null;
    int order = old == null ? -1 : !latestHas ? 1 : Arrays.compareUnsigned(latest.key(), old);
    byte[] visible = null;
    if (old != null && order >= 0) {
      key = old;
      while (historyHas && Arrays.equals(old, KeyLayout.keyOfHistory(past.key()))) {
        if (KeyLayout.revisionOfHistory(past.key()) <= revision) {
          visible = past.value();
        }
        historyHas = past.next();
      }
    }
    if (order <= 0) {
      key = latest.key();
      byte[] present = latest.value();
      if (KvRows.parse(present).getModRevision() <= revision) {
        visible = present;
      }
      latestHas = latest.next();
    }
    return visible;
  }
}
