package io.cairn.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cairn.bench.engine.Pace;
import io.cairn.bench.peers.StoreKind;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

class ReportsTest {
  private static final Cell PUTS = new Cell(Work.PUTS, 256, new Pace.Closed(16));
  private static final Cell LARGE = new Cell(Work.CHECKPOINTS, 1 << 20, new Pace.Closed(1));

  private final Comparison found = found();
  private final Map<String, String> machine = Map.of("processors", "2", "disk", "<ext4>");

  private static Comparison found() {
    Plan plan =
        new Plan(
            List.of(StoreKind.CAIRN, StoreKind.ETCD, StoreKind.ZOOKEEPER),
            List.of(PUTS, LARGE),
            2,
            30,
            2.5);
    Comparison found = new Comparison(plan);
    found.started(new Comparison.Store(StoreKind.CAIRN, "0.1", "3 servers"));
    found.started(new Comparison.Store(StoreKind.ZOOKEEPER, "3.8", "3 servers"));
    found.isMissing(StoreKind.ETCD, "no etcd in /usr/bin");
    found.isLeftOut(LARGE, StoreKind.ZOOKEEPER, "takes no value over 1040000 bytes");
    for (int round = 0; round < 2; round++) {
      found.add(PUTS, StoreKind.CAIRN, SpreadTest.sample(1_000_000, 10));
      found.add(PUTS, StoreKind.ZOOKEEPER, SpreadTest.sample(2_000_000, 10));
      found.add(LARGE, StoreKind.CAIRN, SpreadTest.sample(5_000_000, 10));
    }
    return found;
  }

  @Test
  void jsonHasEachRoundAndWhatWasSkipped() throws Exception {
    JsonNode json = new ObjectMapper().readTree(ComparisonJson.of(found, machine));
    assertThat(json.at("/skipped/etcd").textValue()).contains("no etcd");
    assertThat(json.at("/cells/0/pace").textValue()).isEqualTo("C=16");
    JsonNode theirs = json.at("/cells/0/stores/zookeeper");
    assertThat(theirs.at("/ops_per_second")).hasSize(2);
    assertThat(theirs.at("/cairn_divided_by_this/ops_per_second/median").doubleValue())
        .isEqualTo(2.0);
    assertThat(json.at("/cells/1/skipped/zookeeper").textValue()).contains("1040000");
  }

  @Test
  void tableHasALineForEachStoreAlsoIfItWasSkipped() {
    List<String> lines =
        ComparisonTable.of(found).lines().map(line -> line.replaceAll(" +", " ")).toList();
    assertThat(lines.get(0)).isEqualTo("SKIPPED etcd: no etcd in /usr/bin");
    assertThat(lines)
        .contains(
            "puts, 256 B, C=16 cairn 1,000 1.00 1.00 100 20 4.0 0",
            " etcd SKIPPED: not installed",
            " zookeeper 500 2.00 2.00 100 20 4.0 0 2.00 (2.00 to 2.00) 1.00",
            " zookeeper SKIPPED: takes no value over 1040000 bytes");
  }

  @Test
  void pageStandsByItselfAndIsWellFormed() throws Exception {
    String page = ComparisonPage.of(found, machine);
    assertThat(page)
        .contains("etcd was skipped:", "&lt;ext4&gt;", "<svg", "takes no value over 1040000")
        .doesNotContain("http://", "https://", "<script", "NaN");
    String svg = page.substring(page.indexOf("<svg"), page.indexOf("</svg>") + 6);
    assertThat(
            DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)))
                .getElementsByTagName("rect")
                .getLength())
        .isEqualTo(2);
  }
}
