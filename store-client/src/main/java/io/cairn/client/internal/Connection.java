package io.cairn.client.internal;

import com.google.protobuf.InvalidProtocolBufferException;
import io.cairn.protocol.v1.ClientFrame;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.Hello;
import io.cairn.protocol.v1.ServerFrame;
import io.cairn.protocol.v1.StoreGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One stream to one address, from hello to its end. Belongs to the loop. */
final class Connection {
  /** Hears of the stream, on the loop. */
  interface Listener {
    void onFrame(Connection connection, ServerFrame frame);

    /** The transport takes frames again. */
    void onReady(Connection connection);

    /** The stream has ended, perhaps with the server's reason; nothing is called after this. */
    void onEnd(Connection connection, String why, Optional<Failure> failure);
  }

  private static final Metadata.Key<byte[]> FAILURE =
      Metadata.Key.of("cairn-failure-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private final String address;
  private final Loop loop;
  private final Listener listener;
  private final ManagedChannel channel;
  private @Nullable ClientCallStreamObserver<ClientFrame> sender;
  private boolean ended;

  Connection(String address, Channels channels, Loop loop, Listener listener) {
    this.address = address;
    this.loop = loop;
    this.listener = listener;
    this.channel = channels.open(address, loop);
  }

  String address() {
    return address;
  }

  /** Opens the stream and says hello. */
  void start(Hello hello) {
    StoreGrpc.newStub(channel)
        .exchange(
            new ClientResponseObserver<ClientFrame, ServerFrame>() {
              @Override
              public void beforeStart(ClientCallStreamObserver<ClientFrame> stream) {
                sender = stream;
                stream.setOnReadyHandler(() -> onLoop(() -> listener.onReady(Connection.this)));
              }

              @Override
              public void onNext(ServerFrame frame) {
                onLoop(() -> listener.onFrame(Connection.this, frame));
              }

              @Override
              public void onError(Throwable failure) {
                onLoop(() -> end(reason(failure), failureIn(failure)));
              }

              @Override
              public void onCompleted() {
                onLoop(() -> end("closed by the server", Optional.empty()));
              }
            });
    send(ClientFrame.newBuilder().setHello(hello).build());
  }

  /** True if a frame would be written now rather than gathered in memory. */
  boolean isReady() {
    return !ended && sender != null && sender.isReady();
  }

  void send(ClientFrame frame) {
    if (!ended && sender != null) {
      sender.onNext(frame);
    }
  }

  /** Ends the stream without telling the listener. */
  void abandon(String why) {
    if (!ended) {
      ended = true;
      if (sender != null) {
        sender.cancel(why, null);
      }
      channel.shutdownNow();
    }
  }

  private void onLoop(Runnable work) {
    Runnable guarded =
        () -> {
          if (!ended) {
            work.run();
          }
        };
    if (loop.isCurrent()) {
      guarded.run();
    } else {
      loop.execute(guarded);
    }
  }

  private void end(String why, Optional<Failure> failure) {
    ended = true;
    channel.shutdownNow();
    listener.onEnd(this, why, failure);
  }

  /** In one line, without a stack. */
  private static String reason(Throwable failure) {
    Status status = Status.fromThrowable(failure);
    Throwable cause = status.getCause();
    return status.getCode()
        + ": "
        + status.getDescription()
        + (cause == null ? "" : ": " + cause.getMessage());
  }

  /** The reason a server puts beside the gRPC status. */
  static Optional<Failure> failureIn(Throwable thrown) {
    Metadata trailers = Status.trailersFromThrowable(thrown);
    byte[] bytes = trailers == null ? null : trailers.get(FAILURE);
    if (bytes == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Failure.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }
}
