package io.cairn.core.kv;

import com.google.protobuf.ByteString;
import io.cairn.core.apply.Checks;
import io.cairn.core.apply.Refusal;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.WatchRequest;
import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * The keys a request names, in unsigned byte order: those of [key, rangeEnd).
 *
 * @param key the first key; not empty
 * @param rangeEnd empty: only {@code key}; a single zero byte: all keys from {@code key} on
 */
public record KeyRange(ByteString key, ByteString rangeEnd) {
  /** The order of keys. */
  static final Comparator<ByteString> ORDER = ByteString.unsignedLexicographicalComparator();

  private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

  /** Refuses an empty key, and what is too long to name a key. */
  public KeyRange {
    if (key.isEmpty()) {
      throw new Refusal(ErrorCode.INVALID_ARGUMENT, "key is not provided");
    }
    Checks.size("key", key.size(), Limits.KEY_BYTES_MAX);
    // One more: the longest key and a zero byte is the end behind that key.
    Checks.size("range_end", rangeEnd.size(), Limits.KEY_BYTES_MAX + 1);
  }

  /** The range of a watch: there, as in etcd, an empty key means the lowest one. */
  public static KeyRange ofWatch(WatchRequest request) {
    return new KeyRange(
        request.getKey().isEmpty() ? ZERO : request.getKey(), request.getRangeEnd());
  }

  /** True if {@code candidate} is one of these keys. */
  public boolean matches(ByteString candidate) {
    if (single()) {
      return candidate.equals(key);
    }
    return ORDER.compare(candidate, key) >= 0
        && (toEnd() || ORDER.compare(candidate, rangeEnd) < 0);
  }

  /** True if it names one key. */
  boolean single() {
    return rangeEnd.isEmpty();
  }

  /** True if no key can be in it. */
  boolean empty() {
    return !single() && !toEnd() && ORDER.compare(rangeEnd, key) <= 0;
  }

  byte[] from() {
    return key.toByteArray();
  }

  /** The first key behind the range; null if it has no end. */
  byte @Nullable [] to() {
    if (single()) {
      return Arrays.copyOf(key.toByteArray(), key.size() + 1);
    }
    return toEnd() ? null : rangeEnd.toByteArray();
  }

  private boolean toEnd() {
    return rangeEnd.equals(ZERO);
  }
}
