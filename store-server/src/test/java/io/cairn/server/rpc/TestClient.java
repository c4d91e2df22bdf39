package io.cairn.server.rpc;

import io.cairn.protocol.v1.Answer;
import io.cairn.protocol.v1.ClientFrame;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.Hello;
import io.cairn.protocol.v1.Lane;
import io.cairn.protocol.v1.Request;
import io.cairn.protocol.v1.ServerFrame;
import io.cairn.protocol.v1.StoreGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;

/** One stream of a client that keeps all frames, and reads only as much as it is told to. */
final class TestClient implements AutoCloseable {
  final List<ServerFrame> frames = new CopyOnWriteArrayList<>();
  final AtomicReference<Throwable> error = new AtomicReference<>();
  final CountDownLatch ended = new CountDownLatch(1);
  final ManagedChannel channel;
  private ClientCallStreamObserver<ClientFrame> out;

  TestClient(int port, boolean reads) {
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port)
            .usePlaintext()
            .maxInboundMessageSize(64 << 20)
            .build();
    StoreGrpc.newStub(channel)
        .exchange(
            new ClientResponseObserver<ClientFrame, ServerFrame>() {
              @Override
              public void beforeStart(ClientCallStreamObserver<ClientFrame> stream) {
                out = stream;
                if (!reads) {
                  stream.disableAutoRequestWithInitial(1);
                }
              }

              @Override
              public void onNext(ServerFrame frame) {
                frames.add(frame);
              }

              @Override
              public void onError(Throwable cause) {
                error.set(cause);
                ended.countDown();
              }

              @Override
              public void onCompleted() {
                ended.countDown();
              }
            });
  }

  static TestClient connected(int port) {
    return connected(port, Lane.WORK, true);
  }

  static TestClient connected(int port, Lane lane, boolean reads) {
    TestClient client = new TestClient(port, reads);
    client.send(ClientFrame.newBuilder().setHello(hello().setLane(lane)).build());
    await().until(() -> !client.frames.isEmpty());
    return client;
  }

  static Hello.Builder hello() {
    return Hello.newBuilder().setProtocol(1).setClient("test").setCluster("c1");
  }

  static org.awaitility.core.ConditionFactory await() {
    return Awaitility.await().atMost(20, TimeUnit.SECONDS).pollInterval(5, TimeUnit.MILLISECONDS);
  }

  void send(ClientFrame frame) {
    out.onNext(frame);
  }

  void send(Request... requests) {
    send(ClientFrame.newBuilder().addAllRequests(List.of(requests)).build());
  }

  void read(int frameCount) {
    out.request(frameCount);
  }

  Optional<Answer> find(long id) {
    return frames.stream()
        .flatMap(frame -> frame.getAnswersList().stream())
        .filter(answer -> answer.getId() == id)
        .findFirst();
  }

  Answer answer(long id) {
    await().until(() -> find(id).isPresent() || error.get() != null);
    return find(id).orElseThrow(() -> new AssertionError("ended", error.get()));
  }

  Answer ask(Request request) {
    send(request);
    return answer(request.getId());
  }

  /** What the stream ended with. */
  Failure failure() throws Exception {
    if (!ended.await(20, TimeUnit.SECONDS)) {
      throw new AssertionError("the stream has not ended");
    }
    Metadata trailers = Status.trailersFromThrowable(error.get());
    byte[] bytes = trailers == null ? null : trailers.get(ErrorMapping.FAILURE_TRAILER);
    if (bytes == null) {
      throw new AssertionError("no failure", error.get());
    }
    return Failure.parseFrom(bytes);
  }

  void halfClose() {
    out.onCompleted();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
