package io.cairn.client.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.cairn.client.Bytes;
import io.cairn.client.CairnException;
import io.cairn.client.KeyRange;
import io.cairn.protocol.Certainty;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.LeaderHint;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Triggers, retries, backoff, routing, windows and drafts, each by itself. */
class SmallPartsTest {
  private final AtomicLong now = new AtomicLong();

  @Test
  void triggersFireByItemsBytesOrTimeAndStartAnew() {
    Triggers triggers =
        new Triggers(
            Triggers.Conditions.none()
                .withItems(3)
                .withBytes(1_000)
                .withInterval(Duration.ofNanos(50)),
            now::get);
    triggers.count(2, 10);
    assertThat(triggers.due()).isEmpty();
    triggers.count(1, 10);
    assertThat(triggers.due()).contains("items");
    triggers.reset();
    triggers.count(1, 1_000);
    assertThat(triggers.due()).contains("bytes");
    triggers.reset();
    now.set(50);
    assertThat(triggers.due()).contains("time");
    triggers.reset();
    assertThat(triggers.due()).isEmpty();
  }

  @Test
  void partsTriggerCountsOnlyPartsThatAreDone() {
    Triggers triggers = new Triggers(Triggers.Conditions.none().withParts(2), now::get);
    triggers.count(100, 100);
    triggers.partDone();
    assertThat(triggers.due()).isEmpty();
    triggers.partDone();
    assertThat(triggers.due()).contains("parts");
    triggers.reset();
    assertThat(triggers.due()).isEmpty();
  }

  @Test
  void retriedIsExactlyWhatTheCodesCallRetriable() {
    for (ErrorCode code : ErrorCode.values()) {
      assertThat(Retry.of(code) != Retry.END).as(code.name()).isEqualTo(code.retriable());
    }
  }

  @Test
  void everyCodeBecomesAnExceptionOfItsCertainty() {
    for (ErrorCode code : ErrorCode.values()) {
      CairnException failure = Failures.of(code, code.certainty(), "m", 3, 4);
      assertThat(failure.code()).isEqualTo(code);
      assertThat(failure.certainty()).isEqualTo(code.certainty());
      if (code.certainty() == Certainty.NOT_APPLIED) {
        assertThat(failure.expected()).isEqualTo(3);
        assertThat(failure.actual()).isEqualTo(4);
      }
    }
  }

  @Test
  void backoffGrowsToItsBoundAndIsJittered() {
    Backoff full = new Backoff(Duration.ofMillis(10), Duration.ofSeconds(2), () -> 1.0);
    assertThat(full.nanos(1)).isEqualTo(10_000_000);
    assertThat(full.nanos(3)).isEqualTo(40_000_000);
    assertThat(full.nanos(1_000)).isEqualTo(2_000_000_000);
    Backoff half = new Backoff(Duration.ofMillis(10), Duration.ofSeconds(2), () -> 0.5);
    assertThat(half.nanos(1)).isEqualTo(5_000_000);
  }

  @Test
  void routerPrefersTheLeaderUnlessItFailedLately() {
    LeaderRouter router = new LeaderRouter(List.of("a:1", "b:1"), 0, now::get);
    assertThat(router.hint(hint("c:1", 2))).isTrue();
    assertThat(router.hint(hint("a:1", 1))).isFalse();
    assertThat(router.leaderAddress()).contains("c:1");
    router.failed("c:1");
    assertThat(router.leaderAddress()).isEmpty();
    assertThat(List.of(router.next(), router.next(), router.next())).doesNotContain("c:1");
    now.addAndGet(2_000_000_000L);
    assertThat(router.leaderAddress()).contains("c:1");
    router.silent("c:1");
    now.addAndGet(2_000_000_000L);
    assertThat(router.leaderAddress()).isEmpty();
    router.hint(hint("c:1", 3));
    assertThat(router.leaderAddress()).contains("c:1");
  }

  @Test
  void windowMovesOverWhatIsAnsweredInAnyOrder() {
    Session.Window window = new Session.Window(9, 100, 0);
    for (int i = 0; i < Limits.SESSION_WINDOW_MAX; i++) {
      window.take(0);
    }
    assertThat(window.isFull()).isTrue();
    window.answered(2);
    assertThat(window.isFull()).isTrue();
    assertThat(window.firstUnanswered()).isEqualTo(1);
    window.answered(1);
    assertThat(window.firstUnanswered()).isEqualTo(3);
    assertThat(window.isFull()).isFalse();
    assertThat(window.isStale(1_000)).isFalse();
  }

  @Test
  void stateThatDoesNotFitIntoOneCommandIsStaged() {
    CheckpointDrafting drafting = new CheckpointDrafting(Map.of(), 5);
    ByteString half = ByteString.copyFrom(new byte[600 * 1024]);
    CheckpointDrafting.Draft draft =
        drafting.draft(
            Sections.whole(Map.of("a", half, "b", half.concat(ByteString.copyFromUtf8("x")))),
            "call",
            0,
            0);
    assertThat(draft.stages()).containsOnlyKeys("a", "b");
    assertThat(draft.write().getSectionsList()).allMatch(section -> section.getStaged());
    assertThat(draft.write().getSeq()).isEqualTo(5);
  }

  @Test
  void stateOverTheLimitOfACheckpointIsRefusedAndItsSeqIsNotUsedUp() {
    CheckpointDrafting drafting = new CheckpointDrafting(Map.of(), 5);
    ByteString large = ByteString.copyFrom(new byte[Limits.VALUE_BYTES_MAX]);
    Map<String, ByteString> sections = new HashMap<>();
    for (int i = 0; i < 65; i++) {
      sections.put("s" + i, large);
    }
    assertThatThrownBy(() -> drafting.draft(Sections.whole(sections), "call", 0, 0))
        .isInstanceOfSatisfying(
            CairnException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_LARGE));
    assertThat(drafting.draft(Sections.whole(Map.of()), "call", 0, 0).write().getSeq())
        .isEqualTo(5);
  }

  @Test
  void prefixRangesEndBehindTheLastKeyOfThePrefix() {
    assertThat(KeyRange.prefix("ab").end()).isEqualTo(Bytes.utf8("ac"));
    Bytes top = Bytes.of(new byte[] {'a', (byte) 0xff});
    assertThat(KeyRange.prefix(top).end()).isEqualTo(Bytes.utf8("b"));
    assertThat(KeyRange.prefix("")).isEqualTo(KeyRange.all());
  }

  @Test
  void faultCarriesWhereItHappenedWithinItsLimits() {
    var fault = Faults.of(new IllegalStateException("\uD83D\uDE00".repeat(5_000)));
    assertThat(fault.type()).isEqualTo("java.lang.IllegalStateException");
    assertThat(fault.location()).contains("SmallPartsTest");
    assertThat(Bytes.utf8(fault.message()).size())
        .isBetween(Limits.FAULT_TEXT_BYTES_MAX - 4, Limits.FAULT_TEXT_BYTES_MAX);
    assertThat(TaskWire.fault(fault).getMessage()).isEqualTo(fault.message());
  }

  @Test
  void wrongSettingsAreNamed() {
    assertThatThrownBy(() -> new SettingsDraft().endpoints(List.of("host")).checked())
        .hasMessageContaining("'host' is not host:port");
    assertThatThrownBy(() -> new SettingsDraft().checked()).hasMessageContaining("endpoints");
    assertThatThrownBy(
            () ->
                new SettingsDraft()
                    .endpoints(List.of("h:1"))
                    .leaseTtl(Duration.ofMillis(1))
                    .checked())
        .hasMessageContaining("lease time to live of 1 ms");
  }

  private static LeaderHint hint(String address, long term) {
    return LeaderHint.newBuilder().setNode(address).setClientAddress(address).setTerm(term).build();
  }
}
