package io.cairn.chaos.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.chaos.history.OpType;
import io.cairn.client.CairnException;
import io.cairn.client.FencedException;
import io.cairn.client.OutcomeUnknownException;
import io.cairn.protocol.Certainty;
import io.cairn.protocol.ErrorCode;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** Which error of which call is ok, fail or info. */
class OutcomesTest {
  /** Codes that say of a change that it may have happened, or has. All others say it did not. */
  private static final Set<ErrorCode> UNKNOWN =
      EnumSet.of(
          ErrorCode.SESSION_EXPIRED,
          ErrorCode.SEQUENCE_TOO_OLD,
          ErrorCode.ANSWER_DROPPED,
          ErrorCode.DEADLINE_EXCEEDED,
          ErrorCode.LOST_TRACK,
          ErrorCode.INTERNAL);

  @Test
  void aChangeFailsOnlyWhereNoEffectIsCertain() {
    for (ErrorCode code : ErrorCode.values()) {
      Completion end = Outcomes.of(true, "v", new CairnException(code, "told"));
      assertThat(end.type())
          .as("%s", code)
          .isEqualTo(UNKNOWN.contains(code) ? OpType.INFO : OpType.FAIL);
      assertThat(end.value()).isEqualTo("v");
      assertThat(end.extras()).containsEntry("error", code.name());
    }
  }

  @Test
  void whatAnEarlierAttemptMayHaveDoneIsUnknownWhateverTheCode() {
    for (ErrorCode code : ErrorCode.values()) {
      Completion end = Outcomes.of(true, null, new OutcomeUnknownException(code, "sent before"));
      assertThat(end.type()).as("%s", code).isEqualTo(OpType.INFO);
    }
    FencedException late = new FencedException(Certainty.OUTCOME_UNKNOWN, "sent before", 2, 1);
    assertThat(Outcomes.of(true, null, late).type()).isEqualTo(OpType.INFO);
    FencedException refused = new FencedException(Certainty.NOT_APPLIED, "old", 2, 1);
    assertThat(Outcomes.of(true, null, refused).type()).isEqualTo(OpType.FAIL);
  }

  @Test
  void aReadThatWasNotAnsweredHadNoEffect() {
    for (ErrorCode code : ErrorCode.values()) {
      Completion end = Outcomes.of(false, null, new OutcomeUnknownException(code, "told"));
      assertThat(end.type()).as("%s", code).isEqualTo(OpType.FAIL);
    }
  }

  @Test
  void whatIsNotKnownIsInfoAlsoForReads() {
    assertThat(Outcomes.of(true, null, new IllegalStateException("odd")).type())
        .isEqualTo(OpType.INFO);
    assertThat(Outcomes.of(false, null, new IllegalStateException("odd")).type())
        .isEqualTo(OpType.INFO);
    assertThat(Outcomes.of(true, null, new StackOverflowError()).type()).isEqualTo(OpType.INFO);
  }

  @Test
  void theCauseBelowAFutureCounts() {
    Throwable wrapped =
        new ExecutionException(new CairnException(ErrorCode.OVERLOADED, "too much to do"));
    assertThat(Outcomes.of(true, null, wrapped).type()).isEqualTo(OpType.FAIL);
  }
}
