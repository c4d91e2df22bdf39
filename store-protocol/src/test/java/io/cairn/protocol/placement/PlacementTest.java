package io.cairn.protocol.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.cairn.protocol.placement.Placement.Move;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Placement under a bound: who moves, who stays, and that every replica computes the same. */
class PlacementTest {
  private static final int KEYS = 10_000;

  private static List<String> keys(int count) {
    return IntStream.range(0, count).mapToObj(i -> "key-" + i).toList();
  }

  private static Placement workers(int count) {
    Placement placement = Placement.of(64, 125);
    IntStream.rangeClosed(1, count).forEach(i -> placement.addNode("worker" + i));
    return placement;
  }

  private static Map<String, String> owners(Placement placement) {
    Map<String, String> owners = new TreeMap<>();
    placement.nodes().forEach(node -> placement.keys(node).forEach(key -> owners.put(key, node)));
    return owners;
  }

  private static void assertWithinBounds(Placement placement) {
    for (String node : placement.nodes()) {
      assertThat(placement.load(node)).as(node).isLessThanOrEqualTo(placement.bound(node));
    }
  }

  @Test
  void onlyTheKeysOfAWorkerThatLeavesMove() {
    Placement placement = workers(10);
    placement.placeAll(keys(KEYS));
    Map<String, String> before = owners(placement);
    int load = placement.load("worker3");
    List<Move> moves = placement.removeNode("worker3");
    System.out.printf("worker3 of 10 leaves: %d of %d keys move%n", moves.size(), KEYS);
    assertThat(moves).hasSize(load).allMatch(move -> move.from().equals(Optional.of("worker3")));
    assertThat(moves.size()).isBetween(KEYS / 10 - 400, KEYS / 10 + 400);
    assertFollows(before, moves, placement);
    assertWithinBounds(placement);
    assertThat(placement.spread().keysPerNode()).hasSize(9);
  }

  @Test
  void aWorkerThatComesTakesItsShare() {
    Placement placement = workers(9);
    placement.placeAll(keys(KEYS));
    Map<String, String> before = owners(placement);
    List<Move> moves = placement.addNode("worker10");
    int taken = placement.load("worker10");
    System.out.printf("a tenth comes: takes %d, %d move%n", taken, moves.size());
    assertThat(taken).isBetween(KEYS / 10 - 400, KEYS / 10 + 250);
    assertThat(moves.size()).isLessThan(KEYS / 10 + 600); // and what the smaller bound forces
    assertFollows(before, moves, placement);
    assertWithinBounds(placement);
  }

  @Test
  void spreadStaysWithinTheBound() {
    for (int percent : new int[] {100, 105, 125, 200}) {
      Placement placement = Placement.of(64, percent);
      IntStream.rangeClosed(1, 10).forEach(i -> placement.addNode("worker" + i));
      placement.placeAll(keys(KEYS));
      Spread spread = placement.spread();
      System.out.printf(
          "%d%%: min %d, max %d, max/mean %.3f, stddev %.1f%n",
          percent, spread.min(), spread.max(), spread.maxOverMean(), spread.stddev());
      assertThat(spread.keys()).isEqualTo(KEYS);
      assertThat(spread.mean()).isEqualTo(1_000);
      assertThat(spread.max()).isLessThanOrEqualTo(10 * percent);
      assertThat(spread.maxOverMean()).isLessThanOrEqualTo(percent / 100.0);
      assertThat(spread.stddev()).isLessThan(250);
    }
  }

  @Test
  void keysPlacedOneByOneAreBoundedToo() {
    Placement placement = workers(10);
    for (String key : keys(1_000)) {
      Optional<String> owner = placement.place(key);
      assertThat(owner).isPresent().isEqualTo(placement.owner(key));
      assertThat(placement.place(key)).isEqualTo(owner);
      assertWithinBounds(placement);
    }
    assertThat(placement.size()).isEqualTo(1_000);
  }

  @Test
  void boundsFollowWeights() {
    Placement placement = Placement.of(64, 110);
    placement.addNode("small");
    placement.addNode("large", 3);
    placement.placeAll(keys(1_000));
    assertThat(placement.bound("small")).isEqualTo(275);
    assertThat(placement.bound("large")).isEqualTo(825);
    assertWithinBounds(placement);
    placement.addNode("large", 1);
    assertThat(placement.bound("large")).isEqualTo(550);
    assertWithinBounds(placement);
    assertThat(placement.addNode("large", 1)).isEmpty();
  }

  @Test
  void keysWaitWhileThereIsNoWorker() {
    Placement placement = workers(1);
    placement.placeAll(keys(10));
    assertThat(placement.removeNode("worker1"))
        .hasSize(10)
        .allMatch(move -> move.from().isPresent() && move.to().isEmpty());
    assertThat(placement.place("late")).isEmpty();
    assertThat(placement.size()).isEqualTo(11);
    assertThat(placement.removeKey("key-3")).isTrue();
    assertThat(placement.owner("key-4")).isEmpty();
    assertThat(placement.addNode("worker2"))
        .hasSize(10)
        .allMatch(move -> move.from().isEmpty() && move.to().equals(Optional.of("worker2")));
    assertThat(placement.keys("worker2")).hasSize(10).contains("late").doesNotContain("key-3");
  }

  @Test
  void orderInWhichManyKeysAreGivenDoesNotMatter() {
    List<String> shuffled = new ArrayList<>(keys(2_000));
    Collections.shuffle(shuffled, TestSeed.of(PlacementTest.class));
    shuffled.addAll(keys(5));
    Placement one = workers(10);
    one.placeAll(keys(2_000));
    Placement other = workers(10);
    other.placeAll(shuffled);
    assertThat(owners(other)).isEqualTo(owners(one));
  }

  @Test
  void ownersStayWithTheVersion() {
    Placement placement = Placement.of(64, 105);
    IntStream.rangeClosed(1, 10).forEach(i -> placement.addNode("worker" + i));
    placement.placeAll(keys(KEYS));
    placement.removeNode("worker3");
    placement.addNode("worker11", 2);
    assertThat(Long.toHexString(HashRing.hash(owners(placement).toString())))
        .isEqualTo("b9c9e6a1ee51b328");
  }

  @Test
  void randomCallsKeepBoundsAndTellAllMoves() {
    Random random = TestSeed.of(PlacementTest.class);
    for (int round = 0; round < 40; round++) {
      Placement placement = Placement.of(1 + random.nextInt(20), 100 + random.nextInt(60));
      for (int call = 0; call < 150; call++) {
        Map<String, String> before = owners(placement);
        List<Move> moves = step(placement, random.nextInt(100), random);
        if (moves != null) {
          assertFollows(before, moves, placement);
          assertWithinBounds(placement);
        }
      }
    }
  }

  @Test
  void restoredPlacementGoesOnAlike() {
    Random random = TestSeed.of(PlacementTest.class);
    for (int round = 0; round < 40; round++) {
      Placement placement = Placement.of(8, 110);
      IntStream.range(0, 60).forEach(i -> step(placement, random.nextInt(100), random));
      placement.addNode("stays");
      Placement twin = Placement.of(8, 110);
      List<String> nodes = new ArrayList<>(placement.nodes());
      Collections.shuffle(nodes, random);
      nodes.forEach(node -> twin.addNode(node, placement.weight(node)));
      owners(placement).forEach(twin::restore);
      assertThat(owners(twin)).isEqualTo(owners(placement));
      long seed = random.nextLong();
      Random one = new Random(seed);
      Random other = new Random(seed);
      for (int i = 0; i < 60; i++) {
        List<Move> expected = step(placement, one.nextInt(100), one);
        assertThat(step(twin, other.nextInt(100), other)).isEqualTo(expected);
        assertThat(owners(twin)).isEqualTo(owners(placement));
      }
    }
  }

  /** One call; what it moved, or null if it is one that mends no bound. */
  private static List<Move> step(Placement placement, int what, Random random) {
    String node = "n" + random.nextInt(12);
    String key = "k" + random.nextInt(300);
    if (what < 10) {
      int weight = 1 + random.nextInt(3);
      return placement.weight(node) == weight ? null : placement.addNode(node, weight);
    } else if (what < 18) {
      return placement.weight(node) == 0 ? null : placement.removeNode(node);
    } else if (what < 23) {
      return placement.rebalance();
    } else if (what < 40) {
      placement.removeKey(key);
    } else if (what < 50) {
      placement.placeAll(keys(random.nextInt(40)));
    } else {
      placement.place(key);
    }
    return null;
  }

  /** What was, and the moves, is what is; and no key moves twice or stays where it was. */
  private static void assertFollows(
      Map<String, String> before, List<Move> moves, Placement placement) {
    Map<String, String> expected = new TreeMap<>(before);
    assertThat(moves).extracting(Move::key).doesNotHaveDuplicates();
    for (Move move : moves) {
      assertThat(Optional.ofNullable(expected.remove(move.key()))).isEqualTo(move.from());
      assertThat(move.to()).isNotEqualTo(move.from());
      move.to().ifPresent(node -> expected.put(move.key(), node));
    }
    assertThat(owners(placement)).isEqualTo(expected);
  }

  @Test
  void badInputIsRefusedWithTheValue() {
    Placement placement = workers(1);
    placement.place("a");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Placement.of(64, 99))
        .withMessageContaining("99");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> placement.restore("b", "nobody"))
        .withMessageContaining("nobody");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> placement.restore("a", "worker1"))
        .withMessageContaining("'a'");
    assertThatIllegalArgumentException().isThrownBy(() -> placement.bound("nobody"));
    assertThat(placement.load("nobody")).isZero();
    assertThat(placement.keys("nobody")).isEmpty();
    assertThat(placement.removeNode("nobody")).isEmpty();
    assertThat(placement.removeKey("nothing")).isFalse();
  }
}
