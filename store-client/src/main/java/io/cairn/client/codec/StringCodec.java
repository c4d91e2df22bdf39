package io.cairn.client.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;

/** Text in strict UTF-8. */
final class StringCodec implements Codec<String> {
  @Override
  public String id() {
    return CodecKind.STRING.id();
  }

  @Override
  public int schemaVersion() {
    return 1;
  }

  @Override
  public byte[] encode(String value) {
    try {
      ByteBuffer encoded = UTF_8.newEncoder().encode(CharBuffer.wrap(value));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "text of %d chars has a lone surrogate".formatted(value.length()), e);
    }
  }

  @Override
  public String decode(byte[] bytes, int schemaVersion) {
    Codecs.requireKnownSchema(id(), schemaVersion(), schemaVersion);
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new CorruptStateException(
          "expected UTF-8 in %d bytes: %s".formatted(bytes.length, e.getMessage()));
    }
  }
}
