package io.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cairn.server.raft.RaftGroupFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CairnServerTest {
  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void serverOfOneBecomesReadyAndStopsGracefully(@TempDir Path folder) throws Exception {
    ServerConfig config = config(folder, Map.of());
    try (CairnServer server = new CairnServer(config, new RaftGroupFactory())) {
      server.start();
      Awaitility.await()
          .atMost(60, TimeUnit.SECONDS)
          .until(() -> get(config, "/ready").statusCode() == 200);
      assertThat(get(config, "/v1/status").body()).contains("\"role\":\"LEADER\"");
      assertThat(get(config, "/metrics").body()).contains("cairn_is_leader 1.0");
    }
    try (ServerSocket socket =
        new ServerSocket(config.clientPort(), 1, InetAddress.getLoopbackAddress())) {
      assertThat(socket.isBound()).isTrue();
    }
  }

  @Test
  void portInUseIsNamedAndLeavesNothingOpen(@TempDir Path folder) throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      ServerConfig config = config(folder, Map.of(Setting.CLIENT_PORT, port));
      CairnServer server = new CairnServer(config, new RaftGroupFactory());
      StartRefusedException refused =
          catchThrowableOfType(StartRefusedException.class, server::start);
      server.close();
      assertThat(refused).hasMessageContaining("client-port").hasMessageContaining(port);
      assertThat(refused.exitCode()).isEqualTo(1);
    }
    try (CairnServer again = new CairnServer(config(folder, Map.of()), new RaftGroupFactory())) {
      assertThat(again.group().isLeader()).isFalse();
    }
  }

  private HttpResponse<String> get(ServerConfig config, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + config.httpPort() + path);
    return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static ServerConfig config(Path folder, Map<Setting, String> more) throws IOException {
    Map<Setting, String> settings = new HashMap<>();
    settings.put(Setting.DATA_DIR, folder.resolve("data").toString());
    settings.put(Setting.INITIAL_CLUSTER_STATE, "new");
    settings.put(Setting.DRAIN_MS, "1000");
    try (ServerSocket a = free();
        ServerSocket b = free();
        ServerSocket c = free()) {
      settings.put(Setting.CLIENT_PORT, Integer.toString(a.getLocalPort()));
      settings.put(Setting.RAFT_PORT, Integer.toString(b.getLocalPort()));
      settings.put(Setting.HTTP_PORT, Integer.toString(c.getLocalPort()));
    }
    settings.putAll(more);
    return ServerConfig.of(settings);
  }

  private static ServerSocket free() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }
}
