package io.cairn.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.cairn.protocol.v1.MemberRemoveRequest;
import io.cairn.protocol.v1.SnapshotRequest;
import io.cairn.server.ops.EventLog;
import io.cairn.server.ops.ServerMetrics;
import io.cairn.server.ops.Telemetry;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminEndpointTest {
  @TempDir Path folder;

  @Test
  void anAskerThatHasGoneDoesNotThrowAtTheThreadThatAnswers() {
    ServerMetrics metrics = new ServerMetrics();
    try (LocalGroup group = new LocalGroup(folder)) {
      AdminEndpoint admin =
          new AdminEndpoint(
              group,
              new ServerIdentity("c1", "n1", "test", List.of("127.0.0.1:1"), false),
              new Telemetry(new EventLog(), metrics));
      Gone<Object> answered = new Gone<>();
      assertThatCode(() -> admin.snapshot(SnapshotRequest.getDefaultInstance(), of(answered)))
          .doesNotThrowAnyException();
      Gone<Object> refused = new Gone<>();
      MemberRemoveRequest nobody = MemberRemoveRequest.newBuilder().setName("a b").build();
      assertThatCode(() -> admin.memberRemove(nobody, of(refused))).doesNotThrowAnyException();
      assertThat(answered.calls).isEqualTo(1);
      assertThat(refused.calls).isEqualTo(1);
    } finally {
      metrics.close();
    }
  }

  @SuppressWarnings("unchecked")
  private static <T> StreamObserver<T> of(Gone<Object> gone) {
    return (StreamObserver<T>) gone;
  }

  /** A call that was closed, as gRPC's when its client has given up. */
  private static final class Gone<T> implements StreamObserver<T> {
    private int calls;

    @Override
    public void onNext(T message) {
      calls++;
      throw new IllegalStateException("call already closed");
    }

    @Override
    public void onError(Throwable failure) {
      calls++;
      throw new IllegalStateException("call already closed");
    }

    @Override
    public void onCompleted() {
      throw new AssertionError("after a failed answer");
    }
  }
}
