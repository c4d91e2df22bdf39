package io.cairn.core.task;

import com.google.protobuf.MessageLite;
import io.cairn.protocol.Limits;

/**
 * Room of one answer, in bytes. The first message always fits: rows are bounded, so it ends
 * somewhere. Used by one thread.
 */
public final class AnswerPage {
  private long left;
  private boolean empty = true;

  /** An answer of at most {@code bytes}. */
  public AnswerPage(int bytes) {
    left = bytes;
  }

  /** Rows of a page when {@code limit} are asked for; 0: as many as it may have. */
  public static int rows(int limit) {
    return limit <= 0 ? Limits.PAGE_ROWS_MAX : Math.min(limit, Limits.PAGE_ROWS_MAX);
  }

  /** True if the message fits behind those before. */
  public boolean takes(MessageLite message) {
    left -= message.getSerializedSize();
    boolean fits = left >= 0 || empty;
    empty = false;
    return fits;
  }
}
