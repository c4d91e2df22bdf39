package io.cairn.chaos.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cairn.chaos.cluster.Leftovers;
import io.cairn.chaos.cluster.TestNode;
import io.cairn.chaos.history.Keyword;
import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class FrozenClientTest {
  @Test
  void valuesGoToTheOtherProcessAndBack() {
    Object value =
        Arrays.asList(1L, null, Map.of("data", Keyword.ABSENT, "log", List.of(1L, "x")), true);
    assertThat(ChildWorker.thawed(ChildWorker.packed(value))).isEqualTo(value);
  }

  private static String words(ProcessHandle process) {
    return process.info().commandLine().orElse("");
  }

  @Test
  void aWorkerWithoutServerSaysThatNothingWasDone() {
    TestNode nowhere = new TestNode("n1", "127.0.0.1:1", "127.0.0.1:2");
    try (FrozenClient client = new FrozenClient(nowhere, 4)) {
      Op claim = new Op(0, 0, OpType.INVOKE, 4, "claim", Arrays.asList(0L, null), Map.of());
      Completion end = client.invoke(claim);
      assertThat(end.type()).as("%s", end).isEqualTo(OpType.FAIL);
      assertThat(end.extras()).containsEntry("error", "UNAVAILABLE");
      assertThat(ProcessHandle.current().children().map(FrozenClientTest::words).toList())
          .as("its process is found when this one was killed")
          .anySatisfy(words -> assertThat(words).contains(Leftovers.ownerMark()));
    }
  }

  @Test
  void aProcessThatHasEndedIsNotSignalled() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    assertThatThrownBy(() -> FrozenClient.signal(ended, "STOP"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has ended");
  }
}
