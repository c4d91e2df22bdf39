package io.cairn.client.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.cairn.client.CairnException;
import io.cairn.client.FencedException;
import io.cairn.client.OutcomeUnknownException;
import io.cairn.client.TaskName;
import io.cairn.protocol.Certainty;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.CheckpointWrite;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** I5 on the client's side: writes of one owner keep their order, whatever is lost or overtakes. */
class TaskPipelineTest {
  private record Sent(Command command, CompletableFuture<Outcome> answer) {}

  private final List<Sent> sent = new ArrayList<>();
  private final List<String> fenced = new ArrayList<>();
  private final WriteBuffer buffer = new WriteBuffer(1_000_000, () -> false);
  private final TaskPipeline pipeline = pipeline(3, false);

  @Test
  void recordsBehindAFullWindowShareACommand() {
    List<TaskWrite> writes = records(50);
    assertThat(sent).hasSize(8);
    answer(0);
    assertThat(sent).hasSize(9);
    assertThat(sent.get(8).command().getTaskSave().getRecordsCount()).isEqualTo(42);
    assertThat(sent.get(8).command().getTaskSave().getFirstLsn()).isEqualTo(9);
    assertThat(writes.get(0).done()).isCompleted();
  }

  @Test
  void writeIsDoneOnlyAfterThoseBeforeIt() {
    List<TaskWrite> writes = records(2);
    answer(1);
    assertThat(writes.get(1).done()).isNotDone();
    answer(0);
    assertThat(writes.get(0).done()).isCompleted();
    assertThat(writes.get(1).done()).isCompleted();
    assertThat(buffer.bytes()).isZero();
  }

  @Test
  void writeThatOvertookAnotherIsSentAgainWhenTheOtherIsDone() {
    List<TaskWrite> writes = records(3);
    fail(1, ErrorCode.LSN_GAP);
    fail(2, ErrorCode.LSN_GAP);
    assertThat(sent).hasSize(3);
    answer(0);
    assertThat(sent).hasSize(5);
    assertThat(sent.get(3).command().getTaskSave().getFirstLsn()).isEqualTo(2);
    assertThat(sent.get(4).command().getTaskSave().getFirstLsn()).isEqualTo(3);
    answer(3);
    answer(4);
    assertThat(writes).allMatch(write -> write.done().isDone());
  }

  @Test
  void gapToldAfterTheOtherWasDoneIsSentAgainOnce() {
    records(2);
    answer(0);
    fail(1, ErrorCode.LSN_GAP);
    assertThat(sent).hasSize(3);
    fail(2, ErrorCode.LSN_GAP);
    assertThat(sent).hasSize(3);
    assertThat(buffer.end()).map(CairnException::code).contains(ErrorCode.LSN_GAP);
  }

  @Test
  void writeOfUnknownOutcomeIsSentAgain() {
    List<TaskWrite> writes = records(1);
    sent.get(0)
        .answer()
        .completeExceptionally(
            new OutcomeUnknownException(ErrorCode.DEADLINE_EXCEEDED, "no answer"));
    assertThat(sent).hasSize(2);
    assertThat(sent.get(1).command()).isEqualTo(sent.get(0).command());
    answer(1);
    assertThat(writes.get(0).done()).isCompleted();
  }

  @Test
  void fencedWriteFencesAllAndSaysWhatMayHaveBeenApplied() {
    List<TaskWrite> writes = records(10);
    fail(0, ErrorCode.FENCED);
    assertThat(fenced).hasSize(1);
    assertThat(certainty(writes.get(1))).isEqualTo(Certainty.OUTCOME_UNKNOWN);
    assertThat(certainty(writes.get(9))).isEqualTo(Certainty.NOT_APPLIED);
    assertThat(buffer.bytes()).isZero();
    TaskWrite late = TaskWrite.record(11, ByteString.EMPTY);
    pipeline.add(late);
    assertThatThrownBy(() -> late.done().join()).hasCauseInstanceOf(FencedException.class);
  }

  @Test
  void refusedWriteEndsThoseBehindIt() {
    List<TaskWrite> writes = records(3);
    fail(0, ErrorCode.LSN_CONFLICT);
    for (TaskWrite write : writes) {
      assertThatThrownBy(() -> write.done().join())
          .isInstanceOf(CompletionException.class)
          .cause()
          .isInstanceOf(CairnException.class);
    }
    assertThat(fenced).isEmpty();
  }

  @Test
  void stagedCheckpointWaitsForItsSections() {
    records(1);
    TaskWrite staged =
        checkpoint(
            CheckpointWrite.newBuilder().setSeq(4).build(),
            Map.of("a", ByteString.copyFromUtf8("1"), "b", ByteString.copyFromUtf8("2")));
    pipeline.add(staged);
    assertThat(sent).hasSize(1);
    answer(0);
    assertThat(sent).hasSize(3);
    assertThat(sent.get(1).command().getTaskStage().getSeq()).isEqualTo(4);
    answer(1);
    assertThat(sent).hasSize(3);
    answer(2);
    assertThat(sent).hasSize(4);
    assertThat(sent.get(3).command().getTaskSave().getCheckpoint().getSeq()).isEqualTo(4);
    answer(3);
    assertThat(staged.done()).isCompleted();
  }

  @Test
  void endIsSentWhenAllBeforeItIsDone() {
    records(2);
    TaskWrite end = TaskWrite.last(Command.newBuilder().setSequence(9).build());
    pipeline.add(end);
    assertThat(sent).hasSize(2);
    answer(0);
    answer(1);
    assertThat(sent).hasSize(3);
    answer(2);
    assertThat(end.done()).isCompleted();
  }

  @Test
  void checkpointThatOvertookTheRecordsItCoversIsSentAgain() {
    records(1);
    TaskWrite checkpoint =
        checkpoint(CheckpointWrite.newBuilder().setSeq(4).setCoveredLsn(1).build(), Map.of());
    pipeline.add(checkpoint);
    fail(1, ErrorCode.INVALID_ARGUMENT);
    assertThat(buffer.end()).isEmpty();
    answer(0);
    assertThat(sent).hasSize(3);
    answer(2);
    assertThat(checkpoint.done()).isCompleted();
  }

  @Test
  void refusalAfterAnUnknownAttemptLeavesTheOutcomeUnknown() {
    List<TaskWrite> writes = records(1);
    sent.get(0)
        .answer()
        .completeExceptionally(
            new OutcomeUnknownException(ErrorCode.DEADLINE_EXCEEDED, "no answer"));
    fail(1, ErrorCode.LSN_CONFLICT);
    assertThat(certainty(writes.get(0))).isEqualTo(Certainty.OUTCOME_UNKNOWN);
  }

  @Test
  void writeWhoseAnswerWasNotKeptIsDone() {
    TaskWrite end = TaskWrite.last(Command.newBuilder().setSequence(9).build());
    pipeline.add(end);
    fail(0, ErrorCode.ANSWER_DROPPED);
    assertThat(end.done()).isCompleted();
  }

  @Test
  void writeThatCannotBeSentEndsThePipeline() {
    TaskPipeline refusing = pipeline(3, true);
    TaskWrite end = TaskWrite.last(Command.newBuilder().setSequence(9).build());
    refusing.add(end);
    assertThatThrownBy(() -> end.done().join())
        .cause()
        .isInstanceOfSatisfying(
            CairnException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_LARGE));
  }

  @Test
  void fewerCheckpointsAreOnTheirWayThanAreKept() {
    records(1);
    for (int seq = 1; seq <= 5; seq++) {
      pipeline.add(checkpoint(seq));
    }
    assertThat(sent).hasSize(3);
    answer(0);
    assertThat(sent).hasSize(3);
    answer(1);
    assertThat(sent).hasSize(4);
    answer(3);
    assertThat(sent).as("done in order only").hasSize(4);
    answer(2);
    assertThat(sent).hasSize(6);
  }

  @Test
  void onlyCheckpointKeptIsSentWhenAllBeforeItIsDone() {
    TaskPipeline single = pipeline(1, false);
    single.add(TaskWrite.record(1, ByteString.EMPTY));
    single.add(checkpoint(1));
    single.add(TaskWrite.record(2, ByteString.EMPTY));
    single.add(checkpoint(2));
    assertThat(sent).hasSize(1);
    answer(0);
    assertThat(sent).as("records may follow the checkpoint").hasSize(3);
    answer(1);
    assertThat(sent).hasSize(3);
    answer(2);
    assertThat(sent).hasSize(4);
  }

  private TaskPipeline pipeline(int checkpointsKept, boolean refuses) {
    return new TaskPipeline(
        new Hold.OwnedName(TaskName.of("t"), 7),
        checkpointsKept,
        new TaskPipeline.Way() {
          @Override
          public CompletableFuture<Outcome> send(Command command) {
            if (refuses) {
              throw new CairnException(ErrorCode.TOO_LARGE, "scripted");
            }
            Sent next = new Sent(command, new CompletableFuture<>());
            sent.add(next);
            return next.answer();
          }

          @Override
          public void later(Runnable work) {
            work.run();
          }

          @Override
          public void fenced() {
            fenced.add("fenced");
          }
        },
        buffer);
  }

  private static TaskWrite checkpoint(long seq) {
    return checkpoint(CheckpointWrite.newBuilder().setSeq(seq).build(), Map.of());
  }

  private static TaskWrite checkpoint(CheckpointWrite write, Map<String, ByteString> stages) {
    return TaskWrite.save(0, List.of(), new CheckpointDrafting.Draft(write, stages));
  }

  private List<TaskWrite> records(int count) {
    List<TaskWrite> writes = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      TaskWrite write = TaskWrite.record(i, ByteString.copyFromUtf8("r" + i));
      buffer.admit(write.bytes());
      writes.add(write);
      pipeline.add(write);
    }
    return writes;
  }

  private void answer(int number) {
    sent.get(number).answer().complete(Outcome.getDefaultInstance());
  }

  private void fail(int number, ErrorCode code) {
    sent.get(number)
        .answer()
        .completeExceptionally(Failures.of(code, code.certainty(), "scripted", 1, 2));
  }

  private static Certainty certainty(TaskWrite write) {
    try {
      write.done().join();
      throw new AssertionError("done");
    } catch (CompletionException e) {
      return Failures.of(e).certainty();
    }
  }
}
