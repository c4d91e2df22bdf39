package io.cairn.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.core.apply.DamagedRowException;
import io.cairn.core.apply.Refusal;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Failure;
import io.cairn.server.ops.LogEvent;
import io.grpc.Status;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ErrorMappingTest {
  /** Numbers are on the wire: this list only ever grows. */
  private static final List<String> GOLDEN =
      List.of(
          "1 INVALID_ARGUMENT NOT_APPLIED",
          "2 TOO_LARGE NOT_APPLIED",
          "3 TASK_NOT_FOUND NOT_APPLIED",
          "4 TASK_EXISTS NOT_APPLIED",
          "5 FENCED NOT_APPLIED",
          "6 EPOCH_UNKNOWN NOT_APPLIED",
          "7 SEQ_GAP NOT_APPLIED",
          "8 SEQ_CONFLICT NOT_APPLIED",
          "9 LSN_GAP NOT_APPLIED",
          "10 LSN_CONFLICT NOT_APPLIED",
          "11 DIGEST_MISMATCH NOT_APPLIED",
          "12 WRONG_STATE NOT_APPLIED",
          "13 COMPACTED NOT_APPLIED",
          "14 FUTURE_REVISION NOT_APPLIED",
          "15 LEASE_NOT_FOUND NOT_APPLIED",
          "16 LEASE_EXISTS NOT_APPLIED",
          "17 KEY_NOT_FOUND NOT_APPLIED",
          "18 DUPLICATE_KEY NOT_APPLIED",
          "19 CHECKPOINT_NOT_FOUND NOT_APPLIED",
          "20 SESSION_EXPIRED OUTCOME_UNKNOWN",
          "21 SEQUENCE_TOO_OLD OUTCOME_UNKNOWN",
          "22 WINDOW_EXCEEDED NOT_APPLIED",
          "23 ANSWER_DROPPED APPLIED",
          "24 TOO_MANY NOT_APPLIED",
          "25 MEMBER_NOT_FOUND NOT_APPLIED",
          "26 JOB_NOT_FOUND NOT_APPLIED",
          "27 JOB_EXISTS NOT_APPLIED",
          "28 WORKER_NOT_FOUND NOT_APPLIED",
          "40 OVERLOADED NOT_APPLIED",
          "41 NOT_LEADER NOT_APPLIED",
          "42 NO_LEADER NOT_APPLIED",
          "43 SHUTTING_DOWN NOT_APPLIED",
          "44 UNKNOWN_GROUP NOT_APPLIED",
          "45 UNKNOWN_COMMAND NOT_APPLIED",
          "46 UNSUPPORTED_PROTOCOL NOT_APPLIED",
          "47 WRONG_CLUSTER NOT_APPLIED",
          "48 STALE_REPLICA NOT_APPLIED",
          "49 NO_SPACE NOT_APPLIED",
          "50 UNAVAILABLE NOT_APPLIED",
          "51 MEMBERSHIP_BUSY NOT_APPLIED",
          "52 SLOW_CONSUMER NOT_APPLIED",
          "60 DEADLINE_EXCEEDED OUTCOME_UNKNOWN",
          "61 LOST_TRACK OUTCOME_UNKNOWN",
          "62 INTERNAL OUTCOME_UNKNOWN",
          "63 CORRUPT NOT_APPLIED",
          "64 CLOSED NOT_APPLIED");

  @Test
  void codesKeepTheirNumbersAndTheirCertainty() {
    assertThat(ErrorCode.values())
        .extracting(code -> code.number() + " " + code + " " + code.certainty())
        .containsExactlyElementsOf(GOLDEN);
  }

  @Test
  void numbersAreUnique() {
    assertThat(Arrays.stream(ErrorCode.values()).map(ErrorCode::number).collect(Collectors.toSet()))
        .hasSameSizeAs(ErrorCode.values());
  }

  @Test
  void everyCodeTravelsInTheTrailer() throws Exception {
    for (ErrorCode code : ErrorCode.values()) {
      Failure failure = ErrorMapping.failure(code, "reason", 1, 2);
      byte[] trailer =
          Status.trailersFromThrowable(ErrorMapping.asStatus(failure))
              .get(ErrorMapping.FAILURE_TRAILER);
      assertThat(Failure.parseFrom(trailer)).isEqualTo(failure);
      assertThat(ErrorMapping.status(code)).isNotEqualTo(Status.Code.OK);
    }
  }

  @Test
  void exceptionsKeepTheirCodeAndBugsKeepTheirSecrets() {
    assertThat(ErrorMapping.of(new Refusal(ErrorCode.FENCED, "old", 2, 1)))
        .isEqualTo(ErrorMapping.failure(ErrorCode.FENCED, "old", 2, 1));
    assertThat(ErrorMapping.of(new RejectedExecutionException()).getCode())
        .isEqualTo(ErrorCode.OVERLOADED.number());
    assertThat(ErrorMapping.of(new IllegalStateException("secret")).getMessage())
        .doesNotContain("secret");
  }

  @Test
  void damagedRowIsCorruptToItsReader() {
    assertThat(ErrorMapping.of(new DamagedRowException("record 3 of task 7 is gone")).getCode())
        .isEqualTo(ErrorCode.CORRUPT.number());
  }

  @Test
  void damageIsLoggedAsDamageAndABugAsABug() {
    assertThat(ErrorMapping.event(new DamagedRowException("record 3 of task 7 is gone")))
        .isEqualTo(LogEvent.DAMAGE_FOUND);
    assertThat(ErrorMapping.event(new IllegalStateException("a bug")))
        .isEqualTo(LogEvent.REQUEST_FAILED);
  }
}
