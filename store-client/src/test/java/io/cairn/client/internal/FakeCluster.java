package io.cairn.client.internal;

import io.cairn.client.Cairn;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.Request;
import io.cairn.protocol.v1.ServerFrame;
import io.cairn.protocol.v1.TaskEvent;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** Some fake nodes over one fake store, and clients of them. */
final class FakeCluster implements AutoCloseable {
  final FakeStore store = new FakeStore();
  final List<FakeNode> nodes = new ArrayList<>();
  final AtomicInteger channelsOpened = new AtomicInteger();
  private final List<Cairn> clients = new ArrayList<>();

  FakeCluster(int count) throws IOException {
    String cluster = UUID.randomUUID().toString();
    for (int i = 0; i < count; i++) {
      nodes.add(new FakeNode(cluster + "-" + i + ":1", store));
    }
    nodes.forEach(node -> node.leader(nodes.get(0).address, 1));
  }

  FakeNode leader() {
    return nodes.get(0);
  }

  ConnectedCairn client() {
    return client(settings -> settings);
  }

  ConnectedCairn client(UnaryOperator<SettingsDraft> change) {
    SettingsDraft settings =
        change.apply(
            new SettingsDraft()
                .endpoints(nodes.stream().map(node -> node.address).toList())
                .clientName("test")
                .requestTimeout(Duration.ofSeconds(20)));
    ConnectedCairn client =
        new ConnectedCairn(
            settings.checked(),
            (address, executor) -> {
              channelsOpened.incrementAndGet();
              return InProcessChannelBuilder.forName(address).executor(executor).build();
            },
            NanoClock.SYSTEM);
    clients.add(client);
    return client;
  }

  /** The command in a request; empty for others. */
  static Command command(Request request) {
    try {
      return Command.parseFrom(request.getCommand());
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  static boolean isPut(Request request) {
    return command(request).hasPut();
  }

  /** Pushes events of tasks. */
  void push(TaskEvent... events) {
    // On all lanes: the client takes them on that for work only.
    for (StreamObserver<ServerFrame> stream : leader().streams) {
      synchronized (stream) {
        stream.onNext(FakeWorkers.frame(events));
      }
    }
  }

  @Override
  public void close() {
    clients.forEach(Cairn::close);
    nodes.forEach(FakeNode::close);
  }
}
