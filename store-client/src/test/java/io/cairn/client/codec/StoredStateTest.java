package io.cairn.client.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class StoredStateTest {
  private final Codec<String> codec = Codecs.string();

  @Test
  void aStateComesBackThroughItsFrame() {
    byte[] stored = StoredState.encode(codec, "line 42");

    assertThat(StoredState.decode(codec, stored)).isEqualTo("line 42");
    assertThat(StoredState.parse(stored).codec()).isEqualTo(CodecKind.STRING);
    assertThat(StoredState.parse(stored).schemaVersion()).isEqualTo(1);
  }

  @Test
  void theFrameHasItsGoldenBytes() {
    byte[] stored = StoredState.frame(CodecKind.BYTES, 3, new byte[] {1, 2, 3});

    assertThat(HexFormat.of().formatHex(stored))
        .isEqualTo("43524e5301010000000300000003" + "107edbdf" + "010203");
  }

  @Test
  void everySingleFlippedBitIsFound() {
    byte[] stored = StoredState.encode(codec, "a state of some length");
    for (int bit = 0; bit < stored.length * 8; bit++) {
      byte[] damaged = stored.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> StoredState.decode(codec, damaged))
          .as("bit %d", bit)
          .isInstanceOf(CorruptStateException.class)
          .hasMessageNotContaining("length a");
    }
  }

  @Test
  void everyTruncationIsFound() {
    byte[] stored = StoredState.encode(codec, "a state");
    for (int length = 0; length < stored.length; length++) {
      byte[] cut = Arrays.copyOf(stored, length);
      assertThatThrownBy(() -> StoredState.decode(codec, cut))
          .as("cut to %d", length)
          .isInstanceOf(CorruptStateException.class);
    }
    assertThatThrownBy(() -> StoredState.parse(Arrays.copyOf(stored, stored.length + 1)))
        .isInstanceOf(CorruptStateException.class);
  }

  @Test
  void aStateOfAnotherCodecIsIncompatibleNotCorrupt() {
    byte[] stored = StoredState.encode(Codecs.bytes(), new byte[] {1});

    assertThatThrownBy(() -> StoredState.decode(codec, stored))
        .isInstanceOf(IncompatibleStateException.class)
        .hasMessage("stored state: expected codec string, found codec bytes");
  }

  @Test
  void aStateOfANewerSchemaIsIncompatibleNotCorrupt() {
    byte[] stored = StoredState.encode(Codecs.versioned(codec, 3), "new");

    assertThat(StoredState.decode(Codecs.versioned(codec, 3), stored)).isEqualTo("new");
    assertThat(StoredState.decode(Codecs.versioned(codec, 4), stored)).isEqualTo("new");
    assertThatThrownBy(() -> StoredState.decode(Codecs.versioned(codec, 2), stored))
        .isInstanceOf(IncompatibleStateException.class)
        .hasMessage("codec string: expected schema version 1 to 2, found 3");
  }

  @Test
  void codecNumbersAreUniqueAndStable() {
    assertThat(CodecKind.values())
        .extracting(CodecKind::number)
        .containsExactly(1, 2, 3, 4, 5, 127);
    assertThat(CodecKind.ofId("mine")).isEqualTo(CodecKind.CUSTOM);
    assertThat(CodecKind.ofNumber(99)).isEmpty();
  }
}
