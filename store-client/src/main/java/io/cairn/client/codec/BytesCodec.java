package io.cairn.client.codec;

/** Bytes as they are. */
final class BytesCodec implements Codec<byte[]> {
  @Override
  public String id() {
    return CodecKind.BYTES.id();
  }

  @Override
  public int schemaVersion() {
    return 1;
  }

  @Override
  public byte[] encode(byte[] value) {
    return value.clone();
  }

  @Override
  public byte[] decode(byte[] bytes, int schemaVersion) {
    Codecs.requireKnownSchema(id(), schemaVersion(), schemaVersion);
    return bytes.clone();
  }
}
