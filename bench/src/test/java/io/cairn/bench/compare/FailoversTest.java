package io.cairn.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cairn.bench.peers.StoreKind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FailoversTest {
  private static final long MILLI = 1_000_000;

  @Test
  void gapIsTheLongestTimeBetweenTwoThatWereAcknowledged() {
    assertThat(Failovers.longestMillis(List.of(0L, 5 * MILLI, 905 * MILLI, 910 * MILLI)))
        .isEqualTo(900);
    assertThat(Failovers.longestMillis(List.of(7L))).isZero();
  }

  @Test
  void timelineBeginsASecondBeforeTheFault() {
    long fault = 10_000 * MILLI;
    List<Integer> buckets =
        Failovers.buckets(
            List.of(fault - 1_001 * MILLI, fault - 1_000 * MILLI, fault - 1, fault), fault);
    assertThat(buckets.get(0)).isEqualTo(1);
    assertThat(buckets.get(Failovers.BUCKETS_BEFORE - 1)).isEqualTo(1);
    assertThat(buckets.get(Failovers.BUCKETS_BEFORE)).isEqualTo(1);
    assertThat(buckets.stream().mapToInt(Integer::intValue).sum()).isEqualTo(3);
  }

  @Test
  void reportHasAllGapsOfEachStoreAndWhatWasSkipped() throws Exception {
    FailoverReport report = new FailoverReport(Fault.KILL);
    List<Integer> timeline = Failovers.buckets(List.of(0L), 0);
    report.add(
        new Comparison.Store(StoreKind.CAIRN, "0.1", "3 servers"),
        List.of(
            new Failovers.Gap(900, 0, timeline),
            new Failovers.Gap(700, 0, timeline),
            new Failovers.Gap(800, 1, timeline)));
    report.add(
        new Comparison.Store(StoreKind.ETCD, "3.4", "3 servers"),
        List.of(new Failovers.Gap(1_500, 0, timeline)));
    report.skip(StoreKind.POSTGRES, "one server");
    JsonNode json = new ObjectMapper().readTree(report.figures().json());
    assertThat(json.at("/gap_p50_ms").intValue()).isEqualTo(800);
    assertThat(json.at("/gap_max_ms").intValue()).isEqualTo(900);
    assertThat(json.at("/puts_failed").intValue()).isEqualTo(1);
    assertThat(json.at("/etcd_gap_ms/0").intValue()).isEqualTo(1_500);
    assertThat(json.at("/postgres_skipped").textValue()).isEqualTo("one server");
    assertThat(report.page(Map.of()))
        .contains("median 800 ms, from 700 to 900 ms", "postgres was skipped:", "<svg");
  }
}
