package io.cairn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

/** Commands that ask no cluster: plan, ring show. */
class OfflineCommandsTest {
  private static Ran run(String words) {
    return Ran.with(
        StoreInMemory.failing(new IllegalStateException("no cluster is asked")),
        "",
        words.split(" ", -1));
  }

  @Test
  void planTellsOptionsAndTheCheapest() {
    assertThat(run("plan --p 0.9 --target 0.999 --attempt-cost 30").endedWith(Exit.DONE).out())
        .isEqualTo(
            """
            OPTION    REPLICAS  ATTEMPTS  FAILURE  EXPECTED  MOST  COST   LONGEST
            retries   1         3         0.001    1.11      3     33.3s  90s      cheapest
            combined  2         2         0.0001   2.2       4     66s    60s
            replicas  3         1         0.001    3         3     90s    30s
            """);
  }

  @Test
  void planTellsRedundancy() {
    String words = "plan --p 0.9 --target 0.999 --workers 8 --spares 2 --availability 0.99";
    assertThat(run(words).endedWith(Exit.DONE).out())
        .endsWith(
            """

            REDUNDANCY  NEEDED  WORKERS  AVAILABILITY  DOWN
            1+1         1       2        0.999900000   0.0001
            8+1         8       9        0.996564270   0.003436
            2:8         8       10       0.999886151   0.0001138
            """);
    JsonNode json = run(words + " -o json").endedWith(Exit.DONE).json();
    assertThat(json.path("options")).hasSize(3);
    assertThat(json.path("options").path(0).path("cheapest").asBoolean()).isTrue();
    assertThat(json.path("options").path(0).path("expectedAttempts").asDouble())
        .isCloseTo(1.11, within(1e-12));
    assertThat(json.path("options").path(0).has("expectedSeconds")).isFalse();
    assertThat(json.path("redundancies").path(2).path("redundancy").asText()).isEqualTo("2:8");
  }

  @Test
  void workersAreTheMostReplicas() {
    assertThat(run("plan --p 0.5 --target 0.999 --workers 4 -o json").json().path("options"))
        .hasSize(4);
    assertThat(run("plan --p 0.5 --target 0.999 --workers 4").out()).doesNotContain("replicas ");
  }

  @Test
  void wrongProbabilityIsNamed() {
    assertThat(run("plan --p 1.5 --target 0.9").endedWith(Exit.USAGE).saidOneLine().err())
        .contains("p must be above 0 and below 1, not 1.5");
  }

  @Test
  void ringShowsSpreadAndWhatMoves() {
    String words = "ring show --workers 10 --without worker3";
    assertThat(run(words).endedWith(Exit.DONE).out())
        .startsWith("WORKER    RING  KEYS\nworker1 ")
        .contains("MIN  MAX   MEAN    STDDEV  MAX/MEAN\n")
        .contains("bound 1250")
        .endsWith(
            "without worker3: 1043 of 10000 keys move (10.4%), 0 of them from others;"
                + " then at most 1389 a worker\n");
    JsonNode json = run(words + " -o json").endedWith(Exit.DONE).json();
    assertThat(json.path("workers")).hasSize(10);
    assertThat(json.path("bound").asInt()).isEqualTo(1250);
    assertThat(json.path("bounded").path("max").asInt()).isEqualTo(1250);
    assertThat(json.path("ring").path("mean").asDouble()).isEqualTo(1000);
    assertThat(json.path("without").path("moved").asInt()).isEqualTo(1043);
    assertThat(json.path("without").path("movedFromOthers").asInt(-1)).isZero();
    assertThat(run("ring show --nodes a,b -o json").json().path("without").isNull()).isTrue();
  }

  @Test
  void helpLeavesOutConnections() {
    assertThat(run("plan --help").endedWith(Exit.DONE).out())
        .contains("--output", "--help")
        .doesNotContain("--endpoints", "--namespace", "--timeout");
  }
}
