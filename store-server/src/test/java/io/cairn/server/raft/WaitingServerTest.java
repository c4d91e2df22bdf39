package io.cairn.server.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.RaftOutter.EntryMeta;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteRequest;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.cairn.server.raft.RaftCluster.Member;
import io.cairn.server.raft.RequestGate.Past;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** I9: a server whose disk is new neither votes nor acknowledges under a name that has a past. */
@Timeout(120)
class WaitingServerTest {
  private static final RaftPeer SELF = new RaftPeer("127.0.0.1", 7421);
  private static final String LEADER = "127.0.0.1:7431";

  @TempDir Path folder;

  @Test
  void emptyFolderUnderAKnownNameNeitherVotesNorElectsNorTakesEntries() throws Exception {
    try (RaftCluster cluster = RaftCluster.formed(folder, 3)) {
      cluster.replicate(1, 100);
      Member lost = cluster.others(cluster.leader()).get(0);
      Member witness =
          cluster.others(lost).stream()
              .filter(m -> m.machine().leaderTerm() < 0)
              .findFirst()
              .orElseThrow();
      Member leader = cluster.leader();
      cluster.crash(lost);
      Member wiped = cluster.start(lost.peer(), false, folder.resolve("new-disk"));
      // An idle leader does not look for a follower's log.
      assertThat(RaftCluster.propose(leader, 101).get(30, TimeUnit.SECONDS).isOk()).isTrue();
      await()
          .atMost(RaftCluster.PATIENCE)
          .until(() -> wiped.group().status().refusedIdentity() > 0);
      cluster.crash(
          leader); // two of three processes run, but only one of them has a disk to speak of
      await()
          .during(Duration.ofSeconds(4))
          .atMost(Duration.ofSeconds(10))
          .until(() -> wiped.machine().leaderTerm() < 0 && witness.machine().leaderTerm() < 0);
      assertThat(wiped.machine().numbers()).isEmpty();
      assertThat(wiped.group().status().waiting()).isTrue();
      cluster.crash(wiped);
      cluster.start(leader.peer(), false);
      cluster.replicate(101, 110); // the two with their disks lead on
    }
  }

  @Test
  void anEmptiedFolderOfAMemberThatWasAddedTakesNoEntries() throws Exception {
    try (RaftCluster cluster = RaftCluster.formed(folder, 3)) {
      cluster.replicate(1, 50);
      RaftPeer address = RaftCluster.freePeer();
      RaftPeer added = new RaftPeer(address.host(), address.port(), 1);
      Member joined = cluster.start(added, false);
      Member leader = cluster.leaderOfFormed(joined);
      leader.group().addPeer(added).get(30, TimeUnit.SECONDS);
      cluster.awaitNumbers(joined, LongStream.rangeClosed(1, 50).boxed().toList());
      cluster.crash(joined);
      // The log from its beginning is all there, and its oldest configuration is without this one.
      Member wiped = cluster.start(added, false, folder.resolve("new-disk"));
      assertThat(RaftCluster.propose(leader, 51).get(30, TimeUnit.SECONDS).isOk()).isTrue();
      await()
          .atMost(RaftCluster.PATIENCE)
          .until(() -> wiped.group().status().refusedIdentity() > 0);
      assertThat(wiped.group().status().waiting()).isTrue();
      assertThat(wiped.machine().numbers()).isEmpty();
    }
  }

  @Test
  void waitingServerGrantsNoVote() {
    RequestGate gate = new RequestGate(SELF, false, () -> 0);
    assertThat(gate.instead(vote(0))).isPresent();
    assertThat(gate.instead(vote(100))).isPresent();
  }

  @Test
  void waitingServerConfirmsNoHeartbeat() {
    AppendEntriesRequest heartbeat =
        AppendEntriesRequest.newBuilder()
            .setGroupId("test-main")
            .setServerId(LEADER)
            .setPeerId(SELF.toString())
            .setTerm(7)
            .setPrevLogIndex(0)
            .setPrevLogTerm(0)
            .setCommittedIndex(9)
            .build();
    RequestGate waiting = new RequestGate(SELF, false, () -> 0);
    assertThat(waiting.instead(heartbeat))
        .hasValueSatisfying(
            answer -> {
              AppendEntriesResponse refusal = (AppendEntriesResponse) answer;
              assertThat(refusal.getSuccess()).isFalse();
              assertThat(refusal.getTerm()).isEqualTo(7);
              assertThat(refusal.hasLastLogIndex()).isFalse();
            });
    assertThat(new RequestGate(SELF, false, () -> 1).instead(heartbeat)).isEmpty();
    assertThat(new RequestGate(SELF, true, () -> 0).instead(heartbeat))
        .as("one that forms may have lost a disk, too")
        .isPresent();
    waiting.past(Past.NONE);
    assertThat(waiting.drops(LEADER, heartbeat)).isFalse();
    assertThat(waiting.instead(heartbeat)).isPresent();
    assertThat(waiting.instead(heartbeat.toBuilder().setData(ByteString.EMPTY).build())).isEmpty();
    for (Past silent : List.of(Past.UNTOLD, Past.FORGOTTEN)) {
      waiting.past(silent);
      assertThat(waiting.drops(LEADER, heartbeat)).as("else it is waited for").isTrue();
    }
  }

  @Test
  void formedServerVotesOnlyInTheFirstElectionUntilItHasALog() {
    AtomicLong lastLogIndex = new AtomicLong();
    RequestGate gate = new RequestGate(SELF, true, lastLogIndex::get);
    assertThat(gate.instead(vote(0))).isEmpty();
    assertThat(gate.instead(vote(1))).isPresent();
    gate.past(Past.FORGOTTEN);
    assertThat(gate.instead(vote(0))).isPresent();
    lastLogIndex.set(1);
    assertThat(gate.instead(vote(1))).isEmpty();
  }

  @Test
  void aServerThatFormsTakesTheFirstEntriesOfAllAndOthersWhenItHasNoPast() {
    RequestGate gate = new RequestGate(SELF, true, () -> 0);
    AppendEntriesRequest first =
        (AppendEntriesRequest) append(List.of(LEADER, SELF.toString()), List.of());
    Message later = first.toBuilder().setPrevLogIndex(7).setPrevLogTerm(1).build();
    Message snapshot = install(List.of(LEADER, SELF.toString()));
    assertThat(gate.drops(LEADER, first)).isFalse();
    assertThat(gate.instead(first)).isEmpty();
    assertThat(List.of(later, snapshot)).allMatch(it -> gate.instead(it).isPresent());
    gate.past(Past.NONE);
    assertThat(List.of(first, later, snapshot)).allMatch(it -> gate.instead(it).isEmpty());
    gate.past(Past.FORGOTTEN);
    assertThat(List.of(first, later, snapshot)).allMatch(it -> gate.drops(LEADER, it));
  }

  @Test
  void aServerThatWasRemovedAndIsAddedAgainTakesTheEntriesInWhichItWas() {
    RequestGate gate = new RequestGate(SELF, false, () -> 0);
    List<Message> all =
        List.of(
            append(List.of(LEADER, SELF.toString()), List.of()),
            append(List.of(LEADER, SELF.toString()), List.of(LEADER)),
            install(List.of(LEADER, SELF.toString())));
    assertThat(all).allMatch(it -> gate.instead(it).isPresent());
    gate.past(Past.NONE);
    assertThat(all).noneMatch(it -> gate.drops(LEADER, it));
    assertThat(all).allMatch(it -> gate.instead(it).isEmpty());
  }

  @Test
  void anEmptyFolderTakesNothingBeforeALeaderSaysThatItDoesNotCountOnIt() {
    AtomicLong lastLogIndex = new AtomicLong();
    RequestGate gate = new RequestGate(SELF, false, lastLogIndex::get);
    Message entries = append(List.of(LEADER), List.of());
    Message probe =
        AppendEntriesRequest.newBuilder((AppendEntriesRequest) entries)
            .clearEntries()
            .setData(ByteString.EMPTY)
            .build();
    List<Message> all = List.of(entries, probe, install(List.of(LEADER)));
    assertThat(all).noneMatch(it -> gate.drops(LEADER, it));
    assertThat(all).allMatch(it -> gate.instead(it).isPresent());
    gate.past(Past.FORGOTTEN);
    assertThat(all).allMatch(it -> gate.drops(LEADER, it));
    assertThat(gate.refusedIdentityCount()).isEqualTo(3);
    gate.past(Past.NONE);
    assertThat(all).noneMatch(it -> gate.drops(LEADER, it));
    assertThat(all).allMatch(it -> gate.instead(it).isEmpty());
    gate.past(Past.FORGOTTEN);
    lastLogIndex.set(1);
    assertThat(gate.drops(LEADER, entries)).isFalse();
  }

  @Test
  void aNewVoterDoesNotCountBeforeItHasStoredSomething() {
    for (long last : new long[] {1, 2, 5, 1_000, 1_001}) {
      assertThat(JraftOptions.catchUpMargin(last)).as("log of " + last).isLessThan((int) last);
    }
    assertThat(JraftOptions.catchUpMargin(1L << 40)).isEqualTo(1_000);
    assertThat(JraftOptions.catchUpMargin(0)).isZero();
  }

  @Test
  void sendersAreBoundedAndWellFormed() {
    RequestGate gate = new RequestGate(SELF, true, () -> 1);
    assertThat(gate.knows("not a peer")).isFalse();
    assertThat(gate.knows("127.0.0.1:7431:00")).isFalse();
    for (int i = 0; i < RequestGate.SENDERS_MAX; i++) {
      assertThat(gate.knows("127.0.0.1:" + (8_000 + i))).isTrue();
    }
    assertThat(gate.knows("127.0.0.1:7999")).isFalse();
    assertThat(gate.knows("127.0.0.1:8000")).isTrue();
  }

  private static Message vote(long lastLogIndex) {
    return RequestVoteRequest.newBuilder()
        .setGroupId("test-main")
        .setServerId(LEADER)
        .setPeerId(SELF.toString())
        .setTerm(2)
        .setLastLogIndex(lastLogIndex)
        .setLastLogTerm(1)
        .setPreVote(false)
        .build();
  }

  private static Message append(List<String> peers, List<String> oldPeers) {
    return AppendEntriesRequest.newBuilder()
        .setGroupId("test-main")
        .setServerId(LEADER)
        .setPeerId(SELF.toString())
        .setTerm(2)
        .setPrevLogIndex(0)
        .setPrevLogTerm(0)
        .setCommittedIndex(0)
        .addEntries(
            EntryMeta.newBuilder()
                .setTerm(2)
                .setType(EntryType.ENTRY_TYPE_CONFIGURATION)
                .addAllPeers(peers)
                .addAllOldPeers(oldPeers))
        .build();
  }

  private static Message install(List<String> peers) {
    return InstallSnapshotRequest.newBuilder()
        .setGroupId("test-main")
        .setServerId(LEADER)
        .setPeerId(SELF.toString())
        .setTerm(2)
        .setUri("remote://127.0.0.1:7431/1")
        .setMeta(
            SnapshotMeta.newBuilder()
                .setLastIncludedIndex(9)
                .setLastIncludedTerm(1)
                .addAllPeers(peers))
        .build();
  }
}
