package io.cairn.chaos.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.check.Validity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MatrixPageTest {
  private static MatrixPage.Cell cell(
      String workload, List<String> faults, Validity validity, String note) {
    return new MatrixPage.Cell(
        workload, faults, 7, validity, 1_500, 90, OptionalLong.of(1_234), "001-" + workload, note);
  }

  @Test
  void aPageWithoutRunsProvesNothing() {
    MatrixPage page = new MatrixPage(Map.of());
    assertThat(page.validity()).isEqualTo(Validity.UNKNOWN);
    assertThat(page.text()).contains("0 runs, 0 operations").doesNotContain("Cannot run here");
  }

  @Test
  void theWorstRunDecidesAboveInTheGridAndAtTheEnd() {
    MatrixPage page = new MatrixPage(Map.of());
    page.add(cell("set", List.of("kill"), Validity.VALID, ""));
    page.add(cell("bank", List.of("kill"), Validity.VALID, ""));
    assertThat(page.validity()).isEqualTo(Validity.VALID);
    page.add(cell("set", List.of("kill", "pause"), Validity.UNKNOWN, "faults unknown"));
    assertThat(page.validity()).isEqualTo(Validity.UNKNOWN);
    page.add(cell("set", List.of("pause"), Validity.INVALID, "workload invalid"));
    assertThat(page.validity()).isEqualTo(Validity.INVALID);
    String chip = VerdictTable.chip(Validity.UNKNOWN);
    assertThat(page.text())
        .contains("4 runs, 6,000 operations, 0.10 hours: 2 valid, 1 unknown, 1 invalid")
        .contains("<td class=\"n\">1,234 ms</td>")
        .contains("<td>kill</td><td>" + chip + "</td><td>" + VerdictTable.chip(Validity.VALID))
        .contains("<td>pause</td><td>" + VerdictTable.chip(Validity.INVALID) + "</td><td></td>");
  }

  @Test
  void whatWasSaidIsTextAndNotMarkup(@TempDir Path folder) throws Exception {
    MatrixPage page = new MatrixPage(Map.of("mtu", "needs <root>"));
    page.add(cell("set", List.of(), Validity.UNKNOWN, "<script>alert(1)</script> 100 %s"));
    page.write(folder);
    assertThat(Files.readString(folder.resolve("index.html")))
        .contains("&lt;script&gt;alert(1)&lt;/script&gt; 100 %s", "needs &lt;root&gt;")
        .contains("<a href=\"001-set/index.html\">set</a></td><td>none</td>")
        .doesNotContain("<script>alert");
  }
}
