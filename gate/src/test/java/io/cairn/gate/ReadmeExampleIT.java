package io.cairn.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cairn.client.Cairn;
import io.cairn.client.Task;
import io.cairn.client.TaskName;
import io.cairn.client.TaskState;
import io.cairn.testkit.CairnCluster;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReadmeExampleIT {
  private static final int LINES = 3_500;
  private static final int BAD_LINE = 2_700;

  @Test
  void secondRunGoesOnFromTheLastCheckpointOfTheFirst() {
    List<String> lines = Collections.nCopies(LINES, "2");
    AtomicInteger priced = new AtomicInteger();
    ReadmeExample fails =
        new ReadmeExample(
            line -> {
              if (priced.incrementAndGet() == BAD_LINE) {
                throw new IllegalStateException("line " + BAD_LINE);
              }
              return Double.parseDouble(line);
            });
    ReadmeExample succeeds =
        new ReadmeExample(
            line -> {
              priced.incrementAndGet();
              return Double.parseDouble(line);
            });
    try (CairnCluster cluster = CairnCluster.start(1)) {
      assertThatThrownBy(() -> fails.bill(cluster.endpoints(), lines))
          .hasMessage("line " + BAD_LINE);
      priced.set(0);
      succeeds.bill(cluster.endpoints(), lines);
      assertThat(priced.get()).as("lines of the second run").isEqualTo(LINES - 2_000);
      Cairn cairn = cluster.connect();
      Task task = cairn.tasks().get(TaskName.of("billing/2026-11")).orElseThrow();
      assertThat(task.state()).isEqualTo(TaskState.SUCCEEDED);
      assertThat(task.attempt()).isEqualTo(2);
    }
  }
}
