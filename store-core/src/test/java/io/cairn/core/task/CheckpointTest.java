package io.cairn.core.task;

import static io.cairn.core.task.TaskStore.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.core.apply.Refusal;
import io.cairn.core.storage.ColumnFamily;
import io.cairn.protocol.CheckpointDigest;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.Checkpoint;
import io.cairn.protocol.v1.TaskCheckpointsRequest;
import io.cairn.protocol.v1.TaskSaveResponse;
import io.cairn.protocol.v1.TaskSectionRequest;
import io.cairn.protocol.v1.TaskSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** I5: checkpoints grow by one, are seen whole, and stay as they were acknowledged. */
class CheckpointTest {
  @TempDir Path folder;
  private TaskStore store;
  private long epoch;

  @BeforeEach
  void open() {
    store = new TaskStore(folder);
    store.advance(1_000);
    store.lease(1, 10_000);
    store.lease(2, 10_000);
    store.create("t", Requests.keeping(2));
    epoch = store.acquire("t", 1);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void seqStartsAtZeroAndGrowsByOne() {
    Refusal gap = refused(ErrorCode.SEQ_GAP, () -> store.save(save().checkpoint(1, 0)));
    assertThat(gap.expected()).isZero();
    assertThat(gap.actual()).isEqualTo(1);
    store.save(save().checkpoint(0, 0));
    store.save(save().checkpoint(1, 0));
    assertThat(refused(ErrorCode.SEQ_GAP, () -> store.save(save().checkpoint(3, 0))).expected())
        .isEqualTo(2);
    refused(ErrorCode.INVALID_ARGUMENT, () -> store.save(save().checkpoint(-1, 0)));
    refused(ErrorCode.INVALID_ARGUMENT, () -> store.save(save()));
  }

  @Test
  void resendIsAnsweredAsTheFirstWas() {
    Requests.Save zero = save().records(1, "a", "b").checkpoint(0, 1).section("s", "0");
    TaskSaveResponse first = store.save(zero);
    assertThat(first.getLastLsn()).isEqualTo(2);
    assertThat(first.getTimeMillis()).isEqualTo(1_000);
    store.advance(50);
    assertThat(store.saveAgain(zero)).isEqualTo(first);
    store.save(save().records(3, "c").checkpoint(1, 3).section("s", "1"));
    store.advance(50);
    assertThat(store.saveAgain(zero)).isEqualTo(first);
    assertThat(checkpoint(0).getDigest()).isEqualTo(CheckpointDigest.of(checkpoint(0)));
  }

  @Test
  void resendWhoseRecordsHaveBeenTrimmedIsKnownByTheirDigest() {
    store.save(save().checkpoint(0, 0));
    Requests.Save one = save().records(1, "a", "b").checkpoint(1, 2);
    TaskSaveResponse first = store.save(one);
    store.save(save().records(3, "c").checkpoint(2, 3));
    assertThat(store.task("t").getFirstLsn()).isEqualTo(3);
    assertThat(store.saveAgain(one)).isEqualTo(first);
    refused(ErrorCode.LSN_CONFLICT, () -> store.save(save().records(1, "a", "x").checkpoint(1, 2)));
    assertThat(store.saveAgain(save().checkpoint(1, 2))).isEqualTo(first);
  }

  @Test
  void sameSeqWithOtherContentOrEpochConflicts() {
    store.save(save().checkpoint(0, 0).section("s", "0"));
    refused(ErrorCode.SEQ_CONFLICT, () -> store.save(save().checkpoint(0, 0).section("s", "x")));
    refused(ErrorCode.SEQ_CONFLICT, () -> store.save(save().checkpoint(0, 0)));
    store.endLease(1);
    long second = store.acquire("t", 2);
    Refusal refusal =
        refused(
            ErrorCode.SEQ_CONFLICT,
            () -> store.save(Requests.save("t", second).checkpoint(0, 0).section("s", "0")));
    assertThat(refusal.expected()).isEqualTo(1);
  }

  @Test
  void seqThatIsNoLongerKeptConflicts() {
    Requests.Save zero = save().checkpoint(0, 0);
    store.save(zero);
    store.save(save().checkpoint(1, 0));
    store.save(save().checkpoint(2, 0));
    assertThat(refused(ErrorCode.SEQ_CONFLICT, () -> store.save(zero)))
        .hasMessageContaining("no longer kept");
  }

  @Test
  void coveredLsnLiesBetweenTheFormerAndTheLast() {
    store.save(save().records(1, "a", "b").checkpoint(0, 1));
    refused(ErrorCode.INVALID_ARGUMENT, () -> store.save(save().checkpoint(1, 0)));
    refused(ErrorCode.INVALID_ARGUMENT, () -> store.save(save().records(3, "c").checkpoint(1, 4)));
    assertThat(store.task("t").getLastLsn()).as("neither half was written").isEqualTo(2);
    store.save(save().records(3, "c").checkpoint(1, 3));
    assertThat(store.task("t").getCoveredLsn()).isEqualTo(3);
  }

  @Test
  void sectionBytesMustHaveTheirDigest() {
    refused(
        ErrorCode.DIGEST_MISMATCH,
        () -> store.save(save().records(1, "a").checkpoint(0, 0).wrongSection("s", "0")));
    assertThat(store.task("t").getLastLsn()).isZero();
  }

  @Test
  void sizesAreBounded() {
    Requests.Save many = save().checkpoint(0, 0);
    for (int i = 0; i <= Limits.SECTIONS_MAX; i++) {
      many.section("s" + i, "");
    }
    refused(ErrorCode.TOO_LARGE, () -> store.save(many));
    refused(
        ErrorCode.TOO_LARGE,
        () ->
            store.save(
                save().checkpoint(0, 0).section("s", "x".repeat(Limits.VALUE_BYTES_MAX + 1))));
    Requests.Save heavy = save().checkpoint(0, 0);
    for (int i = 0; i <= 64; i++) {
      heavy.sameAs("s" + i, "x".repeat(Limits.VALUE_BYTES_MAX), 0);
    }
    refused(ErrorCode.TOO_LARGE, () -> store.save(heavy));
    refused(
        ErrorCode.INVALID_ARGUMENT,
        () -> store.save(save().checkpoint(0, 0).section("s", "0").section("s", "0")));
    refused(ErrorCode.TOO_LARGE, () -> stage(0, "s", "x".repeat(Limits.VALUE_BYTES_MAX + 1)));
  }

  @Test
  void stagedSectionsBecomePartOfTheirCheckpointOnly() {
    store.stage("t", epoch, 0, "a", "one");
    store.stageAgain("t", epoch, 0, "a", "one");
    store.stage("t", epoch, 0, "a", "two!");
    store.stage("t", epoch, 0, "unused", "x");
    assertThat(store.task("t").getSectionBytes()).isEqualTo(5);
    refused(
        ErrorCode.DIGEST_MISMATCH, () -> store.save(save().checkpoint(0, 0).staged("a", "one")));
    refused(
        ErrorCode.CHECKPOINT_NOT_FOUND,
        () -> store.save(save().checkpoint(0, 0).staged("b", "two!")));
    store.save(save().checkpoint(0, 0).staged("a", "two!").section("b", "inline"));
    assertThat(section(0, "a")).isEqualTo("two!");
    assertThat(section(0, "b")).isEqualTo("inline");
    assertThat(store.count(ColumnFamily.SECTION)).isEqualTo(2);
    assertThat(store.task("t").getSectionBytes()).isEqualTo(10);
    store.stageAgain("t", epoch, 0, "a", "two!");
    refused(ErrorCode.SEQ_CONFLICT, () -> stage(0, "a", "three"));
    refused(ErrorCode.SEQ_GAP, () -> stage(2, "a", "three"));
  }

  @Test
  void inlineSectionTakesThePlaceOfAStagedOne() {
    store.stage("t", epoch, 0, "a", "staged");
    store.save(save().checkpoint(0, 0).section("a", "inline"));
    assertThat(section(0, "a")).isEqualTo("inline");
    assertThat(store.task("t").getSectionBytes()).isEqualTo(6);
  }

  @Test
  void nextOwnerDoesNotFindWhatWasStagedBeforeIt() {
    store.stage("t", epoch, 0, "a", "one");
    store.endLease(1);
    long second = store.acquire("t", 2);
    assertThat(store.count(ColumnFamily.SECTION)).isZero();
    assertThat(store.task("t").getSectionBytes()).isZero();
    refused(
        ErrorCode.CHECKPOINT_NOT_FOUND,
        () -> store.save(Requests.save("t", second).checkpoint(0, 0).staged("a", "one")));
  }

  @Test
  void stagedSectionsAreBoundedInNumber() {
    for (int i = 0; i < Limits.SECTIONS_MAX; i++) {
      store.stage("t", epoch, 0, "s" + i, "x");
    }
    store.stage("t", epoch, 0, "s0", "y");
    refused(ErrorCode.TOO_LARGE, () -> stage(0, "more", "x"));
  }

  @Test
  void lastCheckpointsAreKeptWithWhatTheyReferTo() {
    store.save(save().checkpoint(0, 0).section("big", "unchanged").section("pos", "0"));
    store.save(save().checkpoint(1, 0).sameAs("big", "unchanged", 0).section("pos", "1"));
    store.save(save().checkpoint(2, 0).sameAs("big", "unchanged", 1).section("pos", "2"));
    assertThat(store.task("t").getOldestCheckpointSeq()).isEqualTo(1);
    assertThat(seqs()).containsExactly(2L, 1L);
    assertThat(section(2, "big")).isEqualTo("unchanged");
    assertThat(section(2, "pos")).isEqualTo("2");
    assertThat(checkpoint(2).getSections(0).getStoredSeq()).isZero();
    assertThat(store.count(ColumnFamily.SECTION)).as("big, pos of 1 and 2").isEqualTo(3);
    refused(ErrorCode.CHECKPOINT_NOT_FOUND, () -> section(0, "big"));
    store.save(save().checkpoint(3, 0).section("big", "changed"));
    assertThat(section(2, "big")).isEqualTo("unchanged");
    store.save(save().checkpoint(4, 0).sameAs("big", "changed", 3));
    assertThat(store.count(ColumnFamily.SECTION)).isEqualTo(1);
    assertThat(store.task("t").getSectionBytes()).isEqualTo("changed".length());
  }

  @Test
  void sameAsMustNameAKeptSectionOfTheSameContent() {
    store.save(save().checkpoint(0, 0).section("a", "0"));
    store.save(save().checkpoint(1, 0).section("a", "1"));
    store.save(save().checkpoint(2, 0).section("a", "2"));
    refused(
        ErrorCode.CHECKPOINT_NOT_FOUND,
        () -> store.save(save().checkpoint(3, 0).sameAs("a", "0", 0)));
    refused(
        ErrorCode.CHECKPOINT_NOT_FOUND,
        () -> store.save(save().checkpoint(3, 0).sameAs("a", "1", 2)));
    refused(
        ErrorCode.CHECKPOINT_NOT_FOUND,
        () -> store.save(save().checkpoint(3, 0).sameAs("a", "3", 3)));
    store.save(save().checkpoint(3, 0).sameAs("a", "1", 1));
    assertThat(section(3, "a")).isEqualTo("1");
  }

  @Test
  void taskMayKeepOneCheckpointOnly() {
    store.create("one", TaskSpec.newBuilder().setCheckpointsKept(1).build());
    long e = store.acquire("one", 1);
    for (int seq = 0; seq < 4; seq++) {
      store.save(Requests.save("one", e).checkpoint(seq, 0).section("s", "state " + seq));
    }
    assertThat(store.count(ColumnFamily.CHECKPOINT)).isEqualTo(1);
    assertThat(store.count(ColumnFamily.SECTION)).isEqualTo(1);
  }

  private Requests.Save save() {
    return Requests.save("t", epoch);
  }

  private boolean stage(long seq, String section, String data) {
    store.stage("t", epoch, seq, section, data);
    return true;
  }

  private Checkpoint checkpoint(long seq) {
    return checkpoints(seq).get(0);
  }

  private Stream<Long> seqs() {
    return checkpoints(-1).stream().map(Checkpoint::getSeq);
  }

  private List<Checkpoint> checkpoints(long seq) {
    return TaskReads.checkpoints(
            store.rows(),
            TaskCheckpointsRequest.newBuilder().setName(Requests.name("t")).setSeq(seq).build())
        .getCheckpointsList();
  }

  private String section(long seq, String name) {
    return TaskReads.section(
            store.rows(),
            TaskSectionRequest.newBuilder()
                .setName(Requests.name("t"))
                .setSeq(seq)
                .setSection(name)
                .build())
        .getData()
        .toStringUtf8();
  }
}
