package io.cairn.client.codec.hessian;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cairn.client.codec.Codec;
import io.cairn.client.codec.Codecs;
import io.cairn.client.codec.CorruptStateException;
import io.cairn.client.codec.hessian.States.Cursor;
import io.cairn.client.codec.hessian.States.Node;
import io.cairn.client.codec.hessian.States.Wide;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HostileBytesTest {
  private static final int MUTATIONS = 100_000;

  private final Codec<Object> codec = Codecs.hessian(Object.class);

  @Test
  void declaredLengthsAreBoundedByTheBytesThatAreLeft() {
    refused("Vt\0\23java.util.ArrayListl\177\377\377\377z", "length of 2147483647");
    refused("Vt\0\23java.util.ArrayListl\200\0\0\0z", "length of -2147483648");
    refused("Vt\0\2[Jl\177\377\377\377z", "length of 2147483647");
    refused("S\377\377abc", "length of 65535");
    refused("B\377\377abc", "length of 65535");
    refused("O\244java.time.LocalDateI\177\377\377\377", "");
    refused("OI\177\377\377\377a", "length of 2147483647");
    refused("t\377\377a", "unknown token");
  }

  @Test
  void brokenStructureIsRefused() {
    refused("", "found the end");
    refused("NN", "1 more bytes");
    refused("J\0", "reference below 0, found 0");
    refused("o\220", "definition number below 0");
    refused("v\220\220", "type number below 0");
    refused("M\220z", "expected a type name");
    refused("Mt\0\21java.util.HashMapN", "the end");
    refused("Mt\0\23java.util.ArrayListz", "expected a LIST token");
    refused("Vt\0\7foo.Barn\0z", "class foo.Bar is not allowed");
    refused("Vt\0\7my pass n\0z", "a class name of 7 chars");
    refused("Vt\0\25[[[[[[[[[[[[[[[[[[[[In\0z", "not allowed");
    refused("r\220", "unknown token 0x72");
    refused("d\0\0\0\0\0\0\0\0", "unknown token 0x64");
    refused("P\0\0", "unknown token 0x50");
  }

  @Test
  void aDeepNestIsRefusedAndNotAStackOverflow() {
    refused("Vt\0\23java.util.ArrayListn\1" + "v\220\221".repeat(100_000), "nested deeper");
  }

  @Test
  void aSetThatHoldsItselfIsRefusedAndNotAStackOverflow() {
    refused(
        "Vt\0\21java.util.HashSetn\1Vt\0\23java.util.ArrayListn\1J\1zz", "a key that holds itself");
  }

  @Test
  void aRecordThatRefusesItsComponentsMakesTheStateCorrupt() {
    Codec<Cursor> cursors = Codecs.hessian(Cursor.class);
    byte[] bytes = cursors.encode(new Cursor("f", 1));
    assertThat(bytes[bytes.length - 1]).as("long 1").isEqualTo((byte) 0xe1);
    bytes[bytes.length - 1] = (byte) 0xdf; // long -1

    assertThatThrownBy(() -> cursors.decode(bytes, 1))
        .isInstanceOf(CorruptStateException.class)
        .hasMessageContaining("Cursor refused its values: java.lang.IllegalArgumentException at")
        .hasMessageNotContaining("secret");
  }

  @Test
  void randomMutationsAreCorruptOrAValidState() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("HostileBytesTest -Dseed=" + seed);
    Random random = new Random(seed);
    Node root = new Node("root", 1);
    root.next = root;
    root.children.addAll(List.of(new Node("a", 2), root, new Node("b", 3)));
    Codec<Wide> wides = Codecs.hessian(Wide.class);
    Codec<Node> nodes = Codecs.hessian(Node.class);
    List<byte[]> seeds =
        List.of(
            wides.encode(States.wide()),
            nodes.encode(root),
            codec.encode(new ArrayList<>(List.of(new HashMap<>(Map.of(1, "a")), new int[9], 1))));
    List<Codec<?>> codecs = List.of(wides, nodes, codec);
    List<Class<?>> types = List.of(Wide.class, Node.class, Object.class);
    int valid = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      int which = random.nextInt(seeds.size());
      byte[] mutated = mutate(seeds.get(which), random);
      try {
        assertThat(codecs.get(which).decode(mutated, 1)).isInstanceOf(types.get(which));
        valid++;
      } catch (CorruptStateException e) {
        assertThat(e.getMessage()).isNotEmpty();
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed %d, mutation %d".formatted(seed, i), e);
      }
    }
    assertThat(valid).isBetween(1, MUTATIONS - 1);
  }

  private static byte[] mutate(byte[] original, Random random) {
    byte[] bytes = original.clone();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
        case 3 -> bytes[at] = (byte) "NTFVvMOozJKRSsBbILD".charAt(random.nextInt(19));
        default -> {
          int length = Math.min(random.nextInt(16), bytes.length - at);
          int from = random.nextInt(bytes.length - length + 1);
          System.arraycopy(bytes, from, bytes, at, length);
        }
      }
    }
    return bytes;
  }

  private void refused(String bytes, String reason) {
    assertThatThrownBy(() -> codec.decode(bytes.getBytes(ISO_8859_1), 1))
        .isInstanceOf(CorruptStateException.class)
        .hasMessageContaining(reason);
  }
}
