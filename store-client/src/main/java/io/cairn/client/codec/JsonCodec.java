package io.cairn.client.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** JSON by jackson-databind. The only class that names Jackson, so that it may be absent. */
final class JsonCodec<T> implements Codec<T> {
  private final Class<T> type;
  private final ObjectReader reader;
  private final ObjectWriter writer;

  JsonCodec(Class<T> type) {
    this.type = type;
    JsonMapper mapper =
        JsonMapper.builder()
            .findAndAddModules()
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    this.reader = mapper.readerFor(type);
    this.writer = mapper.writerFor(type);
  }

  @Override
  public String id() {
    return CodecKind.JSON.id();
  }

  @Override
  public int schemaVersion() {
    return 1;
  }

  @Override
  public byte[] encode(T value) {
    try {
      return writer.writeValueAsBytes(value);
    } catch (InvalidDefinitionException e) { // speaks of types, not of values
      throw new IllegalArgumentException(
          "%s cannot be written as JSON: %s".formatted(type.getName(), e.getOriginalMessage()), e);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "%s cannot be written as JSON: %s"
              .formatted(type.getName(), e.getClass().getSimpleName()));
    }
  }

  @Override
  public T decode(byte[] bytes, int schemaVersion) {
    Codecs.requireKnownSchema(id(), schemaVersion(), schemaVersion);
    T value;
    try {
      value = reader.readValue(bytes);
    } catch (JsonProcessingException e) { // its message quotes the content
      long offset = e.getLocation() == null ? -1 : e.getLocation().getByteOffset();
      throw new CorruptStateException(
          "expected %s as JSON in %d bytes: %s at byte %d"
              .formatted(type.getName(), bytes.length, e.getClass().getSimpleName(), offset));
    } catch (IOException e) {
      throw new CorruptStateException(
          "expected %s as JSON in %d bytes: %s"
              .formatted(type.getName(), bytes.length, e.getClass().getSimpleName()));
    }
    if (value == null) {
      throw new CorruptStateException(
          "expected %s as JSON in %d bytes: null".formatted(type.getName(), bytes.length));
    }
    return value;
  }
}
