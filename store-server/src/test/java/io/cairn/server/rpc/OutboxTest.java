package io.cairn.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Answer;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.ServerFrame;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is gathered goes out together, and nothing that was queued stays behind. */
class OutboxTest {
  private final List<Runnable> tasks = new ArrayList<>();
  private final Wire wire = new Wire();
  private final Outbox outbox = new Outbox(wire, tasks::add, () -> {});

  @Test
  void gatheredAnswersGoOutInOneFrameWhenFlushed() {
    outbox.gather(answer(1));
    outbox.gather(answer(2));
    assertThat(tasks).as("nobody sends before the last of them").isEmpty();
    outbox.gather(answer(3));
    outbox.flush();
    outbox.flush();
    assertThat(tasks).as("one task for all of them").hasSize(1);
    runTasks();
    assertThat(wire.answers()).containsExactly(List.of(1L, 2L, 3L));
  }

  @Test
  void whatFillsAFrameDoesNotWait() {
    Answer large =
        Answer.newBuilder()
            .setFailure(Failure.newBuilder().setMessage("x".repeat(400 * 1024)))
            .build();
    outbox.gather(large);
    assertThat(tasks).isEmpty();
    outbox.gather(large);
    assertThat(tasks).hasSize(1);
    runTasks();
    assertThat(wire.frames).hasSize(2);
    assertThat(outbox.answerBytes()).isZero();
  }

  @Test
  void aFlushOfNothingCostsNoTask() {
    outbox.flush();
    outbox.offer(answer(1));
    runTasks();
    outbox.flush();
    assertThat(tasks).isEmpty();
  }

  @Test
  void whatIsFlushedWhileAnotherSendsIsSentByIt() {
    outbox.offer(answer(1));
    wire.onFrame =
        () -> {
          wire.onFrame = () -> {};
          outbox.gather(answer(2));
          outbox.flush();
        };
    runTasks();
    assertThat(wire.answers()).containsExactly(List.of(1L), List.of(2L));
  }

  @Test
  void whatIsFlushedWhileTheNetworkIsBusyGoesOutWhenItIsReady() {
    wire.ready = false;
    outbox.gather(answer(1));
    outbox.flush();
    runTasks();
    assertThat(wire.frames).isEmpty();
    wire.ready = true;
    outbox.kick(); // the network's sign
    runTasks();
    assertThat(wire.answers()).containsExactly(List.of(1L));
  }

  @Test
  void outboxOverItsBoundEndsTheStreamAsSlow() {
    wire.ready = false;
    wire.mayFail = true;
    String text = "x".repeat((int) Outbox.ANSWER_BYTES_MAX - 1_000);
    Answer big =
        Answer.newBuilder()
            .setId(1)
            .setFailure(ErrorMapping.failure(ErrorCode.INTERNAL, text))
            .build();
    outbox.offer(big);
    runTasks();
    assertThat(wire.ends).isEmpty();
    outbox.offer(big);
    runTasks();
    assertThat(wire.ends).hasSize(1);
    assertThat(wire.ends.get(0)).hasMessageContaining("SLOW_CONSUMER");
    assertThat(outbox.isEnded()).isTrue();
    assertThat(wire.frames).as("the network takes nothing").isEmpty();
  }

  private void runTasks() {
    while (!tasks.isEmpty()) {
      tasks.remove(0).run();
    }
  }

  private static Answer answer(long id) {
    return Answer.newBuilder().setId(id).build();
  }

  /** A network that keeps what it is given. */
  private static final class Wire extends ServerCallStreamObserver<ServerFrame> {
    private final List<ServerFrame> frames = new ArrayList<>();
    private final List<Throwable> ends = new ArrayList<>();
    private Runnable onFrame = () -> {};
    private boolean ready = true;
    private boolean mayFail;

    List<List<Long>> answers() {
      return frames.stream()
          .map(frame -> frame.getAnswersList().stream().map(Answer::getId).toList())
          .toList();
    }

    @Override
    public void onNext(ServerFrame frame) {
      frames.add(frame);
      onFrame.run();
    }

    @Override
    public void onError(Throwable cause) {
      if (!mayFail) {
        throw new AssertionError(cause);
      }
      ends.add(cause);
    }

    @Override
    public void onCompleted() {
      throw new AssertionError("completed");
    }

    @Override
    public boolean isReady() {
      return ready;
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {}

    @Override
    public void setOnReadyHandler(Runnable handler) {}

    @Override
    public void setCompression(String compression) {}

    @Override
    public void setMessageCompression(boolean enable) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void request(int count) {}
  }
}
