package io.cairn.client.internal;

import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Answer;
import io.cairn.protocol.v1.ClientFrame;
import io.cairn.protocol.v1.Done;
import io.cairn.protocol.v1.Failure;
import io.cairn.protocol.v1.LeaderHint;
import io.cairn.protocol.v1.Request;
import io.cairn.protocol.v1.ServerFrame;
import io.cairn.protocol.v1.StoreGrpc;
import io.cairn.protocol.v1.Welcome;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A server whose faults are scripted, in this process. */
final class FakeNode extends StoreGrpc.StoreImplBase implements AutoCloseable {
  /** What happens to one request. */
  enum Fate {
    ANSWER,
    APPLY_AND_DROP,
    DROP,
    APPLY_SILENTLY,
    IGNORE,
    OVERLOADED,
    NOT_LEADER,
    LOST_TRACK
  }

  /** Decides on each request. */
  interface Script {
    Fate of(Request request);
  }

  final String address;
  final AtomicInteger connections = new AtomicInteger();
  final AtomicInteger frames = new AtomicInteger();
  final List<Request> requests = new CopyOnWriteArrayList<>();
  final List<StreamObserver<ServerFrame>> streams = new CopyOnWriteArrayList<>();
  private final FakeStore store;
  private final Server server;
  private volatile Script script = request -> Fate.ANSWER;
  private volatile LeaderHint leader = LeaderHint.getDefaultInstance();

  FakeNode(String address, FakeStore store) throws IOException {
    this.address = address;
    this.store = store;
    this.server =
        InProcessServerBuilder.forName(address).directExecutor().addService(this).build().start();
  }

  FakeNode script(Script next) {
    script = next;
    return this;
  }

  FakeNode leader(String leaderAddress, long term) {
    leader =
        LeaderHint.newBuilder()
            .setNode(leaderAddress)
            .setClientAddress(leaderAddress)
            .setTerm(term)
            .build();
    return this;
  }

  void push(ServerFrame frame) {
    StreamObserver<ServerFrame> newest = streams.get(streams.size() - 1);
    synchronized (newest) {
      newest.onNext(frame);
    }
  }

  void drop() {
    for (StreamObserver<ServerFrame> stream : streams) {
      drop(stream);
    }
  }

  @Override
  public StreamObserver<ClientFrame> exchange(StreamObserver<ServerFrame> answers) {
    connections.incrementAndGet();
    return new StreamObserver<>() {
      @Override
      public void onNext(ClientFrame frame) {
        frames.incrementAndGet();
        ServerFrame.Builder reply = ServerFrame.newBuilder();
        if (frame.hasHello()) {
          streams.add(answers);
          reply.setWelcome(Welcome.newBuilder().setNode(address).setLeader(leader));
        }
        List<Answer> done = new ArrayList<>();
        boolean drops = false;
        for (Request request : frame.getRequestsList()) {
          requests.add(request);
          Fate fate = script.of(request);
          drops |= take(request, fate, done);
        }
        reply.addAllAnswers(done);
        if (drops) {
          drop(answers);
        } else if (reply.hasWelcome() || reply.getAnswersCount() > 0) {
          synchronized (answers) {
            answers.onNext(reply.build());
          }
        }
      }

      @Override
      public void onError(Throwable failure) {
        streams.remove(answers);
      }

      @Override
      public void onCompleted() {
        streams.remove(answers);
      }
    };
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private boolean take(Request request, Fate fate, List<Answer> done) {
    Answer.Builder answer = Answer.newBuilder().setId(request.getId());
    switch (fate) {
      case ANSWER -> done.add(answered(request, answer));
      case APPLY_AND_DROP -> {
        answered(request, answer);
        return true;
      }
      case DROP -> {
        return true;
      }
      case APPLY_SILENTLY -> answered(request, answer);
      case IGNORE -> {}
      case OVERLOADED -> done.add(failed(answer, ErrorCode.OVERLOADED));
      case NOT_LEADER -> done.add(failed(answer, ErrorCode.NOT_LEADER));
      case LOST_TRACK -> done.add(failed(answer, ErrorCode.LOST_TRACK));
    }
    return false;
  }

  private Answer answered(Request request, Answer.Builder answer) {
    switch (request.getBodyCase()) {
      case COMMAND -> answer.setOutcome(store.apply(request.getCommand()));
      case QUERY -> answer.setResult(store.read(request.getQuery()));
      default -> answer.setDone(Done.getDefaultInstance());
    }
    return answer.build();
  }

  private Answer failed(Answer.Builder answer, ErrorCode code) {
    return answer
        .setFailure(
            Failure.newBuilder().setCode(code.number()).setMessage("fake").setLeader(leader))
        .build();
  }

  private void drop(StreamObserver<ServerFrame> stream) {
    if (streams.remove(stream)) {
      synchronized (stream) {
        stream.onError(Status.UNAVAILABLE.withDescription("dropped").asRuntimeException());
      }
    }
  }
}
