package io.cairn.client.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cairn.client.Bytes;
import io.cairn.protocol.FaultTypes;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

/** A job is refused before it is sent, by a message that names all that is wrong. */
class JobSpecTest {
  @Test
  void jobWithDefaultsIsFine() {
    JobSpec spec = JobSpec.builder("j").stage("s", "h", 8).build();
    assertThat(spec.stages()).hasSize(1);
    assertThat(spec.recovery().rules()).hasSize(5);
    assertThat(spec.detection().heartbeatOrThird()).isEqualTo(Duration.ofSeconds(10).dividedBy(3));
  }

  @Test
  void stagesThatWaitForEachOtherOrForNothingAreNamed() {
    refused(
            JobSpec.builder("j")
                .stage(StageSpec.of("a", "h", 1).after("b"))
                .stage(StageSpec.of("b", "h", 1).after("a"))
                .stage(StageSpec.of("c", "h", 1).after("gone")))
        .hasMessageContaining("[a, b] wait for each other")
        .hasMessageContaining("'c' is after 'gone', which is not there");
  }

  @Test
  void allThatIsWrongIsToldAtOnce() {
    refused(
            JobSpec.builder("a/b")
                .stage("s", "", 0)
                .stage("s", "h", 1)
                .retry(RetryPolicy.defaults().withGrowth(50, 0))
                .detection(
                    Detection.builder()
                        .ttl(Duration.ofSeconds(1))
                        .heartbeat(Duration.ofSeconds(1))
                        .build()))
        .hasMessageContaining("job name 'a/b' has / or #")
        .hasMessageContaining("stage 's': handler is empty")
        .hasMessageContaining("stage 's': partitions: 0, allowed are 1 to")
        .hasMessageContaining("stage 's' is there twice")
        .hasMessageContaining("retry.backoffPercent: 50")
        .hasMessageContaining("detection.heartbeat: one every 1000 ms");
  }

  @Test
  void firstPauseAfterAFaultIsShort() {
    // As the store has it for a job that says nothing: a lost task is elsewhere a second later.
    assertThat(RetryPolicy.defaults().backoffFirst()).isEqualTo(Duration.ofMillis(200));
  }

  @Test
  void jobWithoutStagesIsRefused() {
    refused(JobSpec.builder("j")).hasMessageContaining("stages: 0");
  }

  @Test
  void payloadsMustBeOneForEachPartition() {
    refused(
            JobSpec.builder("j")
                .stage(new StageSpec("s", "h", 3, List.of(Bytes.utf8("x")), List.of())))
        .hasMessageContaining("1 payloads for 3 partitions");
  }

  @Test
  void rangesThatDoNotFitIntoAJobAreRefusedWithTheirStageAndAWayOut() {
    List<RangePartition> most = Partitions.range(0, 1_000_000, Partitions.RANGES_MAX);
    assertThat(JobSpec.builder("j").stage(StageSpec.ofRanges("s", "h", most)).build().stages())
        .hasSize(1);
    refused(
            JobSpec.builder("j")
                .stage(StageSpec.ofRanges("small", "h", Partitions.range(0, 9, 3)))
                .stage(StageSpec.ofRanges("large", "h", Partitions.range(0, 9, 60_000))))
        .hasMessageContaining("payloads take 1080054 bytes, most of them of stage 'large'")
        .hasMessageContaining("58000 ranges")
        .hasMessageContaining("cut by the partition's number");
  }

  @Test
  void failIsTheLastStepAndOnlyThat() {
    refused(
            JobSpec.builder("j")
                .stage("s", "h", 1)
                .recovery(
                    RecoveryPolicy.of(
                        new RecoveryRule(Set.of(), Set.of(), List.of(RecoveryStep.resume(1))))))
        .hasMessageContaining("FAIL is the last step");
    assertThat(RecoveryRule.of(FaultTypes.NETWORK, RecoveryStep.resume(1)).steps())
        .endsWith(RecoveryStep.fail());
  }

  @Test
  void replicasAndStragglersHaveBounds() {
    refused(
            JobSpec.builder("j")
                .stage("s", "h", 1)
                .redundancy(Redundancy.replicas(1))
                .verification(Verification.within(-1)))
        .hasMessageContaining("redundancy.replicas: 1, allowed are 2 to 8")
        .hasMessageContaining("verification.tolerance: -1.0");
    refused(
            JobSpec.builder("j")
                .stage("s", "h", 1)
                .redundancy(Redundancy.speculate(100, Duration.ZERO)))
        .hasMessageContaining("redundancy.stragglerPercent: 100, allowed are 110 to");
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> refused(JobSpec.Builder job) {
    return assertThatThrownBy(job::build).isInstanceOf(IllegalArgumentException.class);
  }
}
