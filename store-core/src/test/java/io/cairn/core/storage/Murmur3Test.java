package io.cairn.core.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Murmur3Test {
  private static final int SEED = 0x43_41_49_52;

  @Test
  void hashesOfAllShortPiecesAreThoseOfGuava() {
    long seed = TestSeed.of(Murmur3Test.class, 3);
    Random random = new Random(seed);
    Murmur3 ours = new Murmur3(SEED);
    for (int first = 0; first < 70; first++) {
      for (int second = 0; second < 70; second++) {
        byte[] one = new byte[first];
        byte[] two = new byte[second];
        random.nextBytes(one);
        random.nextBytes(two);
        Hasher hasher = Hashing.murmur3_128(SEED).newHasher();
        hasher.putInt(first).putInt(second - 7).putBytes(one).putBytes(two);
        ByteBuffer expected =
            ByteBuffer.wrap(hasher.hash().asBytes()).order(ByteOrder.LITTLE_ENDIAN);
        ours.begin().add(first).add(second - 7).add(one).add(two).end();
        assertThat(new long[] {ours.low(), ours.high()})
            .as("%d and %d bytes", first, second)
            .containsExactly(expected.getLong(0), expected.getLong(8));
      }
    }
  }
}
