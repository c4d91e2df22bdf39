package io.cairn.testkit;

import com.google.protobuf.ByteString;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Answer;
import io.cairn.protocol.v1.ClientFrame;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Hello;
import io.cairn.protocol.v1.Outcome;
import io.cairn.protocol.v1.PutRequest;
import io.cairn.protocol.v1.Query;
import io.cairn.protocol.v1.RangeRequest;
import io.cairn.protocol.v1.Request;
import io.cairn.protocol.v1.ServerFrame;
import io.cairn.protocol.v1.StoreGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** One stream to one node, with nothing between the test and the wire. */
final class RawClient implements AutoCloseable {
  static final int GROUP = 1;
  private static final long PATIENCE_SECONDS = 30;
  private static final int TIMEOUT_MILLIS = 10_000;

  private final ManagedChannel channel;
  private final StreamObserver<ClientFrame> out;
  private final AtomicLong ids = new AtomicLong();
  private final Map<Long, CompletableFuture<Answer>> waiting = new ConcurrentHashMap<>();
  private final CompletableFuture<Throwable> ended = new CompletableFuture<>();

  RawClient(CairnNode node) {
    channel = NettyChannelBuilder.forTarget(node.endpoint()).usePlaintext().build();
    out =
        StoreGrpc.newStub(channel)
            .exchange(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerFrame frame) {
                    frame.getAnswersList().forEach(RawClient.this::answered);
                  }

                  @Override
                  public void onError(Throwable cause) {
                    end(cause);
                  }

                  @Override
                  public void onCompleted() {
                    end(new IllegalStateException("the server has ended the stream"));
                  }
                });
    out.onNext(
        ClientFrame.newBuilder()
            .setHello(Hello.newBuilder().setProtocol(1).setClient("raw"))
            .build());
  }

  static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  /** A command of no session. */
  static Command.Builder command() {
    return Command.newBuilder().setGroup(GROUP);
  }

  static Command put(String key, String value) {
    return command()
        .setPut(PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value)))
        .build();
  }

  static Query.Builder get(String key) {
    return Query.newBuilder().setRange(RangeRequest.newBuilder().setKey(bytes(key)));
  }

  /** Why an answer says no; fails if it says yes. */
  static ErrorCode code(Answer answer) {
    if (answer.hasFailure()) {
      return ErrorCode.ofNumber(answer.getFailure().getCode());
    }
    if (answer.getOutcome().hasError()) {
      return ErrorCode.ofNumber(answer.getOutcome().getError().getCode());
    }
    if (answer.getResult().hasError()) {
      return ErrorCode.ofNumber(answer.getResult().getError().getCode());
    }
    throw new AssertionError("not refused: " + answer);
  }

  /** What a command that was done answered. */
  static Outcome outcome(Answer answer) {
    if (!answer.hasOutcome() || answer.getOutcome().hasError()) {
      throw new AssertionError("not done: " + answer);
    }
    return answer.getOutcome();
  }

  Answer propose(Command command) {
    return propose(command.toByteString());
  }

  /** Sends bytes as a command. */
  Answer propose(ByteString command) {
    return ask(Request.newBuilder().setGroup(GROUP).setCommand(command));
  }

  Answer query(Query.Builder query) {
    return ask(Request.newBuilder().setGroup(GROUP).setQuery(query));
  }

  CompletableFuture<Answer> queryAsync(Query.Builder query, int timeoutMillis) {
    return sendAll(
            List.of(
                Request.newBuilder()
                    .setGroup(GROUP)
                    .setTimeoutMillis(timeoutMillis)
                    .setQuery(query)))
        .get(0);
  }

  Answer ask(Request.Builder request) {
    request.setTimeoutMillis(TIMEOUT_MILLIS);
    return sendAll(List.of(request)).get(0).orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  /** Sends requests in one frame. */
  List<CompletableFuture<Answer>> sendAll(List<Request.Builder> requests) {
    ClientFrame.Builder frame = ClientFrame.newBuilder();
    List<CompletableFuture<Answer>> answers =
        requests.stream()
            .map(
                request -> {
                  long id = ids.incrementAndGet();
                  CompletableFuture<Answer> answer = new CompletableFuture<>();
                  waiting.put(id, answer);
                  frame.addRequests(request.setId(id));
                  return answer;
                })
            .toList();
    synchronized (out) {
      out.onNext(frame.build());
    }
    if (ended.isDone()) {
      end(ended.join());
    }
    return answers;
  }

  /** What the stream ends with. */
  Throwable awaitEnd() {
    return ended.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  private void answered(Answer answer) {
    CompletableFuture<Answer> asked = waiting.remove(answer.getId());
    if (asked == null || !asked.complete(answer)) {
      ended.complete(new AssertionError("answered twice: " + answer));
    }
  }

  private void end(Throwable cause) {
    ended.complete(cause);
    waiting.values().forEach(answer -> answer.completeExceptionally(cause));
  }
}
