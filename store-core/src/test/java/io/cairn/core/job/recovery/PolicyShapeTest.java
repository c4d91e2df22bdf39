package io.cairn.core.job.recovery;

import static io.cairn.core.job.recovery.JobStore.fail;
import static io.cairn.core.job.recovery.JobStore.rule;
import static io.cairn.core.job.recovery.JobStore.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cairn.core.apply.Refusal;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.RecoveryAction;
import io.cairn.protocol.v1.RecoveryPolicy;
import io.cairn.protocol.v1.RecoveryRule;
import io.cairn.protocol.v1.RecoveryStep;
import io.cairn.protocol.v1.RetryPolicy;
import java.util.Collections;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class PolicyShapeTest {
  private static final RecoveryStep RESUME = step(RecoveryAction.RESUME, 1);

  @Test
  void defaultsAreAllowed() {
    assertThatCode(
            () -> {
              PolicyShape.check(RecoveryDefaults.retry());
              PolicyShape.check(RecoveryDefaults.recovery());
              PolicyShape.check(RecoveryPolicy.getDefaultInstance());
            })
        .doesNotThrowAnyException();
  }

  @Test
  void failIsTheLastStepAndNoOther() {
    refused(ErrorCode.INVALID_ARGUMENT, rule());
    refused(ErrorCode.INVALID_ARGUMENT, rule(RESUME));
    refused(ErrorCode.INVALID_ARGUMENT, rule(fail(), fail()));
    refused(ErrorCode.INVALID_ARGUMENT, rule(fail(), RESUME));
  }

  @Test
  void stepsSayHowOftenAndHowFar() {
    refused(ErrorCode.INVALID_ARGUMENT, rule(step(RecoveryAction.RESUME, 0), fail()));
    refused(ErrorCode.INVALID_ARGUMENT, rule(step(RecoveryAction.ROLLBACK, 1), fail()));
    refused(ErrorCode.INVALID_ARGUMENT, rule(step(RecoveryAction.SKIP_ITEM, 1), fail()));
    refused(
        ErrorCode.INVALID_ARGUMENT,
        rule(step(RecoveryAction.RECOVERY_ACTION_UNSPECIFIED, 1), fail()));
    refused(
        ErrorCode.INVALID_ARGUMENT,
        rule(RecoveryStep.newBuilder().setActionValue(99).setTimes(1).build(), fail()));
    refused(ErrorCode.INVALID_ARGUMENT, rule(fail()).addPlacesValue(99));
    refused(ErrorCode.INVALID_ARGUMENT, rule(fail()).addFaultTypes(""));
  }

  @Test
  void policiesAreBounded() {
    int more = Limits.POLICY_ITEMS_MAX + 1;
    refused(ErrorCode.TOO_LARGE, rule(fail()).addAllFaultTypes(Collections.nCopies(more, "X")));
    refused(ErrorCode.TOO_LARGE, rule().addAllSteps(Collections.nCopies(more, RESUME)));
    RecoveryPolicy many =
        RecoveryPolicy.newBuilder()
            .addAllRules(Collections.nCopies(more, rule(fail()).build()))
            .build();
    refused(ErrorCode.TOO_LARGE, () -> PolicyShape.check(many));
  }

  @Test
  void pausesAreBounded() {
    RetryPolicy good = RecoveryDefaults.retry();
    for (RetryPolicy bad :
        new RetryPolicy[] {
          good.toBuilder().setBackoffPercent(99).build(),
          good.toBuilder().setJitterPercent(101).build(),
          good.toBuilder().setBackoffFirstMillis(-1).build(),
          good.toBuilder().setBackoffFirstMillis(60_001).build(),
          good.toBuilder().setBackoffMaxMillis(Limits.BACKOFF_MILLIS_MAX + 1).build(),
          good.toBuilder().setAttemptsMax(-1).build()
        }) {
      refused(ErrorCode.INVALID_ARGUMENT, () -> PolicyShape.check(bad));
    }
  }

  private static void refused(ErrorCode code, RecoveryRule.Builder rule) {
    RecoveryPolicy policy = RecoveryPolicy.newBuilder().addRules(rule).build();
    refused(code, () -> PolicyShape.check(policy));
  }

  private static void refused(ErrorCode code, ThrowingCallable call) {
    Refusal refusal = catchThrowableOfType(Refusal.class, call);
    assertThat(refusal).isNotNull();
    assertThat(refusal.code()).isEqualTo(code);
  }
}
