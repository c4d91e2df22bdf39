package io.cairn.server.rpc;

import io.cairn.core.apply.Checks;
import io.cairn.core.apply.Refusal;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.Limits;
import io.cairn.protocol.v1.ClientFrame;
import io.cairn.protocol.v1.Hello;
import io.cairn.protocol.v1.Lane;
import io.cairn.protocol.v1.LeaderHint;
import io.cairn.protocol.v1.Welcome;

/** The first frame of a stream. Network thread, but {@link #isDone} and {@link #client} for all. */
final class Handshake {
  /** The one version there is. */
  static final int PROTOCOL = 1;

  private final StoreEndpoint endpoint;
  private volatile String client = "";
  private volatile Lane lane = Lane.WORK;
  private volatile boolean done;

  Handshake(StoreEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  boolean isDone() {
    return done;
  }

  String client() {
    return client;
  }

  Lane lane() {
    return lane;
  }

  /** Answers a hello, or refuses: then the stream has to end. */
  Welcome take(ClientFrame frame) {
    if (!frame.hasHello()) {
      throw new Refusal(ErrorCode.INVALID_ARGUMENT, "the first frame of a stream must say hello");
    }
    Hello hello = frame.getHello();
    if (hello.getProtocol() < PROTOCOL) {
      throw new Refusal(
          ErrorCode.UNSUPPORTED_PROTOCOL,
          "the client speaks protocol " + hello.getProtocol() + ", the server " + PROTOCOL,
          PROTOCOL,
          hello.getProtocol());
    }
    Checks.name("client name", hello.getClient(), true);
    ServerIdentity identity = endpoint.shared().identity();
    if (!hello.getCluster().isEmpty() && !hello.getCluster().equals(identity.cluster())) {
      Checks.name("cluster name", hello.getCluster(), true);
      throw new Refusal(
          ErrorCode.WRONG_CLUSTER,
          "the client wants cluster '%s', this is '%s'"
              .formatted(hello.getCluster(), identity.cluster()));
    }
    if (hello.getLane() == Lane.UNRECOGNIZED) {
      throw new Refusal(ErrorCode.INVALID_ARGUMENT, "no lane " + hello.getLaneValue());
    }
    client = hello.getClient();
    lane = hello.getLane();
    done = true;
    return Welcome.newBuilder()
        .setProtocol(PROTOCOL)
        .setCluster(identity.cluster())
        .setNode(identity.node())
        .setLeader(
            endpoint
                .desk()
                .map(desk -> desk.group().leader())
                .orElse(LeaderHint.getDefaultInstance()))
        .addAllClientAddresses(endpoint.clientAddresses())
        .setRequestBytesMax(Limits.COMMAND_BYTES_MAX)
        .setRequestsInFlightMax(endpoint.shared().requestsInFlightMax())
        .build();
  }
}
