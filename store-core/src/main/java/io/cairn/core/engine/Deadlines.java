package io.cairn.core.engine;

import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Due;
import io.cairn.protocol.v1.Expire;
import java.util.OptionalLong;

/**
 * What a leader asks before it proposes an Expire (I10): reads only. A deadline listed here is the
 * earliest time to look again, not the time of the end; apply decides.
 */
public final class Deadlines {
  private Deadlines() {}

  /** Log time in milliseconds of the nearest listed deadline. */
  public static OptionalLong nearestMillis(ReadView view) {
    try (Cursor cursor = view.ascend(ColumnFamily.DEADLINE, new byte[0], null)) {
      return cursor.next()
          ? OptionalLong.of(KeyLayout.readLong(cursor.key(), 0))
          : OptionalLong.empty();
    }
  }

  /**
   * The command that looks after all that is listed up to {@code logTimeMillis}, or the first of
   * them.
   */
  public static Expire due(ReadView view, long logTimeMillis) {
    Expire.Builder expire = Expire.newBuilder();
    byte[] end = KeyLayout.id(logTimeMillis + 1);
    try (Cursor cursor = view.ascend(ColumnFamily.DEADLINE, new byte[0], end)) {
      while (expire.getDueCount() < Limits.EXPIRE_ITEMS_MAX && cursor.next()) {
        byte[] key = cursor.key();
        expire.addDue(
            Due.newBuilder()
                .setDeadlineMillis(KeyLayout.readLong(key, 0))
                .setKindValue(key[Long.BYTES])
                .setId(KeyLayout.readLong(key, Long.BYTES + 1)));
      }
    }
    return expire.build();
  }
}
