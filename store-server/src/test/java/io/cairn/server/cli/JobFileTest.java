package io.cairn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cairn.client.Bytes;
import io.cairn.client.FaultPlace;
import io.cairn.client.job.CheckpointPolicy;
import io.cairn.client.job.Detection;
import io.cairn.client.job.JobName;
import io.cairn.client.job.JobSpec;
import io.cairn.client.job.RangePartition;
import io.cairn.client.job.RecoveryAction;
import io.cairn.client.job.Redundancy;
import io.cairn.client.job.RetryPolicy;
import io.cairn.client.job.Verification;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A job's description as a file. */
class JobFileTest {
  private static final String STAGE = "\nstages: [{name: s, handler: h, partitions: 2}]\n";

  private static JobSpec read(String text) {
    return JobFile.read("job.yaml", text, "default", Optional.empty());
  }

  @Test
  void exampleSaysTheDefaults() throws IOException {
    JobSpec spec = read(JobExample.text()).checked();
    assertThat(spec.name()).isEqualTo(JobName.of("nightly"));
    assertThat(spec.retry()).isEqualTo(RetryPolicy.defaults());
    assertThat(spec.redundancy()).isEqualTo(Redundancy.none());
    assertThat(spec.verification()).isEqualTo(Verification.exact());
    assertThat(spec.checkpoints()).isEqualTo(CheckpointPolicy.defaults());
    assertThat(spec.stages().get(0).payloads()).hasSize(12);
    assertThat(RangePartition.of(spec.stages().get(0).payloads().get(11)))
        .isEqualTo(new RangePartition(110_000, 120_000));
    assertThat(spec.stages().get(1).after()).containsExactly("price");
    assertThat(spec.keep()).isEqualTo(Duration.ofDays(7));
  }

  @Test
  void exampleNamesEveryField() throws IOException {
    String example = JobExample.text();
    for (Class<?> type :
        List.of(
            JobSpec.class,
            io.cairn.client.job.StageSpec.class,
            RetryPolicy.class,
            io.cairn.client.job.RecoveryPolicy.class,
            io.cairn.client.job.RecoveryRule.class,
            io.cairn.client.job.RecoveryStep.class,
            Redundancy.class,
            CheckpointPolicy.class,
            CheckpointPolicy.Adaptive.class,
            CheckpointPolicy.Coordinated.class,
            Verification.class,
            Detection.class)) {
      for (RecordComponent field : type.getRecordComponents()) {
        assertThat(example).as(type.getSimpleName()).containsPattern(field.getName() + ": ?");
      }
    }
  }

  @Test
  void whatIsShownIsReadBackAsTheSame() throws IOException {
    String full =
        """
        name: j
        namespace: n
        stages:
          - {name: a, handler: h, payloads: [x, {base64: AP8=}, {hex: 00ff}]}
          - {name: b, handler: g, partitions: 3, after: [a]}
        recovery:
          rules:
            - {faultTypes: [X, Y], places: [node, ITEM], steps: [{action: replay_log, times: 2}, {action: FAIL}]}
            - steps: [{action: SKIP_ITEM}, {action: ROLLBACK}]
        redundancy: {kind: speculate, stragglerPercent: 150, stragglerMin: 1500ms}
        verification: {comparison: FIELDS, tolerance: 0.5, fields: [u, v], allEqual: true, comparator: c}
        checkpoints:
          {items: 4, interval: 0, bytes: 64KiB, partsDone: 2, kept: 5, keepLog: true,
           adaptive: {min: 1s, max: 5m}, coordinated: {timeout: 10s}}
        keep: 1h
        labels: {team: finance, year: 2026}
        continueOnFailure: true
        """;
    for (String text : List.of(full, JobExample.text())) {
      JobSpec spec = read(text);
      assertThat(read(Output.json(JobSpecShown.fields(spec)))).isEqualTo(spec);
    }
    JobSpec spec = read(full);
    assertThat(spec.stages().get(0).payloads())
        .containsExactly(
            Bytes.utf8("x"), Bytes.of(new byte[] {0, -1}), Bytes.of(new byte[] {0, -1}));
    assertThat(spec.recovery().rules().get(0).places())
        .containsExactlyInAnyOrder(FaultPlace.Kind.NODE, FaultPlace.Kind.ITEM);
    assertThat(spec.recovery().rules().get(0).steps()).hasSize(2);
    assertThat(spec.recovery().rules().get(1).steps().get(2).action())
        .isEqualTo(RecoveryAction.FAIL);
    assertThat(spec.checkpoints().bytes()).isEqualTo(65_536);
    assertThat(spec.labels()).containsEntry("year", "2026");
  }

  @Test
  void jsonWithTabsAndEscapesIsReadToo() {
    JobSpec spec =
        read(
            "{\n\t\"name\": \"a\\u00e4\",\n\t\"stages\": [{\"name\":\"s\",\"handler\":\"h\","
                + "\t\"payloads\":[\"a\\/b\",\"\\ud83d\\ude00\"]}]\n}\n");
    assertThat(spec.name().name()).isEqualTo("aä");
    assertThat(spec.stages().get(0).payloads())
        .containsExactly(Bytes.utf8("a/b"), Bytes.utf8("\ud83d\ude00"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "name: x;stagse: [] | :2: unknown field 'stagse'; there are name, namespace, stages",
        "name: x;stages:;  - name: s;    handlr: h | :4: unknown field 'handlr' in 'stages[0]'",
        "name: x;stages:;  - name: s;    handlr: h | :3: 'stages[0].handler' is missing",
        "stages: [{name: s, handler: h, partitions: 1}] | :1: 'name' is missing",
        "name: x;stages: 7 | :2: 'stages' is no list",
        "name: x;stages: [s] | :2: 'stages[0]' is no list of 'field: value'",
        "name: x;stages: [{name: s, handler: h, partitions: two}] | :2: 'stages[0].partitions' is 'two', no whole number",
        "name: [x];S; | :1: 'name' is no text",
        "name: x;S;keep: soon | :4: 'keep' is 'soon', no duration such as",
        "name: x;S;continueOnFailure: yes | :4: 'continueOnFailure' is 'yes', no true or false",
        "name: x;S;redundancy: {kind: MANY} | no one of NONE, STANDBY, SPECULATE, REPLICAS",
        "name: x;S;checkpoints: {bytes: 5 KB} | 'checkpoints.bytes' is '5 KB', no number of bytes",
        "name: x;S;checkpoints: {bytes: 999999999999999GiB} | no number of bytes",
        "name: x;S;checkpoints: {adaptive: {min: 1s}} | 'checkpoints.adaptive.max' is missing",
        "name: x;stages: [{name: s, handler: h, partitions: 10000000, range: {to: 9}}] | :2: 'stages[0].partitions' is 10000000, allowed are 1 to 1000000",
        "name: x;stages: [{name: s, handler: h, partitions: 0}] | :2: 'stages[0].partitions' is 0, allowed are 1 to 1000000",
        "name: x;stages: [{name: s, handler: h, partitions: 1000000, range: {to: 9}}] | :2: 'stages[0].range' cannot be cut into 1000000 partitions: a job has room for 58000 ranges",
        "name: x;S;redundancy: {kind: SPECULATE} | :4: 'redundancy.stragglerPercent' is missing",
        "name: x;S;redundancy: {kind: REPLICAS} | :4: 'redundancy.replicas' is missing",
        "name: x;S;verification: {tolerance: NaN} | no number",
        "name: x;S;recovery: {rules: [{steps: [{action: UNKNOWN}]}]} | no one of RESUME, REPLAY_LOG",
        "name: x;S;recovery: {rules: [{places: [MOON], steps: []}]} | holds 'MOON'",
        "name: x;S;labels: [a] | 'labels' is no list of 'field: value'",
        "name: x;name: y;S; | :2: 'name' is there twice",
        "name: x;  bad: indent | :2: is neither YAML nor JSON: mapping values are not allowed",
        "{name: x | is neither YAML nor JSON",
        "just text | is no list of 'field: value'",
        "\"\" | is empty",
      })
  void whatIsWrongIsToldWithItsLine(String text, String told) {
    String lines = text.replace("S;", STAGE.strip() + ";\n").replace(";", "\n");
    assertThatThrownBy(() -> read(lines + "\n"))
        .isInstanceOfSatisfying(
            CommandFailure.class, failure -> assertThat(failure.exit()).isEqualTo(Exit.USAGE))
        .hasMessageContaining("job.yaml")
        .hasMessageContaining(told)
        .hasMessageEndingWith("nothing was done");
  }

  @Test
  void differenceFromWhatIsStoredIsNamedButNotWhatTheStoreFills() {
    String text = "name: x" + STAGE;
    JobSpec stored =
        read(text + "checkpoints: {kept: 2}\ndetection: {heartbeat: 3333ms}\nlabels: {a: b}\n");
    assertThat(SpecDifference.between(read(text + "labels: {a: b}\n"), stored)).isEmpty();
    assertThat(SpecDifference.between(read(text + "labels: {a: c}\n"), stored))
        .contains("labels.a");
    assertThat(SpecDifference.between(read(text), stored)).contains("labels.a");
    String more = "labels: {a: b}\ndetection: {ttl: 9s}\n";
    assertThat(SpecDifference.between(read(text + more), stored)).contains("detection.ttl");
    assertThat(
            SpecDifference.between(
                read(text.replace("partitions: 2", "partitions: 3") + "labels: {a: b}\n"), stored))
        .contains("stages[0].partitions");
  }

  @Test
  void rangesThatAreNoneAreWrong() {
    String text =
        "name: x\nstages: [{name: s, handler: h, partitions: 2, range: {from: %s, to: %s}}]";
    assertThatThrownBy(() -> read(text.formatted("5", "4"))).hasMessageContaining("range.to");
    assertThatThrownBy(() -> read(text.formatted(Long.MIN_VALUE, "1")))
        .hasMessageContaining("range.to");
    assertThat(read(text.formatted("-4", "4")).stages().get(0).payloads()).hasSize(2);
  }
}
