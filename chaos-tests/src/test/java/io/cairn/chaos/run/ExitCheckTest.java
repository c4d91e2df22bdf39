package io.cairn.chaos.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.check.Validity;
import io.cairn.chaos.check.Verdict;
import io.cairn.chaos.cluster.OwnExit;
import io.cairn.chaos.history.History;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExitCheckTest {
  @TempDir Path folder = Path.of("");

  private static Verdict judged(FakeStore.Counted fault, int code) {
    OwnExit exit = new OwnExit("n2", code, "event=halted reason=\"log storage failed\"");
    return ExitCheck.of(List.of(fault), List.of(exit), Map.of());
  }

  @Test
  void anEndThatNoFaultExplainsIsNamed() {
    FakeStore.Counted fault = new FakeStore.Counted();
    Verdict verdict = judged(fault, 70);
    assertThat(verdict.validity()).isEqualTo(Validity.INVALID);
    assertThat(verdict.details()).containsEntry("wrong", Map.of("own-exit", 1L));
    assertThat(verdict.details().get("examples").toString())
        .contains("n2", "70", "log storage failed");
    fault.allowedExit = 70;
    assertThat(judged(fault, 70).validity()).isEqualTo(Validity.VALID);
    assertThat(judged(fault, 70).details()).containsEntry("allowed", 1L);
    assertThat(judged(fault, 65).validity()).isEqualTo(Validity.INVALID);
    assertThat(judged(fault, 0).validity()).as("it stopped unasked").isEqualTo(Validity.INVALID);
  }

  @Test
  void aSignalOfSomebodyElseLeavesTheRunUnknown() {
    assertThat(judged(new FakeStore.Counted(), 137).validity()).isEqualTo(Validity.UNKNOWN);
  }

  @Test
  void aBrokenInvariantInALogIsInvalidUnderWhateverFault() throws Exception {
    FakeStore.Counted fault = new FakeStore.Counted();
    fault.allowedExit = 70;
    Path log = folder.resolve("n1.log");
    Files.writeString(log, "event=listening\n");
    Verdict well = ExitCheck.of(List.of(fault), List.of(), Map.of("n1", log));
    assertThat(well.validity()).isEqualTo(Validity.VALID);
    Path half = folder.resolve("n2.log");
    Files.write(half, new byte[] {(byte) 0xe2, (byte) 0x82, '\n'});
    Files.write(
        half,
        ("level=error event=\"Another peer n2 declares that it is the leader at term 3 which was"
                + " occupied by leader n3.\"\n")
            .getBytes(StandardCharsets.UTF_8),
        StandardOpenOption.APPEND);
    Path none = folder.resolve("never-started.log");
    Verdict broken =
        ExitCheck.of(List.of(fault), List.of(), Map.of("n1", log, "n2", half, "n3", none));
    assertThat(broken.validity()).isEqualTo(Validity.INVALID);
    assertThat(broken.details()).containsEntry("wrong", Map.of("two-leaders", 1L));
  }

  @Test
  void aRunWhoseServerEndedByItselfIsInvalid() throws Exception {
    FakeStore store = new FakeStore();
    store.exits.add(new OwnExit("n1", 70, "event=halted"));
    ChaosRun.Result result = ChaosRunTest.run(store, new FakeStore.Counted(), 1).run();
    assertThat(result.verdict().validity()).isEqualTo(Validity.INVALID);
    assertThat(result.verdict().details().get("exits").toString()).contains("own-exit");
  }

  private static Verdict seen(FakeStore.Counted... faults) {
    for (FakeStore.Counted fault : faults) {
      assertThat(fault.begin(0L)).isEqualTo(0L);
    }
    return EvidenceCheck.of(new History(List.of()), List.of(faults));
  }

  @Test
  void whatNoServerMayDoUnderAFaultIsInvalid() {
    FakeStore.Counted fault = new FakeStore.Counted();
    fault.broken = List.of("n1 takes part with an empty disk");
    Verdict verdict = seen(fault);
    assertThat(verdict.validity()).isEqualTo(Validity.INVALID);
    assertThat(verdict.toMap().toString()).contains("n1 takes part");
  }

  @Test
  void aNodeThatStaysAwayIsInvalidUnlessAnotherFaultMayBeTheReason() {
    FakeStore.Counted fault = new FakeStore.Counted();
    fault.refusals = List.of("n1 does not start");
    fault.keepsAway = true;
    assertThat(seen(fault).validity()).isEqualTo(Validity.INVALID);
    FakeStore.Counted other = new FakeStore.Counted();
    other.name = "other";
    assertThat(EvidenceCheck.of(new History(List.of()), List.of(fault, other)).validity())
        .isEqualTo(Validity.INVALID);
    other.keepsAway = true;
    Verdict verdict = EvidenceCheck.of(new History(List.of()), List.of(fault, other));
    assertThat(verdict.validity()).isNotEqualTo(Validity.INVALID);
  }

  @Test
  void aSignHasToBeSeenAsOftenAsWhatLeavesIt() {
    FakeStore.Counted fault = new FakeStore.Counted();
    fault.paired = Map.of("times", "answers");
    assertThat(seen(fault).toMap().toString()).contains("answers: 0 of 1 times");
  }
}
