package io.cairn.core.engine;

import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Counter;
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
 *
 * <p>It remembers below which time there is nothing. A deadline is never listed for a time before
 * the log time at which it is written, so what was found empty up to then stays empty, and rows
 * that have been removed there are not walked over with each look. The row of dispatch that was
 * left over is the exception: it has a place of its own. Works with views of one group, in the
 * order of their indexes; one thread at a time.
 */
public final class Deadlines {
  private long emptyBelowMillis;

  /** Deadlines of a group of which nothing is known yet. */
  public Deadlines() {}

  /** Log time in milliseconds of the nearest listed deadline. */
  public OptionalLong nearestMillis(ReadView view) {
    if (leftOver(view)) {
      return OptionalLong.of(0);
    }
    long logTimeMillis = view.counter(Counter.LOG_TIME);
    try (Cursor cursor = view.ascend(ColumnFamily.DEADLINE, KeyLayout.id(emptyBelowMillis), null)) {
      if (!cursor.next()) {
        emptyBelowMillis = Math.max(emptyBelowMillis, logTimeMillis);
        return OptionalLong.empty();
      }
      long nearest = KeyLayout.readLong(cursor.key(), 0);
      emptyBelowMillis = Math.max(emptyBelowMillis, Math.min(nearest, logTimeMillis));
      return OptionalLong.of(nearest);
    }
  }

  /**
   * The command that looks after all that is listed up to {@code logTimeMillis}, or the first of
   * them.
   */
  public Expire due(ReadView view, long logTimeMillis) {
    Expire.Builder expire = Expire.newBuilder();
    if (leftOver(view)) {
      expire.addDue(Due.newBuilder().setKind(Due.Kind.DISPATCH));
    }
    byte[] from = KeyLayout.id(Math.max(1, emptyBelowMillis));
    byte[] end = KeyLayout.id(logTimeMillis + 1);
    try (Cursor cursor = view.ascend(ColumnFamily.DEADLINE, from, end)) {
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

  /** True if another look right behind this command may find more to do, not only later. */
  public static boolean goesOn(Expire expire) {
    return expire.getDueCount() == Limits.EXPIRE_ITEMS_MAX
        || expire.getDueList().stream()
            .anyMatch(
                due -> due.getKind() == Due.Kind.DISPATCH || due.getKind() == Due.Kind.JOB_TICK);
  }

  private static boolean leftOver(ReadView view) {
    return view.get(ColumnFamily.DEADLINE, KeyLayout.leftOverDispatch()) != null;
  }
}
