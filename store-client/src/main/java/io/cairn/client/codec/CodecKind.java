package io.cairn.client.codec;

import java.util.Optional;

/** The format of a stored state, with its number on the wire. Numbers are never reused. */
public enum CodecKind {
  /** Bytes as they are. */
  BYTES(1, "bytes"),
  /** Java values in Hessian 2 tokens. */
  HESSIAN(2, "hessian"),
  /** JSON text in UTF-8. */
  JSON(3, "json"),
  /** A protobuf message; reserved. */
  PROTOBUF(4, "protobuf"),
  /** Text in UTF-8. */
  STRING(5, "string"),
  /** Whatever a codec of the user writes. */
  CUSTOM(127, "custom");

  private final int number;
  private final String id;

  CodecKind(int number, String id) {
    this.number = number;
    this.id = id;
  }

  /** The number on the wire, 1 to 127. */
  public int number() {
    return number;
  }

  /** The id a codec of this kind answers. */
  public String id() {
    return id;
  }

  /** The kind with this number on the wire. */
  public static Optional<CodecKind> ofNumber(int number) {
    for (CodecKind kind : values()) {
      if (kind.number == number) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  /** The kind of a codec with this id; CUSTOM when it is none of the built-in ones. */
  public static CodecKind ofId(String id) {
    for (CodecKind kind : values()) {
      if (kind.id.equals(id)) {
        return kind;
      }
    }
    return CUSTOM;
  }
}
