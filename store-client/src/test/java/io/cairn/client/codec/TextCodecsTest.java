package io.cairn.client.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TextCodecsTest {
  record Cursor(String file, long line) {}

  record Job(Cursor cursor, List<Integer> sums, Map<String, Integer> counts) {}

  @Test
  void aRecordComesBackFromJson() {
    Codec<Job> codec = Codecs.json(Job.class);
    Job job = new Job(new Cursor("a.csv", 7), List.of(1, 2), new LinkedHashMap<>(Map.of("x", 1)));

    assertThat(StoredState.decode(codec, StoredState.encode(codec, job))).isEqualTo(job);
  }

  @Test
  void jsonPropertiesThatAreGoneArePassedOver() {
    byte[] json = "{\"file\":\"a\",\"line\":3,\"gone\":[1]}".getBytes(UTF_8);

    assertThat(Codecs.json(Cursor.class).decode(json, 1)).isEqualTo(new Cursor("a", 3));
  }

  @Test
  void wrongJsonIsCorruptAndItsContentIsNotTold() {
    Codec<Cursor> codec = Codecs.json(Cursor.class);
    for (String json :
        List.of("{\"line\":\"secret\"}", "{\"file\":\"secret\"", "null", "", "{}7")) {
      assertThatThrownBy(() -> codec.decode(json.getBytes(UTF_8), 1))
          .as(json)
          .isInstanceOf(CorruptStateException.class)
          .hasNoCause()
          .hasMessageContaining("Cursor")
          .hasMessageNotContaining("secret");
    }
  }

  @Test
  void aStateThatJsonCannotHoldIsRefused() {
    assertThatThrownBy(() -> Codecs.json(Object.class).encode(new Object()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("No serializer found");
  }

  @Test
  void withoutJacksonTheErrorNamesTheArtifact() throws Exception {
    URL[] classPath = {Codecs.class.getProtectionDomain().getCodeSource().getLocation()};
    try (URLClassLoader bare =
        new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
      Class<?> codecs = bare.loadClass(Codecs.class.getName());
      var json = codecs.getMethod("json", Class.class);
      assertThatThrownBy(() -> json.invoke(null, String.class))
          .cause()
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("com.fasterxml.jackson.core:jackson-databind");
    }
  }

  @Test
  void textIsStrictUtf8() {
    Codec<String> codec = Codecs.string();

    assertThat(codec.decode(codec.encode("zu\u00df \ud83d\ude00"), 1))
        .isEqualTo("zu\u00df \ud83d\ude00");
    assertThatThrownBy(() -> codec.encode("\ud83d")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> codec.decode(new byte[] {(byte) 0xff}, 1))
        .isInstanceOf(CorruptStateException.class);
  }

  @Test
  void bytesAreCopied() {
    byte[] value = {1, 2};
    byte[] encoded = Codecs.bytes().encode(value);
    value[0] = 9;

    assertThat(encoded).containsExactly(1, 2);
  }
}
