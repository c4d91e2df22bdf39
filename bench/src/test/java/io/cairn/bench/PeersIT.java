package io.cairn.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Each store that is installed, under each work, for a second. */
@EnabledIfSystemProperty(
    named = "bench.peers",
    matches = "true",
    disabledReason = "takes minutes: mvn verify -Dbench.peers=true")
class PeersIT {
  @TempDir private Path folder;

  @Test
  void eachWorkOfEachStoreIsMeasuredOrSaysWhyNot() throws Exception {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("cairn"))) {
      root = root.getParent();
      assertThat(root).as("root of the sources").isNotNull();
    }
    StringWriter remarks = new StringWriter();
    PrintWriter writer = new PrintWriter(remarks, true);
    int exit =
        BenchCli.run(
            root.resolve("cairn"),
            new PrintWriter(new StringWriter()),
            writer,
            "peers",
            "--minutes=1.5",
            "--rounds=1",
            "--warmup=1",
            "--work=puts,gets,serializable-gets,checkpoints,appends,mixed,watches,leases",
            "--values=1024",
            "--outstanding=4",
            "--dir=" + folder.resolve("stores"),
            "--out=" + folder.resolve("report"));
    assertThat(exit).as(remarks.toString()).isZero();
    JsonNode json = new ObjectMapper().readTree(folder.resolve("report/report.json").toFile());
    for (JsonNode cell : json.get("cells")) {
      JsonNode skipped = cell.get("skipped");
      assertThat(cell.get("stores").size() + skipped.size() + json.get("skipped").size())
          .as(cell.toString())
          .isGreaterThanOrEqualTo(4);
      for (JsonNode store : cell.get("stores")) {
        assertThat(store.get("failed").intValue()).as(cell.toString()).isZero();
        assertThat(store.at("/ops_per_second/0").doubleValue()).as(cell.toString()).isPositive();
      }
    }
    assertThat(folder.resolve("report/report.html")).isNotEmptyFile();
    assertThat(folder.resolve("stores")).doesNotExist();
  }
}
