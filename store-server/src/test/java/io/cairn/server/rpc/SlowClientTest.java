package io.cairn.server.rpc;

import static io.cairn.server.rpc.Commands.get;
import static io.cairn.server.rpc.Commands.put;
import static io.cairn.server.rpc.Commands.request;
import static io.cairn.server.rpc.Commands.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.cairn.protocol.ErrorCode;
import io.cairn.protocol.v1.Lane;
import io.cairn.protocol.v1.Request;
import io.cairn.protocol.v1.WatchRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlowClientTest {
  private static final int VALUE_BYTES = 512 * 1024;

  @TempDir private Path folder;

  @Test
  void watcherThatDoesNotReadGetsEverythingOnceItReads() throws Exception {
    try (TestServer server = new TestServer(folder);
        TestClient slow = TestClient.connected(server.port(), Lane.WORK, false);
        TestClient writer = TestClient.connected(server.port())) {
      slow.send(
          Request.newBuilder()
              .setId(1)
              .setGroup(LocalGroup.ID)
              .setWatch(WatchRequest.newBuilder().setKey(text("k")).setStartRevision(2))
              .build());
      slow.read(1);
      slow.answer(1);
      ByteString value = ByteString.copyFrom(new byte[VALUE_BYTES]);
      int writes = 40;
      for (int i = 1; i <= writes; i++) {
        assertThat(writer.ask(request(i, put("k", value))).hasOutcome()).isTrue();
      }
      slow.read(1_000);
      TestClient.await().until(() -> revisions(slow).size() >= writes);
      List<Long> expected = new ArrayList<>();
      for (long revision = 2; revision < 2 + writes; revision++) {
        expected.add(revision);
      }
      assertThat(revisions(slow)).isEqualTo(expected);
      assertThat(slow.error.get()).isNull();
    }
  }

  @Test
  void queriesOfAClientThatDoesNotReadAreRefusedBeforeMemoryFills() throws Exception {
    try (TestServer server = new TestServer(folder);
        TestClient slow = TestClient.connected(server.port(), Lane.WORK, false)) {
      ByteString value = ByteString.copyFrom(new byte[VALUE_BYTES]);
      server.group.apply(List.of(put("k", value).toByteString()), List.of());
      Request[] requests = new Request[200];
      for (int i = 0; i < requests.length; i++) {
        requests[i] = get(i + 1, "k");
      }
      slow.send(requests);
      TestClient.await()
          .untilAsserted(
              () -> assertThat(server.metrics.scrape()).contains("cairn_requests_waiting 0.0"));
      slow.read(1_000);
      TestClient.await().until(() -> slow.find(200).isPresent());
      long refused =
          slow.frames.stream()
              .flatMap(frame -> frame.getAnswersList().stream())
              .filter(answer -> answer.getFailure().getCode() == ErrorCode.OVERLOADED.number())
              .count();
      assertThat(refused).isBetween(100L, 199L);
      assertThat(slow.error.get()).isNull();
    }
  }

  private static List<Long> revisions(TestClient client) {
    return client.frames.stream()
        .flatMap(frame -> frame.getWatchesList().stream())
        .flatMap(batch -> batch.getEventsList().stream())
        .map(event -> event.getKv().getModRevision())
        .toList();
  }
}
