package io.cairn.core.job;

import static io.cairn.core.job.JobRequests.job;
import static io.cairn.core.job.JobRequests.stage;
import static io.cairn.core.job.JobStore.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.CheckpointPolicy;
import io.cairn.protocol.v1.Detection;
import io.cairn.protocol.v1.JobSpec;
import io.cairn.protocol.v1.Label;
import io.cairn.protocol.v1.RecoveryAction;
import io.cairn.protocol.v1.RecoveryPolicy;
import io.cairn.protocol.v1.RecoveryRule;
import io.cairn.protocol.v1.RecoveryStep;
import io.cairn.protocol.v1.Redundancy;
import io.cairn.protocol.v1.RetryPolicy;
import io.cairn.protocol.v1.Verification;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Specifications that no job can have are refused, and say why. */
class JobShapeTest {
  @TempDir Path folder;
  private JobStore store;

  @BeforeEach
  void open() {
    store = new JobStore(folder.resolve("db"));
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void stagesAreThereAndHaveNamesOfTheirOwn() {
    invalid(JobSpec.newBuilder(), "without stages");
    invalid(job(1).addStages(stage("s", "h", 1)), "stage \"s\" comes twice");
    invalid(JobSpec.newBuilder().addStages(stage("", "h", 1)), "stage name is empty");
    invalid(JobSpec.newBuilder().addStages(stage("a/b", "h", 1)), "has / or # in it");
    invalid(JobSpec.newBuilder().addStages(stage("s", "", 1)), "handler of stage \"s\" is empty");
  }

  @Test
  void stagesComeAfterStagesThatAreThereAndNeverAfterThemselves() {
    invalid(job(1).addStages(stage("t", "h", 1, "u")), "comes after \"u\", which is none");
    invalid(job(1).addStages(stage("t", "h", 1, "t")), "after itself");
    invalid(
        job(1)
            .addStages(stage("a", "h", 1, "c"))
            .addStages(stage("b", "h", 1, "a", "s"))
            .addStages(stage("c", "h", 1, "b")),
        "after itself");
    invalid(job(1).addStages(stage("t", "h", 1, "s", "s")), "names \"s\" twice");
  }

  @Test
  void partitionsAreAtLeastOneAndBounded() {
    invalid(job(0), "has 0 partitions");
    invalid(job(-1), "has -1 partitions");
    refused(ErrorCode.TOO_LARGE, () -> store.submit("j", job(Limits.PARTITIONS_MAX + 1).build()));
  }

  @Test
  void payloadsAreNoneOrOneForEachPartition() {
    JobSpec.Builder spec = job(2);
    spec.getStagesBuilder(0).addPayloads(ByteString.copyFromUtf8("only one"));
    invalid(spec, "has 1 payloads for 2 partitions");
  }

  @Test
  void aSpecificationIsBoundedInBytes() {
    JobSpec.Builder spec = job(1);
    spec.getStagesBuilder(0).addPayloads(ByteString.copyFrom(new byte[Limits.JOB_SPEC_BYTES_MAX]));
    refused(ErrorCode.TOO_LARGE, () -> store.submit("j", spec.build()));
  }

  @Test
  void aRuleEndsWithFail() {
    RecoveryStep resume =
        RecoveryStep.newBuilder().setAction(RecoveryAction.RESUME).setTimes(1).build();
    invalid(recovering(RecoveryRule.newBuilder()), "a policy with no terminal action");
    invalid(recovering(RecoveryRule.newBuilder().addSteps(resume)), "no terminal action");
    invalid(
        recovering(
            RecoveryRule.newBuilder()
                .addSteps(RecoveryStep.newBuilder().setAction(RecoveryAction.FAIL))
                .addSteps(resume)),
        "FAIL");
  }

  @Test
  void percentsAndTimesAreWithinTheirBounds() {
    invalid(job(1).setRetry(RetryPolicy.newBuilder().setBackoffPercent(99)), "99");
    invalid(job(1).setRetry(RetryPolicy.newBuilder().setJitterPercent(101)), "101");
    invalid(job(1).setRetry(RetryPolicy.newBuilder().setBackoffFirstMillis(-1)), "-1");
    invalid(job(1).setRetry(RetryPolicy.newBuilder().setAttemptsMax(-2)), "-2");
    invalid(job(1).setDetection(Detection.newBuilder().setHeapPercentMax(101)), "heap: 101");
    invalid(job(1).setDetection(Detection.newBuilder().setTtlMillis(1)), "to live: 1");
    invalid(job(1).setDetection(Detection.newBuilder().setHeartbeatMillis(99_999)), "heartbeat");
    invalid(job(1).setDetection(Detection.newBuilder().setAckMillis(-1)), "acknowledge: -1");
    invalid(job(1).setKeepMillis(-1), "keep the job: -1");
    invalid(job(1).setCheckpoints(CheckpointPolicy.newBuilder().setKept(101)), "kept: 101");
    invalid(
        job(1)
            .setCheckpoints(
                CheckpointPolicy.newBuilder().setAdaptiveMillisMin(2).setAdaptiveMillisMax(1)),
        "adaptive interval: 2");
  }

  @Test
  void labelsHaveKeysOfTheirOwn() {
    Label label = Label.newBuilder().setKey("k").build();
    invalid(job(1).addLabels(label).addLabels(label), "label \"k\" comes twice");
  }

  @Test
  void coordinatedJobsAreBounded() {
    JobSpec.Builder spec =
        job(Limits.COORDINATED_TASKS_MAX + 1)
            .setCheckpoints(CheckpointPolicy.newBuilder().setCoordinated(true));
    refused(ErrorCode.TOO_LARGE, () -> store.submit("j", spec.build()));
  }

  @Test
  void tasksThatAreSavedTogetherRunOnce() {
    invalid(
        job(1)
            .setCheckpoints(CheckpointPolicy.newBuilder().setCoordinated(true))
            .setRedundancy(Redundancy.newBuilder().setKind(Redundancy.Kind.STANDBY)),
        "run once each");
    invalid(job(1).setVerification(Verification.newBuilder().setAllEqual(true)), "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b", "a#b", "a\nb"})
  void aJobNeedsAName(String name) {
    refused(ErrorCode.INVALID_ARGUMENT, () -> store.submit(name, job(1).build()));
  }

  @Test
  void namesOfTasksFitTheirBound() {
    String name = "n".repeat(Limits.NAME_BYTES_MAX);
    JobSpec.Builder spec = JobSpec.newBuilder().addStages(stage(name, "h", 1));
    refused(ErrorCode.TOO_LARGE, () -> store.submit(name, spec.build()));
    store.run(JobRequests.submit(name, "s", job(1).build()));
  }

  private static JobSpec.Builder recovering(RecoveryRule.Builder rule) {
    return job(1).setRecovery(RecoveryPolicy.newBuilder().addRules(rule));
  }

  private void invalid(JobSpec.Builder spec, String why) {
    assertThat(refused(ErrorCode.INVALID_ARGUMENT, () -> store.submit("j", spec.build())))
        .hasMessageContaining(why);
  }
}
