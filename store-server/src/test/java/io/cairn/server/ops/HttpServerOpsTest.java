package io.cairn.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.GroupStatus;
import io.cairn.protocol.v1.LeaderHint;
import io.cairn.protocol.v1.StatusResponse;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpServerOpsTest {
  private static final GroupStatus SERVING =
      GroupStatus.newBuilder()
          .setRole("FOLLOWER")
          .setLeader(LeaderHint.newBuilder().setNode("n1"))
          .setAppliedIndex(5_000)
          .setCommittedIndex(5_000)
          .setStateDigest(ByteString.copyFrom(new byte[] {1, (byte) 0xab}))
          .build();

  private final AtomicReference<GroupStatus> status = new AtomicReference<>(SERVING);
  private final ServerMetrics metrics = new ServerMetrics();
  private final Readiness readiness = new Readiness(status::get);
  private final HttpClient client = HttpClient.newHttpClient();
  private HttpServerOps http;

  @BeforeEach
  void start() throws Exception {
    http =
        new HttpServerOps(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            () ->
                StatusResponse.newBuilder()
                    .setCluster("c\"1")
                    .setNode("n1")
                    .addGroups(status.get())
                    .build(),
            readiness,
            metrics);
    http.start();
  }

  @AfterEach
  void stop() {
    http.close();
    metrics.close();
  }

  @Test
  void processThatRunsIsHealthy() throws Exception {
    assertThat(get("/health").statusCode()).isEqualTo(200);
  }

  @Test
  void nodeIsReadyOnlyWithALeaderAndCaughtUp() throws Exception {
    assertThat(get("/ready").statusCode()).isEqualTo(200);
    assertNotReady(SERVING.toBuilder().clearLeader().build(), "no leader");
    assertNotReady(SERVING.toBuilder().setAppliedIndex(10).build(), "10 is behind");
    assertNotReady(SERVING.toBuilder().setRole("WAITING").build(), "WAITING");
    status.set(SERVING);
    readiness.stop();
    assertThat(get("/ready").statusCode()).isEqualTo(503);
  }

  @Test
  void metricsAreNamedAfterTheProduct() throws Exception {
    metrics.refused(ErrorCode.FENCED);
    metrics.proposed(3, 300);
    String body = get("/metrics").body();
    assertThat(body).contains("cairn_refusals_total{code=\"FENCED\"} 1.0");
    assertThat(body).contains("cairn_entry_commands_count 1");
    assertThat(body).contains("cairn_requests_total", "jvm_memory_used_bytes");
  }

  @Test
  void statusIsJson() throws Exception {
    JsonNode root = new ObjectMapper().readTree(get("/v1/status").body());
    assertThat(root.get("cluster").asText()).isEqualTo("c\"1");
    JsonNode group = root.get("groups").get(0);
    assertThat(group.get("applied_index").asLong()).isEqualTo(5_000);
    assertThat(group.get("state_digest").asText()).isEqualTo("01ab");
    assertThat(group.get("leader").get("node").asText()).isEqualTo("n1");
  }

  @Test
  void otherPagesAndMethodsAreRefused() throws Exception {
    assertThat(get("/nothing").statusCode()).isEqualTo(404);
    assertThat(get("/health/more").statusCode()).isEqualTo(404);
    HttpRequest post =
        HttpRequest.newBuilder(uri("/health"))
            .POST(HttpRequest.BodyPublishers.ofString("x"))
            .build();
    assertThat(client.send(post, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(405);
  }

  private void assertNotReady(GroupStatus now, String reason) throws Exception {
    status.set(now);
    HttpResponse<String> response = get("/ready");
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).contains(reason);
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + http.port() + path);
  }
}
