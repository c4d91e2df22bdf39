package io.cairn.client.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.cairn.client.CairnException;
import io.cairn.client.Fault;
import io.cairn.client.TaskName;
import io.cairn.client.codec.CorruptStateException;
import io.cairn.client.job.FaultClassifier;
import io.cairn.client.job.FaultFacts;
import io.cairn.client.job.JobName;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.FaultTypes;
import io.cairn.protocol.Limits;
import io.cairn.protocol.Sha256;
import org.junit.jupiter.api.Test;

/** Results are checked when they are stored, and when they are read. */
class ResultsTest {
  private static final TaskName TASK = new TaskName("default", "j/s/0");

  @Test
  void resultIsReadAsItWasStored() {
    ByteString stored = Results.checked("three");
    assertThat(Results.read(TASK, stored, Sha256.of(stored)).as(String.class)).isEqualTo("three");
  }

  @Test
  void resultOfOtherBytesThanItsDigestIsOfIsCorruption() {
    ByteString stored = Results.checked(42L);
    for (int i = 0; i < stored.size(); i++) {
      byte[] bytes = stored.toByteArray();
      bytes[i] ^= 1;
      ByteString damaged = ByteString.copyFrom(bytes);
      assertThatThrownBy(() -> Results.read(TASK, damaged, Sha256.of(stored)))
          .isInstanceOf(CorruptStateException.class)
          .hasMessageContaining("j/s/0");
    }
    assertThatThrownBy(() -> Results.read(TASK, stored, ByteString.EMPTY))
        .isInstanceOf(CorruptStateException.class);
    CorruptStateException thrown = new CorruptStateException("x");
    Fault fault =
        FaultClassifier.standard()
            .classify(thrown, new FaultFacts(TASK, "s", 0, "w", "n"))
            .orElseThrow();
    assertThat(fault.type()).isEqualTo(FaultTypes.CORRUPTION);
  }

  @Test
  void damagedResultOfAStageIsNotHandedOut() throws Exception {
    try (FakeCluster cluster = new FakeCluster(1)) {
      ConnectedCairn client = cluster.client();
      FakeWorkers store = cluster.store.workers;
      store.result("j/s/0", Results.checked(1L), Sha256.of(Results.checked(1L)));
      assertThat(client.jobs().results(JobName.of("j"), "s").get(0).as(Long.class)).isEqualTo(1);
      store.result("j/s/0", Results.checked(2L), Sha256.of(Results.checked(1L)));
      assertThatThrownBy(() -> client.jobs().results(JobName.of("j"), "s"))
          .isInstanceOf(CorruptStateException.class)
          .hasMessageContaining("j/s/0");
    }
  }

  @Test
  void largestResultIsStoredAndAByteMoreIsRefusedWithBothNumbers() {
    int frame = Results.checked(new byte[0]).size();
    byte[] largest = new byte[Limits.RESULT_BYTES_MAX - frame];
    assertThat(Results.checked(largest).size()).isEqualTo(Limits.RESULT_BYTES_MAX);
    assertThatThrownBy(() -> Results.checked(new byte[largest.length + 1]))
        .isInstanceOfSatisfying(
            CairnException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.TOO_LARGE);
              assertThat(e.expected()).isEqualTo(Limits.RESULT_BYTES_MAX);
              assertThat(e.actual()).isEqualTo(Limits.RESULT_BYTES_MAX + 1);
            });
  }
}
