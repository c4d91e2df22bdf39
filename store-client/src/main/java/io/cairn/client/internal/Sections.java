package io.cairn.client.internal;

import com.google.protobuf.ByteString;
import java.util.Map;

/**
 * Sections to save.
 *
 * @param bytes of sections by name
 * @param whole true: they are all of the state; false: others stay as they are
 */
record Sections(Map<String, ByteString> bytes, boolean whole) {
  static Sections whole(Map<String, ByteString> bytes) {
    return new Sections(bytes, true);
  }

  static Sections changed(Map<String, ByteString> bytes) {
    return new Sections(bytes, false);
  }

  /** Bytes of all of them. */
  long size() {
    return bytes.values().stream().mapToLong(ByteString::size).sum();
  }
}
