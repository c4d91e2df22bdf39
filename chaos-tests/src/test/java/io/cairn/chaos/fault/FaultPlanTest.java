package io.cairn.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cairn.chaos.cluster.Cluster;
import io.cairn.chaos.cluster.ClusterOptions;
import io.cairn.chaos.cluster.Clusters;
import io.cairn.chaos.history.Keyword;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultPlanTest {
  private static final List<String> NODES = List.of("n1", "n2", "n3", "n4", "n5");

  @TempDir Path folder = Path.of("");

  @Test
  void namesAndColoursAreUnique() {
    assertThat(Faults.names()).doesNotHaveDuplicates().hasSizeGreaterThan(30);
    assertThat(Faults.kinds().stream().map(FaultKind::colour).toList())
        .doesNotHaveDuplicates()
        .allMatch(colour -> colour.matches("#[0-9a-f]{6}"));
    assertThat(Faults.names()).allMatch(name -> name.matches("[a-z][a-z-]*"));
  }

  @Test
  void unknownFaultIsNamedWithThoseThatExist() {
    assertThatThrownBy(() -> Faults.kind("kil"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'kil'")
        .hasMessageContaining("kill, pause");
  }

  @Test
  void sameSeedPlansTheSameAndOnlyValuesOfAHistory() {
    String home = System.getProperty("cairn.home");
    System.setProperty("cairn.home", fakeHome()); // nothing is started
    ClusterOptions options = ClusterOptions.of(3, folder.resolve("run"));
    try (Cluster cluster = Clusters.create(options)) {
      for (String name : Faults.names()) {
        Fault fault = Faults.open(name, cluster);
        List<Object> once = plans(fault, 5);
        assertThat(once).as(name).isEqualTo(plans(Faults.open(name, cluster), 5));
        once.forEach(plan -> assertThat(isValue(plan)).as(name + " " + plan).isTrue());
        assertThat(fault.end()).as(name).isEqualTo(new Keyword("nothing"));
        assertThat(fault.evidence().values()).as(name).allMatch(count -> count == 0);
      }
    } finally {
      if (home == null) {
        System.clearProperty("cairn.home");
      } else {
        System.setProperty("cairn.home", home);
      }
    }
  }

  /** Leases are counted by its clock, and nobody looks at those that last longer. */
  @Test
  void driftMakesTheLeadersClockFastEveryOtherTime() {
    String home = System.getProperty("cairn.home");
    System.setProperty("cairn.home", fakeHome());
    try (Cluster cluster = Clusters.create(ClusterOptions.of(3, folder.resolve("run")))) {
      Fault drift = Faults.open("clock-drift", cluster);
      long most = Faults.clockFastPpm(List.of("kill", "clock-drift"));
      for (long round = 0; round < 40; round++) {
        Map<?, ?> plan = (Map<?, ?>) drift.plan(round, new SplittableRandom(round));
        long skew = (Long) plan.get("skew-ppm");
        assertThat(skew).isLessThanOrEqualTo(most);
        if (round % 2 == 0) {
          assertThat(Target.of(plan)).isEqualTo(Target.LEADER);
          assertThat(skew).isGreaterThanOrEqualTo(100_000);
        }
      }
      assertThat(Faults.clockFastPpm(List.of("clock-jump"))).isZero();
    } finally {
      if (home == null) {
        System.clearProperty("cairn.home");
      } else {
        System.setProperty("cairn.home", home);
      }
    }
  }

  @Test
  void faultsThatShareTheirMeansClash() {
    assertThat(Faults.clash(List.of("partition", "delay"))).isPresent();
    assertThat(Faults.clash(List.of("slow-disk", "lying-fsync"))).isPresent();
    assertThat(Faults.clash(List.of("partition", "kill", "clock-jump", "io-error"))).isEmpty();
  }

  @Test
  void nobodyTouchesAFileSystemThatHangs() {
    for (String other : List.of("disk-full", "inodes", "power-cut", "device-failure")) {
      assertThat(Faults.clash(List.of("hung-disk", other))).as(other).isPresent();
    }
    assertThat(Faults.clash(List.of("hung-disk", "kill", "bit-flip"))).isEmpty();
    assertThat(Faults.clash(List.of("disk-full", "inodes"))).isEmpty();
  }

  private String fakeHome() {
    Path jar = folder.resolve("home/store-server/target/store-server.jar");
    try {
      Files.createDirectories(jar.getParent());
      Files.createFile(jar);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return folder.resolve("home").toString();
  }

  private static List<Object> plans(Fault fault, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return IntStream.range(0, 20).mapToObj(i -> fault.plan(random)).toList();
  }

  private static boolean isValue(Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .allMatch(entry -> entry.getKey() instanceof String && isValue(entry.getValue()));
    }
    if (value instanceof List<?> list) {
      return list.stream().allMatch(FaultPlanTest::isValue);
    }
    return value instanceof Long
        || value instanceof String
        || value instanceof Boolean
        || value instanceof Keyword;
  }

  @Test
  void targetsCountTheirNodes() {
    assertThat(Target.ONE.count(3)).isEqualTo(1);
    assertThat(Target.MINORITY.count(5)).isEqualTo(2);
    assertThat(Target.MAJORITY.count(5)).isEqualTo(3);
    assertThat(Target.ALL.count(4)).isEqualTo(4);
    assertThat(Target.MINORITY.count(1)).isEqualTo(1);
  }

  @Test
  void planNamesItsTargetAndEachNodeOnce() {
    SplittableRandom random = new SplittableRandom(1);
    Set<Target> seen = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      Map<String, Object> plan = Target.plan(Target.every(), NODES, random);
      seen.add(Target.of(plan));
      assertThat(plan.get("order"))
          .asInstanceOf(InstanceOfAssertFactories.LIST)
          .containsExactlyInAnyOrderElementsOf(NODES);
    }
    assertThat(seen).containsExactlyInAnyOrder(Target.values());
  }

  @Test
  void partitionsCutWhatTheirNamesSay() {
    assertThat(Partition.ONE.cuts(3))
        .containsExactly(new Partition.Cut(0, 1), new Partition.Cut(0, 2));
    assertThat(Partition.HALVES.cuts(5)).hasSize(6);
    assertThat(Partition.BRIDGE.cuts(3)).containsExactly(new Partition.Cut(1, 2));
    assertThat(Partition.BRIDGE.cuts(5)).hasSize(4);
  }

  @Test
  void inARingEachNodeSeesAMajorityAndNoTwoTheSame() {
    for (int nodes : new int[] {5, 7, 9}) {
      List<Partition.Cut> cuts = Partition.RING.cuts(nodes);
      Set<Set<Integer>> views = new HashSet<>();
      for (int node = 0; node < nodes; node++) {
        Set<Integer> view = new HashSet<>(IntStream.range(0, nodes).boxed().toList());
        for (Partition.Cut cut : cuts) {
          if (cut.one() == node) {
            view.remove(cut.other());
          } else if (cut.other() == node) {
            view.remove(cut.one());
          }
        }
        assertThat(view).hasSizeGreaterThan(nodes / 2).hasSizeLessThan(nodes);
        views.add(view);
      }
      assertThat(views).hasSize(nodes);
    }
  }
}
