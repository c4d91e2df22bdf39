package io.cairn.chaos.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.generator.Call;
import io.cairn.chaos.history.Keyword;
import io.cairn.chaos.history.Op;
import io.cairn.chaos.history.OpType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How one holder acts whose every claim is granted. */
class LeaseWorkloadTest {
  private final LeaseWorkload.Rules rules = new LeaseWorkload.Rules();
  private LeaseWorkload.State state = new LeaseWorkload.State(Map.of());
  private long index;

  private void told(OpType type, Call call, @Nullable Object value, Map<String, Object> extras) {
    state = rules.after(state, 0, new Op(index++, 0, type, 0, call.f(), value, extras));
  }

  /** What became of a lease: how often it was renewed, and how it was given up. */
  private record Fate(long renewals, boolean released) {}

  private Fate fate(SplittableRandom random, long epoch) {
    long renewals = 0;
    int idle = 0;
    boolean held = false;
    while (true) {
      Call call = rules.call(state, 0, random, index);
      told(OpType.INVOKE, call, call.value(), Map.of());
      switch (call.f()) {
        case "claim" -> {
          assertThat(held).isFalse();
          told(OpType.OK, call, Map.of("epoch", epoch, "ttl", 1_000L), Map.of());
          held = true;
        }
        case "renew" -> {
          renewals++;
          told(OpType.OK, call, call.value(), Map.of());
        }
        case "release" -> {
          told(OpType.OK, call, call.value(), Map.of());
          return new Fate(renewals, true);
        }
        default -> {
          boolean over = ++idle == 100; // it ends by itself
          Object shown = held && !over ? Map.of("epoch", epoch) : Keyword.ABSENT;
          told(OpType.OK, call, shown, Map.of());
          if (over) {
            return new Fate(renewals, false);
          }
        }
      }
    }
  }

  @Test
  void mostLeasesAreLeftToTheirEndAfterSomeRenewals() {
    Map<Fate, Integer> fates = new LinkedHashMap<>();
    SplittableRandom random = new SplittableRandom(1);
    for (long epoch = 1; epoch <= 400; epoch++) {
      fates.merge(fate(random, epoch), 1, Integer::sum);
    }
    for (long renewals = 0; renewals < 4; renewals++) {
      assertThat(fates.get(new Fate(renewals, false))).as("%d", renewals).isBetween(50, 110);
      assertThat(fates.get(new Fate(renewals, true))).as("%d", renewals).isBetween(10, 50);
    }
    assertThat(fates).hasSize(8);
  }

  @Test
  void holderWhoseLeaseIsGoneClaimsAgain() {
    Call claim = new Call("claim", Map.of("ttl", 1_000L, "renewals", 3L));
    Call renew = new Call("renew", Map.of("epoch", 5L));
    told(OpType.INVOKE, claim, claim.value(), Map.of());
    told(OpType.OK, claim, Map.of("epoch", 5L), Map.of());
    told(OpType.INVOKE, renew, renew.value(), Map.of());
    told(OpType.FAIL, renew, renew.value(), Map.of("error", "NO_LEADER"));
    assertThat(state.holdings().get(0)).isEqualTo(new LeaseWorkload.Holding(5, 2, false));
    told(OpType.INVOKE, renew, renew.value(), Map.of());
    told(OpType.FAIL, renew, renew.value(), Map.of("error", "LEASE_NOT_FOUND"));
    assertThat(state.holdings()).isEmpty();
  }
}
