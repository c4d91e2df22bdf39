package io.cairn.client.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cairn.client.Bytes;
import io.cairn.client.CairnException;
import io.cairn.client.LogEntry;
import io.cairn.client.SectionedState;
import io.cairn.client.TaskBuilder;
import io.cairn.client.TaskRun;
import io.cairn.client.codec.Codecs;
import io.cairn.client.codec.StoredState;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.CheckpointWrite;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.RecoveryPlan;
import io.cairn.protocol.v1.SectionWrite;
import io.cairn.protocol.v1.TaskSaveRequest;
import io.cairn.protocol.v1.WorkStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an owner's checkpoints bring, when they are taken, and what a recovery reads of them. */
class CheckpointingTest {
  private FakeCluster cluster;
  private ConnectedCairn client;

  @BeforeEach
  void start() throws Exception {
    cluster = new FakeCluster(1);
    client = cluster.client();
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void tenThousandItemsWithATriggerEveryThousandAreTenCheckpoints() {
    try (TaskRun<String> run = task().checkpointEvery(1_000).acquire()) {
      run.stateOr(() -> "0");
      for (int i = 1; i <= 10_000; i++) {
        run.update(String.valueOf(i));
      }
      run.complete("done");
    }
    assertThat(triggers()).containsExactly(concat("start", "items", 10));
    assertThat(state()).isEqualTo("10000");
  }

  @Test
  void completionSavesWhatCameAfterTheLastTrigger() {
    try (TaskRun<String> run = task().checkpointEvery(1_000).acquire()) {
      run.stateOr(() -> "0");
      for (int i = 1; i <= 2_500; i++) {
        run.update(String.valueOf(i));
      }
      run.complete("done");
    }
    assertThat(triggers()).containsExactly("start", "items", "items", "complete");
    assertThat(state()).isEqualTo("2500");
  }

  @Test
  void partsTriggerFiresByPartsThatAreDone() {
    try (TaskRun<String> run = task().checkpointEveryParts(3).acquire()) {
      run.stateOr(() -> "0");
      for (int part = 1; part <= 7; part++) {
        for (int i = 0; i < 10; i++) {
          run.update("in " + part);
        }
        run.partDone("after " + part);
      }
      run.flush();
    }
    assertThat(triggers()).containsExactly("start", "parts", "parts");
    assertThat(state()).isEqualTo("after 6");
  }

  @Test
  void onlyTheSectionThatIsTouchedIsSent() {
    try (TaskRun<byte[]> run = client.task("t", Codecs.bytes()).acquire()) {
      run.checkpointSections(eightSections(1));
      run.checkpointSection("s3", bytes(2, 1_000));
      run.checkpointSection("s3", bytes(3, 1_000));
    }
    assertThat(sentBytes(0)).isEqualTo(8_000);
    assertThat(sentBytes(1)).isEqualTo(1_000);
    assertThat(sentBytes(2)).isEqualTo(1_000);
    CheckpointWrite last = checkpoint(2);
    assertThat(last.getSectionsList()).hasSize(8);
    assertThat(last.getSectionsList().stream().filter(SectionWrite::hasSameAsSeq))
        .hasSize(7)
        .allMatch(section -> section.getSameAsSeq() == 1 && section.getLength() == 1_000);
  }

  @Test
  void sectionsThatWereNotReadAreKeptByTheNextAttempt() {
    try (TaskRun<byte[]> run = client.task("t", Codecs.bytes()).acquire()) {
      run.checkpointSections(eightSections(1));
    }
    try (TaskRun<byte[]> run = client.task("t", Codecs.bytes()).acquire()) {
      run.checkpointSection("s0", bytes(9, 10));
      assertThat(run.recoveredBytes()).isZero();
    }
    assertThat(sentBytes(1)).isEqualTo(10);
    for (int i = 1; i < 8; i++) {
      assertThat(cluster.store.section("s" + i).toByteArray()).isEqualTo(bytes(1, 1_000));
    }
  }

  @Test
  void sectionsAreReadWhenTheyAreAskedFor() {
    try (TaskRun<byte[]> run = client.task("t", Codecs.bytes()).acquire()) {
      run.checkpointSections(eightSections(1));
      run.append(bytes(5, 7));
    }
    long asked = sectionsAskedFor();
    try (TaskRun<byte[]> run = client.task("t", Codecs.bytes()).acquire()) {
      assertThat(sectionsAskedFor()).isEqualTo(asked);
      assertThat(run.recoveredBytes()).as("the first records").isEqualTo(7);
      assertThat(run.recoveredSectionNames()).hasSize(8).contains("s4");
      assertThat(run.recoveredSection("s4")).contains(Bytes.of(bytes(1, 1_000)));
      assertThat(run.recoveredSection("none")).isEmpty();
      assertThat(sectionsAskedFor()).isEqualTo(asked + 1);
      assertThat(run.recoveredBytes()).isEqualTo(1_007);
      assertThat(run.recoveredSections()).hasSize(8);
      assertThat(run.recoveredBytes()).isEqualTo(9_007);
    }
  }

  @Test
  void sectionIsStillReadWhenItsCheckpointIsGoneAndCheckedAgainstItsDigest() {
    try (TaskRun<byte[]> run = client.task("t", Codecs.bytes()).acquire()) {
      run.checkpointSections(eightSections(1));
    }
    try (TaskRun<byte[]> run = client.task("t", Codecs.bytes()).acquire()) {
      for (int i = 0; i < 5; i++) {
        run.checkpointSection("s0", bytes(10 + i, 10));
      }
      assertThat(run.recoveredSection("s5")).contains(Bytes.of(bytes(1, 1_000)));
      assertCode(ErrorCode.CHECKPOINT_NOT_FOUND, () -> run.recoveredSection("s0"));
    }
    cluster.store.damage(5, "s5");
    try (TaskRun<byte[]> run = client.task("t", Codecs.bytes()).acquire()) {
      assertCode(ErrorCode.CORRUPT, () -> run.recoveredSection("s5"));
      assertThat(run.recoveredSection("s6")).isPresent();
    }
  }

  @Test
  void partsOfAStateAreReadAndSentByThemselves() {
    String first = "a region of many lines; ".repeat(200);
    try (TaskRun<byte[]> run = client.task("t", Codecs.bytes()).acquire()) {
      SectionedState<String> parts = SectionedState.of(run, Codecs.string());
      for (int i = 0; i < 8; i++) {
        parts.set("p" + i, first + i);
      }
      parts.save();
    }
    try (TaskRun<byte[]> run = client.task("t", Codecs.bytes()).acquire()) {
      SectionedState<String> parts = SectionedState.of(run, Codecs.string());
      assertThat(parts.names()).hasSize(8);
      assertThat(parts.part("p3")).contains(first + 3);
      parts.set("p3", "changed");
      parts.set("p8", "new");
      assertThat(parts.part("p3")).contains("changed");
      assertThat(parts.save()).isEqualTo(1);
      assertThat(run.recoveredBytes()).isEqualTo(checkpoint(0).getSections(3).getLength());
    }
    assertThat(sentBytes(0)).as("deflated").isLessThan(first.length());
    assertThat(sentBytes(1)).isEqualTo(2 * StoredState.HEADER_BYTES + "changednew".length());
    assertThat(checkpoint(1).getSectionsCount()).isEqualTo(9);
  }

  @Test
  void typedStateIsDeflatedOnItsWayAndLimitedAsItIsEncoded() {
    String state = "the same line again; ".repeat(1_000);
    try (TaskRun<String> run = task().acquire()) {
      run.stateOr(() -> state);
      String large = "x".repeat(Limits.VALUE_BYTES_MAX);
      assertCode(ErrorCode.TOO_LARGE, () -> run.checkpoint(large));
    }
    assertThat(sentBytes(0)).isLessThan(state.length() / 8);
    try (TaskRun<String> run = task().acquire()) {
      assertThat(run.stateOr(() -> "none")).isEqualTo(state);
      assertThat(run.recoveredBytes()).isEqualTo(sentBytes(0));
    }
  }

  @Test
  void recoveryBeginsWhereThePlanSaysAndTheNextCheckpointCoversWhatItLeavesOut() {
    try (TaskRun<String> run = task().acquire()) {
      run.stateOr(() -> "0");
      appendAll(run, 1, 5);
      run.checkpoint("5");
      appendAll(run, 6, 9);
    }
    cluster.store.plan(
        RecoveryPlan.newBuilder()
            .setCheckpointSeq(0)
            .setFromLsn(10)
            .setSkipFromLsn(1)
            .setSkipToLsn(9)
            .build());
    try (TaskRun<String> run = task().acquire()) {
      assertThat(run.recoveredSeq()).isZero();
      assertThat(run.stateOr(() -> "none")).isEqualTo("0");
      assertThat(run.recovered()).isEmpty();
      appendAll(run, 10, 12);
    }
    try (TaskRun<String> run = task().acquire()) {
      assertThat(recordsOf(run)).containsExactly("r10", "r11", "r12");
      assertThat(run.checkpoint("12")).isEqualTo(2);
    }
    assertThat(checkpoint(2).getCoveredLsn()).isEqualTo(12);
    try (TaskRun<String> run = task().acquire()) {
      assertThat(run.recoveredSeq()).isEqualTo(2);
      assertThat(run.recovered()).isEmpty();
    }
  }

  @Test
  void stateToBeginWithDoesNotCoverRecordsOfEarlierAttempts() {
    try (TaskRun<String> run = task().acquire()) {
      appendAll(run, 1, 5);
    }
    for (int attempt = 0; attempt < 2; attempt++) {
      try (TaskRun<String> run = task().acquire()) {
        assertThat(run.stateOr(() -> "0")).isEqualTo("0");
        assertThat(recordsOf(run)).containsExactly("r1", "r2", "r3", "r4", "r5");
      }
    }
    assertThat(checkpoint(0).getCoveredLsn()).isZero();
  }

  @Test
  void costAndBytesReadAreToldOnceEach() {
    try (TaskRun<String> run = task().acquire()) {
      run.stateOr(() -> "0");
      run.append(bytes(1, 100));
      run.checkpoint("1");
    }
    assertThat(stats(0).getCheckpointMicros()).isZero();
    assertThat(stats(1).getCheckpointMicros()).as("what the first one took").isPositive();
    assertThat(stats(1).getRecoveredBytes()).isZero();
    assertThat(stats(1).getIntervalReason()).isEmpty();
    long read;
    try (TaskRun<String> run =
        task()
            .checkpointAdaptively(Duration.ofMinutes(1), Duration.ofMinutes(9), Duration.ofHours(1))
            .acquire()) {
      run.stateOr(() -> "0");
      read = run.recoveredBytes();
      run.checkpoint("2");
      run.checkpoint("3");
      run.complete("done");
    }
    assertThat(stats(2).getRecoveredBytes()).isEqualTo(read).isPositive();
    assertThat(stats(2).getIntervalMillis()).isEqualTo(60_000);
    assertThat(stats(2).getIntervalReason()).isEqualTo("adaptive: no cost known, the shortest");
    assertThat(stats(3).getRecoveredBytes()).isZero();
    assertThat(stats(3).getIntervalReason())
        .matches("adaptive: cost \\d+ .s, a fault every 3600 s, the shortest");
    WorkStats last = cluster.store.completions.get(0).getStats();
    assertThat(last.getCheckpointMicros()).isPositive();
    assertThat(last.getRecoveredBytes()).isZero();
    assertThat(last.getIntervalMillis()).isEqualTo(60_000);
  }

  private TaskBuilder<String> task() {
    return client.task("t", Codecs.string());
  }

  private String state() {
    return StoredState.decode(
        Codecs.string(), cluster.store.section(OwnedTask.STATE).toByteArray());
  }

  private List<String> triggers() {
    return cluster.store.saves().stream()
        .filter(TaskSaveRequest::hasCheckpoint)
        .map(save -> save.getCheckpoint().getTrigger())
        .toList();
  }

  private static String[] concat(String first, String then, int count) {
    List<String> all = new ArrayList<>(List.of(first));
    for (int i = 0; i < count; i++) {
      all.add(then);
    }
    return all.toArray(String[]::new);
  }

  private TaskSaveRequest save(int number) {
    return cluster.store.saves().stream()
        .filter(TaskSaveRequest::hasCheckpoint)
        .toList()
        .get(number);
  }

  private CheckpointWrite checkpoint(int number) {
    return save(number).getCheckpoint();
  }

  private WorkStats stats(int number) {
    return save(number).getStats();
  }

  private long sentBytes(int number) {
    return checkpoint(number).getSectionsList().stream()
        .filter(section -> !section.hasSameAsSeq())
        .mapToLong(SectionWrite::getLength)
        .sum();
  }

  private long sectionsAskedFor() {
    return cluster.leader().requests.stream()
        .filter(request -> request.getQuery().getQueryCase() == Query.QueryCase.TASK_SECTION)
        .count();
  }

  private static void appendAll(TaskRun<?> run, int first, int last) {
    for (int i = first; i <= last; i++) {
      CompletableFuture<Long> unused = run.appendAsync(("r" + i).getBytes(UTF_8));
    }
    run.flush();
  }

  private static List<String> recordsOf(TaskRun<?> run) {
    List<String> records = new ArrayList<>();
    for (LogEntry entry : run.recovered()) {
      records.add(new String(entry.payload().toArray(), UTF_8));
    }
    return records;
  }

  private static Map<String, byte[]> eightSections(int seed) {
    Map<String, byte[]> sections = new HashMap<>();
    for (int i = 0; i < 8; i++) {
      sections.put("s" + i, bytes(seed, 1_000));
    }
    return sections;
  }

  private static byte[] bytes(int seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static void assertCode(ErrorCode code, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(CairnException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
