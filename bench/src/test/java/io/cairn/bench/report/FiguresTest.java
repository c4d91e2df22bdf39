package io.cairn.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class FiguresTest {
  @Test
  void figuresKeepTheirOrderInBothForms() {
    Figures figures =
        new Figures()
            .put("puts", 3)
            .put("p50_ms", 0.5)
            .put("rss", List.of(1L, 2L))
            .put("w", "a\"b");
    assertThat(figures.json())
        .isEqualTo("{\"puts\":3,\"p50_ms\":0.500,\"rss\":[1,2],\"w\":\"a\\\"b\"}\n");
    assertThat(figures.text().lines().map(line -> line.replaceAll(" +", " ")))
        .containsExactly("puts 3", "p50_ms 0.500", "rss 1 2", "w a\"b");
  }

  @Test
  void latenciesAreGivenInMilliseconds() {
    Histogram nanos = new Histogram(10_000_000_000L, 3);
    nanos.recordValueWithCount(1_000_000, 99);
    nanos.recordValue(2_000_000_000);
    assertThat(Latencies.of(nanos).text())
        .containsPattern("p50_ms +1\\.000")
        .containsPattern("max_ms +2000\\.");
  }
}
