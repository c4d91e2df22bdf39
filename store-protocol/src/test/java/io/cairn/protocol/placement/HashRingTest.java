package io.cairn.protocol.placement;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The ring: values that must never change, owners against a plain model, cost. */
class HashRingTest {
  private static HashRing ring(int virtualNodes, int nodes) {
    HashRing ring = HashRing.of(virtualNodes);
    IntStream.rangeClosed(1, nodes).forEach(i -> ring.add("node" + i));
    return ring;
  }

  private static List<String> keys(int count) {
    return IntStream.range(0, count).mapToObj(i -> "key-" + i).toList();
  }

  /** Published values of XXH64 with seed 0, and those of another implementation for the others. */
  @ParameterizedTest
  @CsvSource({
    "'', ef46db3751d8e999",
    "a, d24ec4f1a98c6e5b",
    "abc, 44bc2cf5ad770999",
    "Nobody inspects the spammish repetition, fbcea83c8a378bf1",
  })
  void hashIsXxh64(String key, String expected) {
    assertThat(Long.toHexString(HashRing.hash(key))).isEqualTo(expected);
    assertThat(HashRing.hash(key.getBytes(UTF_8))).isEqualTo(HashRing.hash(key));
  }

  /** Published values of SplitMix64 with seed 1234567. */
  @Test
  void positionsAreThoseOfSplitMix64() {
    assertThat(IntStream.range(0, 5).mapToObj(i -> RingHash.position(1_234_567, i)))
        .extracting(Long::toUnsignedString)
        .containsExactly(
            "6457827717110365317",
            "3203168211198807973",
            "9817491932198370423",
            "4593380528125082431",
            "16408922859458223821");
  }

  @Test
  void ownersStayWithTheVersion() {
    assertThat(HashRing.HASH_VERSION).isEqualTo(1);
    HashRing ring = ring(64, 5);
    ring.add("zürich", 3);
    assertThat(keys(12).stream().map(key -> ring.owner(key).orElseThrow()))
        .containsExactly(
            "node4", "zürich", "node5", "node1", "node3", "node3", "zürich", "node3", "node2",
            "zürich", "zürich", "zürich");
    assertThat(digest(ring)).isEqualTo("5eee29a883afca97");
  }

  /** The owners of many keys in one number. */
  private static String digest(HashRing ring) {
    long digest = 0;
    for (String key : keys(10_000)) {
      digest = digest * 31 + HashRing.hash(ring.owner(key).orElseThrow());
    }
    return Long.toHexString(digest);
  }

  @Test
  void emptyRingHasNoOwner() {
    HashRing ring = HashRing.of(8);
    assertThat(ring.owner("a")).isEmpty();
    assertThat(ring.owner("a", node -> true)).isEmpty();
    assertThat(ring.nearest("a", List.of("n"))).isEmpty();
    assertThat(ring.spread(Stream.of("a")).keysPerNode()).isEmpty();
    assertThat(ring.remove("n")).isFalse();
  }

  @Test
  void nodesComeAndGoOnce() {
    HashRing ring = HashRing.of(8);
    assertThat(ring.add("b")).isTrue();
    assertThat(ring.add("b")).isFalse();
    assertThat(ring.add("a", 2)).isTrue();
    assertThat(ring.nodes()).containsExactly("a", "b");
    assertThat(ring.size()).isEqualTo(2);
    assertThat(ring.totalWeight()).isEqualTo(3);
    assertThat(ring.add("a", 5)).isTrue();
    assertThat(ring.weight("a")).isEqualTo(5);
    assertThat(ring.totalWeight()).isEqualTo(6);
    assertThat(ring.remove("a")).isTrue();
    assertThat(ring.contains("a")).isFalse();
    assertThat(ring.weight("a")).isZero();
    assertThat(ring.owner("any")).contains("b");
  }

  @Test
  void ringIsAFunctionOfItsNodes() {
    Random random = TestSeed.of(HashRingTest.class);
    Map<String, Integer> weights = new TreeMap<>();
    HashRing ring = HashRing.of(4);
    for (int step = 0; step < 500; step++) {
      String node = "n" + random.nextInt(30);
      if (random.nextInt(3) == 0) {
        assertThat(ring.remove(node)).isEqualTo(weights.remove(node) != null);
      } else {
        int weight = 1 + random.nextInt(3);
        Integer before = weights.put(node, weight);
        assertThat(ring.add(node, weight)).isEqualTo(before == null || before != weight);
      }
      assertThat(ring.nodes()).containsExactlyElementsOf(weights.keySet());
      for (int i = 0; i < 20; i++) {
        long hash = i == 0 && !weights.isEmpty() ? aPosition(weights, 4) : random.nextLong();
        assertThat(ring.owner(hash)).isEqualTo(plainOwner(weights, 4, hash, weights.keySet()));
      }
    }
  }

  private static long aPosition(Map<String, Integer> weights, int virtualNodes) {
    String first = weights.keySet().iterator().next();
    return RingHash.position(HashRing.hash(first), virtualNodes - 1);
  }

  /** The model: of all positions of those who accept, the one the shortest way ahead. */
  private static Optional<String> plainOwner(
      Map<String, Integer> weights, int virtualNodes, long hash, Set<String> accepting) {
    String owner = null;
    long least = 0;
    for (Map.Entry<String, Integer> node : weights.entrySet()) {
      for (int i = 0; i < virtualNodes * node.getValue(); i++) {
        long ahead = RingHash.position(HashRing.hash(node.getKey()), i) - hash;
        if (accepting.contains(node.getKey())
            && (owner == null || Long.compareUnsigned(ahead, least) < 0)) {
          owner = node.getKey();
          least = ahead;
        }
      }
    }
    return Optional.ofNullable(owner);
  }

  @Test
  void nearestCandidateIsTheFirstThatAccepts() {
    Random random = TestSeed.of(HashRingTest.class);
    for (int round = 0; round < 300; round++) {
      int nodes = 1 + random.nextInt(60);
      HashRing ring = HashRing.of(1 + random.nextInt(20));
      Map<String, Integer> weights = new TreeMap<>();
      for (int i = 0; i < nodes; i++) {
        weights.put("n" + i, 1 + random.nextInt(3));
      }
      weights.forEach(ring::add);
      List<String> candidates = new ArrayList<>();
      for (int i = random.nextInt(10); i > 0; i--) {
        candidates.add("n" + random.nextInt(nodes + 5)); // some twice, some not on the ring
      }
      Collections.shuffle(candidates, random);
      for (int i = 0; i < 20; i++) {
        long hash = random.nextLong();
        Optional<String> nearest = ring.nearest(hash, candidates);
        assertThat(nearest).isEqualTo(ring.owner(hash, candidates::contains));
        assertThat(nearest).isIn(Optional.empty(), ring.nearest(hash, Set.copyOf(candidates)));
      }
      assertThat(ring.nearest("key", candidates))
          .isEqualTo(ring.owner("key", candidates::contains));
    }
  }

  @Test
  void eachNodeIsAskedAtMostOnce() {
    HashRing ring = ring(64, 40);
    List<String> asked = new ArrayList<>();
    assertThat(
            ring.owner(
                "key",
                node -> {
                  asked.add(node);
                  return false;
                }))
        .isEmpty();
    assertThat(asked).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(ring.nodes());
    assertThat(ring.owner("key")).contains(asked.get(0));
    assertThat(ring.owner("key", node -> !node.equals(asked.get(0)))).contains(asked.get(1));
    assertThat(ring.owner("key", asked.get(39)::equals)).contains(asked.get(39));
  }

  @Test
  void onlyTheKeysOfANodeThatLeavesChangeHands() {
    HashRing before = ring(64, 10);
    HashRing after = ring(64, 10);
    after.remove("node4");
    int moved = 0;
    for (String key : keys(10_000)) {
      String owner = before.owner(key).orElseThrow();
      if (owner.equals("node4")) {
        moved++;
      } else {
        assertThat(after.owner(key)).contains(owner);
      }
    }
    System.out.println("one of 10 leaves: " + moved + " of 10000 keys move");
    assertThat(moved).isBetween(600, 1_400);
  }

  @Test
  void sharesAreEvenAndFollowWeights() {
    Spread even = ring(64, 10).spread(keys(100_000).stream());
    System.out.printf(
        "64 virtual nodes: max/mean %.3f, stddev %.1f%n", even.maxOverMean(), even.stddev());
    assertThat(even.keys()).isEqualTo(100_000);
    assertThat(even.mean()).isEqualTo(10_000);
    assertThat(even.maxOverMean()).isLessThan(1.4);
    assertThat(even.stddev()).isLessThan(2_000);
    HashRing weighted = ring(64, 9);
    weighted.add("big", 3);
    assertThat(weighted.spread(keys(100_000).stream()).keysPerNode().get("big"))
        .isBetween(20_000, 30_000); // 3 of 12 parts
  }

  @Test
  void fiveThousandNodesComeOneByOne() {
    HashRing ring = HashRing.of(64);
    long start = cpuNanos();
    for (int i = 0; i < 5_000; i++) {
      ring.add("worker-" + i);
    }
    long added = TimeUnit.NANOSECONDS.toMillis(cpuNanos() - start);
    List<String> few = List.of("worker-7", "worker-77", "worker-777");
    Set<String> owners = new HashSet<>();
    start = cpuNanos();
    for (String key : keys(10_000)) {
      owners.add(ring.nearest(key, few).orElseThrow());
    }
    long asked = TimeUnit.NANOSECONDS.toMillis(cpuNanos() - start);
    System.out.printf("5000 nodes added in %d ms of CPU; 10000 x nearest in %d ms%n", added, asked);
    assertThat(owners).containsExactlyInAnyOrderElementsOf(few);
    // Many times what it takes; building anew for each would take minutes.
    assertThat(added).isLessThan(5_000);
  }

  /** What this thread has worked, so that a busy machine does not count. */
  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  @ParameterizedTest
  @CsvSource({
    "0,1,125,0",
    "1,10,125,1",
    "10,10,100,1",
    "11,10,100,2",
    "10000,10,125,1250",
    "10000,10,100,1000",
    "10000,9,125,1389",
    "10000,3,110,3667",
    "7,2,500,7",
    "2147483647,1,2147483647,2147483647",
    "2147483647,2147483647,100,1",
    "2147483647,2,100,1073741824",
  })
  void boundIsTheMeanWithItsMarginRoundedUp(int keys, int nodes, int percent, int expected) {
    assertThat(HashRing.bound(keys, nodes, percent)).isEqualTo(expected);
  }

  @Test
  void boundsOfAllNodesHaveRoomForAllKeys() {
    Random random = TestSeed.of(HashRingTest.class);
    for (int i = 0; i < 10_000; i++) {
      int keys = random.nextInt(1_000_000);
      int nodes = 1 + random.nextInt(5_000);
      int percent = 100 + random.nextInt(100);
      long bound = HashRing.bound(keys, nodes, percent);
      assertThat(bound * nodes).isGreaterThanOrEqualTo(keys);
      assertThat((bound - 1) * 100 * nodes).isLessThan(Math.max(1, (long) keys * percent));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 65_537})
  void virtualNodesOutOfRangeAreRefused(int virtualNodes) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HashRing.of(virtualNodes))
        .withMessageContaining(String.valueOf(virtualNodes));
  }

  @Test
  void badNodesAndBoundsAreRefusedWithTheValue() {
    HashRing ring = HashRing.of(1_024);
    assertThatIllegalArgumentException().isThrownBy(() -> ring.add(""));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ring.add("a", 0))
        .withMessageContaining("'a' must be within 1 and 64, not 0");
    assertThatIllegalArgumentException().isThrownBy(() -> ring.add("a", 65));
    assertThat(ring.size()).isZero();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HashRing.bound(-1, 1, 125))
        .withMessageContaining("-1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HashRing.bound(1, 0, 125))
        .withMessageContaining("0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HashRing.bound(1, 1, 99))
        .withMessageContaining("99");
  }
}
