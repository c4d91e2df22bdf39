package io.cairn.client;

import java.util.Optional;

/**
 * One change of one key. For a deletion {@code keyValue} has the key and, as mod revision, the
 * revision of the deletion.
 *
 * @param previous what was there, if that was asked for and has not been compacted meanwhile
 */
public record WatchEvent(boolean isDelete, KeyValue keyValue, Optional<KeyValue> previous) {
  /** The revision of the change. */
  public long revision() {
    return keyValue.modRevision();
  }
}
