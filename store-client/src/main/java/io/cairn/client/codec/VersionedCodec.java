package io.cairn.client.codec;

/** A codec under a schema version of the user. */
final class VersionedCodec<T> implements Codec<T> {
  private final Codec<T> codec;
  private final int schemaVersion;

  VersionedCodec(Codec<T> codec, int schemaVersion) {
    if (schemaVersion < 1) {
      throw new IllegalArgumentException(
          "schema version: expected 1 or more, found " + schemaVersion);
    }
    this.codec = codec;
    this.schemaVersion = schemaVersion;
  }

  @Override
  public String id() {
    return codec.id();
  }

  @Override
  public int schemaVersion() {
    return schemaVersion;
  }

  @Override
  public byte[] encode(T value) {
    return codec.encode(value);
  }

  @Override
  public T decode(byte[] bytes, int schemaVersion) {
    Codecs.requireKnownSchema(id(), this.schemaVersion, schemaVersion);
    return codec.decode(bytes, Math.min(schemaVersion, codec.schemaVersion()));
  }
}
