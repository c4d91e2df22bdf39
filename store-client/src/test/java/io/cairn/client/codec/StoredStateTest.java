package io.cairn.client.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cairn.protocol.Limits;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.CRC32C;
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
  void aDeflatedFrameOfGoldenBytesIsRead() {
    byte[] stored =
        HexFormat.of()
            .parseHex(
                "43524e5301810000000300000011" + "01591d91" + "0000040063601805a321301a0223350400");

    assertThat(StoredState.parse(stored).payload()).isEqualTo(new byte[1_024]);
    assertThat(StoredState.parse(stored).codec()).isEqualTo(CodecKind.BYTES);
    assertThat(StoredState.parse(stored).schemaVersion()).isEqualTo(3);
    assertThat(deflated(1_024, Arrays.copyOfRange(stored, 22, stored.length))).isEqualTo(stored);
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

  @Test
  void aStateThatCanBeSmallerIsDeflatedAndComesBack() {
    byte[] plain = StoredState.encode(codec, "a line of text; ".repeat(1_000));
    byte[] deflated = StoredState.deflated(plain);

    assertThat(deflated.length).isLessThan(plain.length / 10);
    assertThat(StoredState.parse(deflated).isDeflated()).isTrue();
    assertThat(StoredState.parse(plain).isDeflated()).isFalse();
    assertThat(StoredState.decode(codec, deflated)).isEqualTo("a line of text; ".repeat(1_000));
    assertThat(StoredState.parse(deflated).payload()).isEqualTo(StoredState.parse(plain).payload());
    assertThat(StoredState.deflated(deflated)).isSameAs(deflated);
  }

  @Test
  void aStateIsLeftAloneWhereDeflatingDoesNotPay() {
    byte[] noise = new byte[10_000];
    new Random(7).nextBytes(noise);
    byte[] incompressible = StoredState.encode(Codecs.bytes(), noise);
    byte[] shortest = StoredState.encode(Codecs.bytes(), new byte[511]);
    byte[] enough = StoredState.encode(Codecs.bytes(), new byte[512]);
    byte[] large = StoredState.encode(Codecs.bytes(), new byte[Limits.VALUE_BYTES_MAX + 1]);

    assertThat(StoredState.deflated(incompressible)).isSameAs(incompressible);
    assertThat(StoredState.deflated(shortest)).isSameAs(shortest);
    assertThat(StoredState.deflated(enough)).isNotSameAs(enough);
    assertThat(StoredState.deflated(large)).isSameAs(large);
  }

  @Test
  void aDeflatedStateThatIsNotWhatItSaysIsCorrupt() {
    byte[] million = StoredState.deflated(StoredState.encode(Codecs.bytes(), new byte[1_000_000]));
    byte[] stream = Arrays.copyOfRange(million, StoredState.HEADER_BYTES + 4, million.length);
    byte[] cut = Arrays.copyOf(stream, stream.length - 1);
    byte[] longer = Arrays.copyOf(stream, stream.length + 1);

    assertThat(StoredState.parse(deflated(1_000_000, stream)).payload()).hasSize(1_000_000);
    assertCorrupt(
        deflated(999_999, stream), "expected a deflated payload of 999999 bytes, found more");
    assertCorrupt(deflated(1_000_001, stream), "found 1000000 and another end");
    assertCorrupt(deflated(0, stream), "expected a deflated payload of 0 bytes, found more");
    assertCorrupt(deflated(1_000_000, cut), "another end");
    assertCorrupt(deflated(1_000_000, longer), "another end");
    assertCorrupt(deflated(Integer.MAX_VALUE, stream), "at most 1048576 bytes, found 2147483647");
    assertCorrupt(deflated(-1, stream), "at most 1048576 bytes, found 4294967295");
    assertCorrupt(deflated(4, new byte[] {(byte) 0xff, 1, 2}), "cannot be inflated");
    assertCorrupt(frame(new byte[3]), "found 3 bytes");
  }

  @Test
  void everySingleFlippedBitOfADeflatedStateIsFound() {
    byte[] stored = StoredState.deflated(StoredState.encode(codec, "again ".repeat(100)));
    for (int bit = 0; bit < stored.length * 8; bit++) {
      byte[] damaged = stored.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> StoredState.decode(codec, damaged))
          .as("bit %d", bit)
          .isInstanceOf(CorruptStateException.class);
    }
  }

  /** A deflated frame that says how long its payload is, right or wrong. */
  private static byte[] deflated(int length, byte[] stream) {
    return frame(ByteBuffer.allocate(4 + stream.length).putInt(length).put(stream).array());
  }

  private static byte[] frame(byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(StoredState.HEADER_BYTES + payload.length);
    frame.put(new byte[] {'C', 'R', 'N', 'S', 1, (byte) 0x81}).putInt(3).putInt(payload.length);
    CRC32C crc = new CRC32C();
    crc.update(frame.array(), 0, frame.position());
    crc.update(payload);
    return frame.putInt((int) crc.getValue()).put(payload).array();
  }

  private static void assertCorrupt(byte[] stored, String message) {
    assertThatThrownBy(() -> StoredState.parse(stored))
        .isInstanceOf(CorruptStateException.class)
        .hasMessageContaining(message);
  }
}
