package io.cairn.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.cairn.client.Cairn;
import io.cairn.protocol.v1.Command;
import io.cairn.protocol.v1.OpenSessionRequest;
import io.cairn.protocol.v1.Outcome;
import io.cairn.server.ops.LogEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionDedupeTest {
  @Test
  @WithCairn(nodes = 3)
  void aResendIsAnsweredNotRunAgainAfterLeaderChangeRestartOfAllAndSnapshotInstall(
      CairnCluster cluster, Cairn cairn) {
    ByteString command;
    Outcome first;
    CairnNode old = cluster.leader();
    try (RawClient client = new RawClient(old)) {
      command = commandOfSession(client);
      first = RawClient.outcome(client.propose(command));
      assertThat(first.getRevision()).isEqualTo(2);
      assertThat(RawClient.outcome(client.propose(command))).isEqualTo(first);
    }

    cluster.kill(old);
    assertThat(resend(cluster.awaitLeaderOtherThan(old), command)).isEqualTo(first);

    cluster.restart(old);
    cluster.nodes().forEach(cluster::kill);
    cluster.nodes().forEach(cluster::restart);
    assertThat(resend(cluster.leader(), command)).isEqualTo(first);

    try (EventCapture events = new EventCapture()) {
      CairnNode away = cluster.followers().get(0);
      SnapshotTest.fallBehindTheLog(cluster, cairn, away);
      cluster.restart(away);
      cluster.awaitApplied();
      events.await(LogEvent.SNAPSHOT_LOADED);
      assertThat(cairn.admin().transferLeader(away.name())).isEqualTo(away.name());
      cluster.awaitLeader();
      assertThat(away.isLeader()).isTrue();
      assertThat(resend(away, command)).isEqualTo(first);
    }
    assertThat(cairn.kv().get("counter").orElseThrow().version()).isEqualTo(1);
    assertThat(cluster.digests()).hasSize(3);
  }

  private static ByteString commandOfSession(RawClient client) {
    Command open =
        RawClient.command()
            .setOpenSession(OpenSessionRequest.newBuilder().setClient("raw").setTtlMillis(600_000))
            .build();
    long session = RawClient.outcome(client.propose(open)).getOpenSession().getSession();
    return RawClient.put("counter", "1").toBuilder()
        .setSession(session)
        .setSequence(1)
        .setFirstUnanswered(1)
        .build()
        .toByteString();
  }

  private static Outcome resend(CairnNode node, ByteString command) {
    try (RawClient client = new RawClient(node)) {
      List<Outcome> answers =
          List.of(
              RawClient.outcome(client.propose(command)),
              RawClient.outcome(client.propose(command)));
      assertThat(answers.get(1)).isEqualTo(answers.get(0));
      return answers.get(0);
    }
  }
}
