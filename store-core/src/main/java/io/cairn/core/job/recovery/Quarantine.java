package io.cairn.core.job.recovery;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.cairn.core.apply.DamagedRowException;
import io.cairn.core.storage.Batch;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.core.storage.Cursor;
import io.cairn.core.storage.KeyLayout;
import io.cairn.core.storage.ReadView;
import io.cairn.core.storage.v1.QuarantineRow;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Items of a task that failed: on the way to quarantine, and those that failed often enough to be
 * left out by later attempts. At most {@link Limits#ITEMS_FAILED_MAX} rows of a task; they go when
 * the task is deleted.
 */
public final class Quarantine {
  /** Rows that one answer looks at. */
  static final int ROWS_MAX = Limits.PAGE_ROWS_MAX;

  /** Characters of a fault's message that are kept with an item. */
  private static final int MESSAGE_CHARS_MAX = 256;

  private Quarantine() {}

  /**
   * Items to be left out.
   *
   * @param items in the order of their bytes
   * @param more true: there may be others, to be asked for as a list
   */
  public record Skipped(List<ByteString> items, boolean more) {}

  /** The items that an attempt leaves out, up to {@code bytesMax}. */
  public static Skipped skipped(ReadView view, long task, long bytesMax) {
    byte[] from = KeyLayout.id(task);
    List<ByteString> items = new ArrayList<>();
    long bytes = 0;
    int rows = 0;
    try (Cursor cursor = view.ascend(ColumnFamily.QUARANTINE, from, KeyLayout.prefixEnd(from))) {
      while (cursor.next()) {
        if (++rows > ROWS_MAX) {
          return new Skipped(items, true);
        }
        if (parse(cursor.value(), task).getSkipped()) {
          ByteString item = KeyLayout.nameOfItem(cursor.key());
          bytes += item.size();
          if (bytes > bytesMax) {
            return new Skipped(items, true);
          }
          items.add(item);
        }
      }
    }
    return new Skipped(items, false);
  }

  /** What is known of an item. */
  static Optional<QuarantineRow> find(ReadView view, long task, ByteString item) {
    byte[] bytes = view.get(ColumnFamily.QUARANTINE, KeyLayout.item(task, item.toByteArray()));
    return bytes == null ? Optional.empty() : Optional.of(parse(bytes, task));
  }

  /** Counts a failure of an item; true if it is the first one of it. */
  static boolean count(Batch batch, long task, Decision.Item item, Fault fault) {
    boolean first = find(batch, task, item.name()).isEmpty();
    batch.put(
        ColumnFamily.QUARANTINE,
        KeyLayout.item(task, item.name().toByteArray()),
        QuarantineRow.newBuilder()
            .setFailures(item.failures())
            .setSkipped(item.quarantined())
            .setFault(brief(fault))
            .build()
            .toByteArray());
    return first;
  }

  /** What is kept of a fault for each of many items: its place is known, its message is cut. */
  private static Fault brief(Fault fault) {
    String message = fault.getMessage();
    int end = Math.min(message.length(), MESSAGE_CHARS_MAX);
    if (end > 0 && end < message.length() && Character.isHighSurrogate(message.charAt(end - 1))) {
      end--;
    }
    return fault.toBuilder()
        .setMessage(message.substring(0, end))
        .clearLocation()
        .clearPlace()
        .build();
  }

  static QuarantineRow parse(byte[] bytes, long task) {
    try {
      return QuarantineRow.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new DamagedRowException("an item of task " + task + " is damaged", e);
    }
  }
}
