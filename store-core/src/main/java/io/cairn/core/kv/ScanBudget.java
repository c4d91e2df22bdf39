package io.cairn.core.kv;

import io.cairn.core.apply.Checks;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.protocol.Limits;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What one command may still look at. A command runs on the applying thread, so a range without end
 * would hold up all others on every replica. It is a function of the state alone (I2), and refuses
 * TOO_LARGE before the first write.
 */
final class ScanBudget {
  private long rows;
  private long bytes;

  /** Counts one row. */
  void row(long length) {
    rows++;
    bytes += length;
    Checks.size("number of keys looked at", rows, Limits.SCAN_ROWS_MAX);
    Checks.size("bytes of versions looked at", bytes, Limits.SCAN_BYTES_MAX);
  }

  /** Counts what reading a range will touch: its keys, or all versions if it is of the past. */
  void charge(ReadView view, KeyRange range, boolean past) {
    if (range.single()) {
      byte[] present = view.get(ColumnFamily.KV_LATEST, range.from());
      row(present == null ? 0 : KvRows.bytes(present));
    } else if (!range.empty()) {
      byte @Nullable [] to = range.to();
      if (past) {
        byte[] from = KeyLayout.escape(range.from());
        byte @Nullable [] end = to == null ? null : KeyLayout.escape(to);
        charge(view.ascend(ColumnFamily.KV_VERSION, from, end), row -> row.length);
      } else {
        charge(view.ascend(ColumnFamily.KV_LATEST, range.from(), to), KvRows::bytes);
      }
    }
  }

  /** Counts the rows of a cursor, and closes it. */
  private void charge(Cursor rows, ToLongFunction<byte[]> length) {
    try (rows) {
      while (rows.next()) {
        row(length.applyAsLong(rows.value()));
      }
    }
  }
}
