package io.cairn.server.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import io.cairn.server.raft.RaftCluster.Member;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class RaftGroupTest {
  @TempDir Path folder;

  @Test
  void threeServersElectOneLeaderAndReplicate() throws Exception {
    try (RaftCluster cluster = RaftCluster.formed(folder, 3)) {
      cluster.replicate(1, 500);
      for (Member member : cluster.members()) {
        cluster.awaitNumbers(member, numbers(1, 500));
        assertThat(member.group().term()).isEqualTo(cluster.leader().machine().leaderTerm());
        assertThat(member.group().peers()).hasSize(3);
      }
      assertThat(cluster.halts()).isEmpty();
    }
  }

  @Test
  void anotherLeadsWhenTheLeaderIsGoneAndTheOldOneCatchesUp() throws Exception {
    try (RaftCluster cluster = RaftCluster.formed(folder, 3)) {
      cluster.replicate(1, 100);
      Member old = cluster.leader();
      long oldTerm = old.group().term();
      cluster.crash(old);
      cluster.replicate(101, 200);
      assertThat(cluster.leader().group().term()).isGreaterThan(oldTerm);
      Member back = cluster.start(old.peer(), true);
      cluster.awaitNumbers(back, numbers(1, 200));
      assertThat(cluster.halts()).isEmpty();
    }
  }

  @Test
  void allRestartAndNothingIsLost() throws Exception {
    try (RaftCluster cluster = RaftCluster.formed(folder, 3)) {
      cluster.replicate(1, 100);
      List<Member> all = cluster.members();
      all.forEach(cluster::crash);
      for (Member member : all) {
        cluster.start(member.peer(), false); // the folder knows its voters
      }
      cluster.replicate(101, 110);
      for (Member member : cluster.members()) {
        cluster.awaitNumbers(member, numbers(1, 110));
      }
    }
  }

  @Test
  void followerThatWasAwayGetsASnapshot() throws Exception {
    try (RaftCluster cluster = RaftCluster.formed(folder, 3)) {
      cluster.replicate(1, 50);
      Member away = cluster.others(cluster.leader()).get(0);
      cluster.awaitNumbers(away, numbers(1, 50));
      cluster.crash(away);
      for (int round = 1;
          round <= 2;
          round++) { // the log is cut behind the snapshot before the newest
        cluster.replicate(50L * round + 1, 50L * round + 50);
        for (Member member : cluster.members()) {
          cluster.awaitNumbers(member, numbers(1, 50L * round + 50));
          member.group().snapshot().get(30, TimeUnit.SECONDS);
        }
      }
      assertThat(cluster.leader().group().firstLogIndex()).isGreaterThan(51);
      Member back = cluster.start(away.peer(), true);
      cluster.awaitNumbers(back, numbers(1, 150));
      assertThat(back.machine().snapshotsLoaded()).isPositive();
    }
  }

  @Test
  void whoCannotBeginASnapshotServesOn() throws Exception {
    try (RaftCluster cluster = RaftCluster.formed(folder, 1)) {
      cluster.replicate(1, 50);
      Member member = cluster.leader();
      Path snapshots = cluster.folderOf(member.peer()).resolve("snapshot");
      Path aside = folder.resolve("aside");
      Files.move(snapshots, aside);
      Files.createFile(snapshots); // nobody can make a folder in it
      assertThatThrownBy(() -> member.group().snapshot().get(30, TimeUnit.SECONDS))
          .hasCauseInstanceOf(RaftRefusedException.class);
      cluster.replicate(51, 100);
      assertThat(cluster.halts()).isEmpty();

      Files.delete(snapshots);
      Files.move(aside, snapshots);
      member.group().snapshot().get(30, TimeUnit.SECONDS);
      assertThat(snapshots).isDirectoryContaining("glob:**/snapshot_*");
      cluster.crash(member);
      cluster.awaitNumbers(cluster.start(member.peer(), true), numbers(1, 100));
    }
  }

  @Test
  void isolatedLeaderStepsDownAndItsEntryIsNotApplied() throws Exception {
    try (RaftCluster cluster = RaftCluster.formed(folder, 3)) {
      cluster.replicate(1, 10);
      Member old = cluster.leader();
      cluster.isolate(old);
      CompletableFuture<Status> lost = RaftCluster.propose(old, 999);
      await().atMost(RaftCluster.PATIENCE).until(() -> !old.group().isLeader());
      await()
          .atMost(RaftCluster.PATIENCE)
          .until(
              () ->
                  cluster.others(old).stream()
                      .anyMatch(member -> member.machine().leaderTerm() >= 0));
      assertThat(lost.get(30, TimeUnit.SECONDS).isOk()).isFalse();
      cluster.heal();
      cluster.replicate(11, 20);
      cluster.awaitNumbers(old, numbers(1, 20));
    }
  }

  @Test
  void leadershipMovesToTheNamedPeer() throws Exception {
    try (RaftCluster cluster = RaftCluster.formed(folder, 3)) {
      cluster.replicate(1, 10);
      Member next = cluster.others(cluster.leader()).get(0);
      cluster.leader().group().transferLeadership(next.peer());
      await().atMost(RaftCluster.PATIENCE).until(() -> next.machine().leaderTerm() >= 0);
      cluster.replicate(11, 20);
      cluster.awaitNumbers(next, numbers(1, 20));
    }
  }

  @Test
  void closingTheLeaderHandsOverBeforeItStops() throws Exception {
    try (RaftCluster cluster = RaftCluster.formed(folder, 3)) {
      cluster.replicate(1, 10);
      Member old = cluster.leader();
      long term = old.group().term();
      List<Member> others = cluster.others(old);
      old.group().close();
      cluster.crash(old);
      assertThat(others).anyMatch(member -> member.group().leader().isPresent());
      assertThat(cluster.leader().group().term()).isEqualTo(term + 1);
    }
  }

  @Test
  void proposalWithAnotherTermIsRefused() throws Exception {
    try (RaftCluster cluster = RaftCluster.formed(folder, 1)) {
      Member only = cluster.leader();
      Status status =
          RaftCluster.propose(only, 1, only.machine().leaderTerm() + 1).get(30, TimeUnit.SECONDS);
      assertThat(status.isOk()).isFalse();
      assertThat(only.machine().numbers()).isEmpty();
    }
  }

  @Test
  void followerReadsWhatTheLeaderCommitted() throws Exception {
    try (RaftCluster cluster = RaftCluster.formed(folder, 3)) {
      cluster.replicate(1, 50);
      Member follower = cluster.others(cluster.leader()).get(0);
      await()
          .atMost(RaftCluster.PATIENCE)
          .until(
              () ->
                  readIndex(follower)
                      .get(30, TimeUnit.SECONDS)
                      .isOk()); // EAGAIN just after an election
      assertThat(follower.machine().numbers()).isEqualTo(numbers(1, 50));
    }
  }

  @Test
  void memberIsAddedUnderANewIdentityAndRemoved() throws Exception {
    try (RaftCluster cluster = RaftCluster.formed(folder, 3)) {
      cluster.replicate(1, 50);
      RaftPeer address = RaftCluster.freePeer();
      RaftPeer added = new RaftPeer(address.host(), address.port(), 1);
      Member joined = cluster.start(added, false);
      assertThat(joined.group().status().waiting()).isTrue();
      Member leader = cluster.leaderOfFormed(joined);
      leader.group().addPeer(added).get(30, TimeUnit.SECONDS);
      cluster.awaitNumbers(joined, numbers(1, 50));
      assertThat(joined.group().status().waiting()).isFalse();
      assertThat(leader.group().peers()).hasSize(4).contains(added);
      leader.group().removePeer(added).get(30, TimeUnit.SECONDS);
      assertThat(leader.group().peers()).hasSize(3).doesNotContain(added);
      assertThat(cluster.halts()).isEmpty();
    }
  }

  @Test
  void secondGroupOnTheSameFolderIsRefusedWithTheProcessId() throws Exception {
    try (RaftCluster cluster = RaftCluster.formed(folder, 1)) {
      RaftPeer other = RaftCluster.freePeer();
      assertThatThrownBy(
              () -> cluster.start(other, false, cluster.folderOf(cluster.leader().peer())))
          .isInstanceOf(DataFolderLock.FolderInUseException.class)
          .hasMessageContaining("process " + ProcessHandle.current().pid());
    }
  }

  @Test
  void portInUseIsNamedAndNothingIsLeftBehind() throws Exception {
    try (RaftCluster cluster = RaftCluster.formed(folder, 1)) {
      Path other = folder.resolve("other");
      RaftPeer taken = cluster.leader().peer();
      assertThatThrownBy(() -> cluster.start(taken, true, other))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(taken.toString());
      try (DataFolderLock lock = DataFolderLock.acquire(other)) {
        assertThat(lock).isNotNull();
      }
    }
  }

  private static CompletableFuture<Status> readIndex(Member member) {
    CompletableFuture<Status> answer = new CompletableFuture<>();
    member
        .group()
        .readIndex(
            new ReadIndexClosure() {
              @Override
              public void run(Status status, long index, byte @Nullable [] context) {
                answer.complete(status);
              }
            });
    return answer;
  }

  private static List<Long> numbers(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }
}
