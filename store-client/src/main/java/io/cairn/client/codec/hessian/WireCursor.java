package io.cairn.client.codec.hessian;

import io.cairn.client.codec.CorruptStateException;

/**
 * A place in encoded bytes, and the tokens of Hessian 2 that hold no other values. Nothing is read
 * past the end; every failure is a {@link CorruptStateException} with the offset. Used by one
 * thread.
 */
final class WireCursor {
  private static final int STRING_DIRECT_MAX = 0x1f;

  private final byte[] bytes;
  private int at;

  WireCursor(byte[] bytes) {
    this.bytes = bytes;
  }

  int next() {
    if (at == bytes.length) {
      throw corrupt("expected a token, found the end");
    }
    return bytes[at++] & 0xff;
  }

  boolean nextIs(int token) {
    return at < bytes.length && bytes[at] == token;
  }

  void expect(int token, String what) {
    int found = next();
    if (found != token) {
      throw corrupt("expected %s, found token 0x%02x", what, found);
    }
  }

  void requireEnd() {
    if (at != bytes.length) {
      throw corrupt("expected the end, found %d more bytes", bytes.length - at);
    }
  }

  /** Requires that so many values of at least one byte can follow. */
  void requireRoom(int count, String what) {
    if (count < 0 || count > bytes.length - at) {
      throw corrupt("%s: found a length of %d, with %d bytes left", what, count, bytes.length - at);
    }
  }

  int unsignedShort() {
    return (next() << 8) | next();
  }

  int fixedInt() {
    return (unsignedShort() << 16) | unsignedShort();
  }

  /** An int token. */
  int integer() {
    int tag = next();
    if (tag >= 0x80 && tag <= 0xbf) {
      return tag - 0x90;
    }
    if (tag >= 0xc0 && tag <= 0xcf) {
      return ((tag - 0xc8) << 8) + next();
    }
    if (tag >= 0xd0 && tag <= 0xd7) {
      return ((tag - 0xd4) << 16) + unsignedShort();
    }
    if (tag == 'I') {
      return fixedInt();
    }
    throw corrupt("expected a number, found token 0x%02x", tag);
  }

  /** An int token that is an index below a size. */
  int index(int size, String what) {
    int index = integer();
    if (index < 0 || index >= size) {
      throw corrupt("expected a %s number below %d, found %d", what, size, index);
    }
    return index;
  }

  int listLength() {
    int tag = next();
    if (tag == 0x6e) {
      return next();
    }
    if (tag == 'l') {
      return fixedInt();
    }
    throw corrupt("expected the length of a list, found token 0x%02x", tag);
  }

  /** A token that holds no other values: null, boolean, number, string or bytes. */
  void scalar(int tag) {
    if (tag <= STRING_DIRECT_MAX) {
      chars(tag);
    } else if (tag <= 0x2f) {
      skip(tag - 0x20);
    } else if (tag >= 0x80) {
      skip(numberBytes(tag));
    } else {
      switch (tag) {
        case 'N', 'T', 'F', 0x67, 0x68 -> {}
        case 0x69 -> skip(1);
        case 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x6a -> skip(2);
        case 'I', 0x77, 0x6b -> skip(4);
        case 'L', 'D' -> skip(8);
        case 'S' -> chars(unsignedShort());
        case 's' -> chunkedString();
        case 'B' -> skip(unsignedShort());
        case 'b' -> chunkedBytes();
        default -> throw corrupt("unknown token 0x%02x", tag);
      }
    }
  }

  /** A string token in one piece. */
  String shortString() {
    int tag = next();
    if (tag <= STRING_DIRECT_MAX) {
      return text(tag);
    }
    if (tag == 'S') {
      return text(unsignedShort());
    }
    throw corrupt("expected a name, found token 0x%02x", tag);
  }

  /** So many chars, each encoded by itself in one to three bytes. */
  String text(int length) {
    int start = at;
    chars(length);
    StringBuilder text = new StringBuilder(length);
    for (int i = start; i < at; ) {
      int first = bytes[i++] & 0xff;
      if (first < 0x80) {
        text.append((char) first);
      } else if (first < 0xe0) {
        text.append((char) (((first & 0x1f) << 6) | (bytes[i++] & 0x3f)));
      } else {
        int middle = bytes[i++] & 0x3f;
        text.append((char) (((first & 0x0f) << 12) | (middle << 6) | (bytes[i++] & 0x3f)));
      }
    }
    return text.toString();
  }

  @SuppressWarnings("AnnotateFormatMethod") // its annotations are no dependency of ours
  CorruptStateException corrupt(String format, Object... values) {
    return new CorruptStateException(
        "at byte %d of %d: %s".formatted(at, bytes.length, format.formatted(values)));
  }

  /** Bytes after the first of a number token from 0x80 on. */
  private static int numberBytes(int tag) {
    if ((tag >= 0xc0 && tag <= 0xcf) || tag >= 0xf0) {
      return 1;
    }
    return tag >= 0xd0 && tag <= 0xd7 ? 2 : 0;
  }

  private void chunkedString() {
    int tag = 's';
    while (tag == 's') {
      chars(unsignedShort());
      tag = next();
    }
    if (tag == 'S') {
      chars(unsignedShort());
    } else if (tag <= STRING_DIRECT_MAX) {
      chars(tag);
    } else {
      throw corrupt("expected a piece of a string, found token 0x%02x", tag);
    }
  }

  private void chunkedBytes() {
    int tag = 'b';
    while (tag == 'b') {
      skip(unsignedShort());
      tag = next();
    }
    if (tag == 'B') {
      skip(unsignedShort());
    } else if (tag >= 0x20 && tag <= 0x2f) {
      skip(tag - 0x20);
    } else {
      throw corrupt("expected a piece of a byte array, found token 0x%02x", tag);
    }
  }

  private void skip(int count) {
    requireRoom(count, "value");
    at += count;
  }

  private void chars(int length) {
    requireRoom(length, "string");
    for (int i = 0; i < length; i++) {
      int first = next();
      if (first >= 0x80) {
        if (first < 0xc0 || first >= 0xf0) {
          throw corrupt("expected UTF-8, found byte 0x%02x", first);
        }
        continuation();
        if (first >= 0xe0) {
          continuation();
        }
      }
    }
  }

  private void continuation() {
    int next = next();
    if ((next & 0xc0) != 0x80) {
      throw corrupt("expected UTF-8, found byte 0x%02x", next);
    }
  }
}
