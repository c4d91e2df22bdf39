package io.cairn.client;

import java.util.List;
import java.util.Optional;

/**
 * What a read found.
 *
 * @param appliedIndex the log index of the state that was read, 0 within a transaction
 * @param count keys in the range, whatever the limit
 * @param more true: the limit, or the size of an answer, cut the result
 */
public record RangeResult(
    long revision, long appliedIndex, List<KeyValue> keyValues, long count, boolean more)
    implements OpResult {

  /** The first key found. */
  public Optional<KeyValue> first() {
    return keyValues.stream().findFirst();
  }
}
