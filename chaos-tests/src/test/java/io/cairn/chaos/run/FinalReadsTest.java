package io.cairn.chaos.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.check.Validity;
import io.cairn.chaos.check.Verdict;
import io.cairn.chaos.workload.Outcomes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Four clients, two at each node. */
@Timeout(60)
class FinalReadsTest {
  /** The other client of its node reads all there is. */
  @Test
  void aClientWhoseReadNeverBecomesOkLeavesTheRunUnknown() throws Exception {
    FakeStore store = new FakeStore();
    store.finalError = process -> process == 2 ? "NO_LEADER" : "";
    ChaosRun.Result result = run(store);
    assertThat(part(result, "final")).isEqualTo(Validity.UNKNOWN);
    assertThat(part(result, "final-after-restart")).isEqualTo(Validity.UNKNOWN);
    assertThat(result.verdict().details().get("final").toString())
        .contains("never-ok=1", "node=n1", "f=read", "error=NO_LEADER");
  }

  @Test
  void whatIsRefusedAsLostToTheEndIsInvalid() throws Exception {
    assertThat(
            List.of(
                "CHECKPOINT_NOT_FOUND", "LSN_CONFLICT", "CORRUPT", "COMPACTED", "EVENT_MISSING"))
        .allMatch(Outcomes::isLoss);
    FakeStore store = new FakeStore();
    store.finalError = process -> process == 3 ? "LSN_CONFLICT" : "";
    assertThat(part(run(store), "final")).isEqualTo(Validity.INVALID);
  }

  @Test
  void aReadThatBecomesOkIsReadWhateverItWasToldBefore() throws Exception {
    FakeStore store = new FakeStore();
    AtomicInteger refusals = new AtomicInteger(3);
    store.finalError =
        process -> process == 3 && refusals.getAndDecrement() > 0 ? "CHECKPOINT_NOT_FOUND" : "";
    ChaosRun.Result result = run(store);
    assertThat(part(result, "final")).isEqualTo(Validity.VALID);
    assertThat(refusals.get()).isNegative();
  }

  private static ChaosRun.Result run(FakeStore store) throws InterruptedException {
    RunOptions options =
        new RunOptions(
            "fake",
            List.of("counted"),
            2,
            Duration.ofSeconds(1),
            4,
            400,
            Duration.ofSeconds(1),
            7,
            Path.of("out"));
    return new ChaosRun(
            options,
            store,
            history -> new Verdict(Validity.VALID, Map.of()),
            store,
            List.of(new FakeStore.Counted()),
            Duration.ofSeconds(1))
        .run();
  }

  private static Validity part(ChaosRun.Result result, String name) {
    return ((Verdict) result.verdict().details().get(name)).validity();
  }
}
