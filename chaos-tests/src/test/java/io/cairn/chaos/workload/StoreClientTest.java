package io.cairn.chaos.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import io.cairn.client.ReadMode;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StoreClientTest {
  private static ReadMode mode(long index, Map<String, Object> extras) {
    return StoreClient.mode(new Op(index, 0, OpType.INVOKE, 1, "read", null, extras));
  }

  @Test
  void everySecondReadAndAllAtTheEndAreForTheClientsOwnNode() {
    Map<String, Object> last = Map.of(Workload.FINAL, true);
    assertThat(mode(2, Map.of())).isEqualTo(ReadMode.linearizable());
    assertThat(mode(3, Map.of())).isEqualTo(ReadMode.linearizableFromAnyMember());
    assertThat(mode(2, last)).isEqualTo(ReadMode.linearizableFromAnyMember());
    assertThat(mode(3, last)).isEqualTo(ReadMode.linearizableFromAnyMember());
  }
}
