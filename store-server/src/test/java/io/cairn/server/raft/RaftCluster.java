package io.cairn.server.raft;

import static org.awaitility.Awaitility.await;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Raft groups of one cluster in this JVM, on loopback and free ports. */
final class RaftCluster implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(30);
  static final RaftGroupConfig.Timings TIMINGS = new RaftGroupConfig.Timings(500, 3_600);

  private final Path folder;
  private final RaftGroupConfig.Timings timings;
  private final List<RaftPeer> voters = new ArrayList<>();
  private final Map<RaftPeer, Member> members = new TreeMap<>();
  private final List<String> halts = Collections.synchronizedList(new ArrayList<>());

  /** One running server. */
  record Member(RaftPeer peer, RaftGroup group, CountingMachine machine) {}

  private RaftCluster(Path folder, RaftGroupConfig.Timings timings) {
    this.folder = folder;
    this.timings = timings;
  }

  static RaftCluster formed(Path folder, int size) throws IOException {
    return formed(folder, size, TIMINGS);
  }

  static RaftCluster formed(Path folder, int size, RaftGroupConfig.Timings timings)
      throws IOException {
    RaftCluster cluster = new RaftCluster(folder, timings);
    for (int i = 0; i < size; i++) {
      cluster.voters.add(freePeer());
    }
    for (RaftPeer peer : cluster.voters) {
      cluster.start(peer, true);
    }
    return cluster;
  }

  static RaftPeer freePeer() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new RaftPeer("127.0.0.1", socket.getLocalPort());
    }
  }

  Member start(RaftPeer peer, boolean forming) throws IOException {
    return start(peer, forming, folderOf(peer));
  }

  Member start(RaftPeer peer, boolean forming, Path memberFolder) throws IOException {
    CountingMachine machine = new CountingMachine();
    RaftGroupConfig config =
        new RaftGroupConfig(
            "test", "main", peer, forming ? voters : List.of(), forming, memberFolder, timings);
    RaftGroup group =
        new RaftGroup(config, machine, LogCheck.NONE, (reason, cause) -> halts.add(reason));
    group.start();
    Member member = new Member(peer, group, machine);
    members.put(peer, member);
    // As a server asks a leader before its empty folder takes entries.
    boolean counted = group.isWaiting() && leaderOfFormed(member).group().peers().contains(peer);
    group.past(counted ? RequestGate.Past.FORGOTTEN : RequestGate.Past.NONE);
    return member;
  }

  Path folderOf(RaftPeer peer) {
    return folder.resolve("n" + peer.port() + "-" + peer.idx());
  }

  List<Member> members() {
    return List.copyOf(members.values());
  }

  List<Member> others(Member one) {
    return members.values().stream().filter(member -> !member.equals(one)).toList();
  }

  List<String> halts() {
    return List.copyOf(halts);
  }

  /** The member that leads, once the others follow it. */
  Member leader() {
    return await().atMost(PATIENCE).until(this::agreedLeader, leader -> !leader.isEmpty()).get(0);
  }

  /** The member that leads the formed members, whatever the one that waits may see. */
  Member leaderOfFormed(Member waiting) {
    members.remove(waiting.peer());
    try {
      return leader();
    } finally {
      members.put(waiting.peer(), waiting);
    }
  }

  private List<Member> agreedLeader() {
    List<Member> leading =
        members.values().stream().filter(member -> member.machine().leaderTerm() >= 0).toList();
    boolean agreed =
        leading.size() == 1
            && members.values().stream()
                .allMatch(
                    member -> member.group().leader().equals(Optional.of(leading.get(0).peer())));
    return agreed ? leading : List.of();
  }

  /** As a killed process: JRaft's own end would hand the lead over, and nobody may hear it. */
  void crash(Member member) {
    members.remove(member.peer());
    String dead = member.peer().toString();
    members.values().forEach(other -> other.group().setLinkFilter(dead::equals));
    member.group().crash();
    heal();
  }

  void isolate(Member member) {
    String cutOff = member.peer().toString();
    for (Member other : members.values()) {
      other.group().setLinkFilter(other.equals(member) ? sender -> true : cutOff::equals);
    }
  }

  void heal() {
    members.values().forEach(member -> member.group().setLinkFilter(LinkFilter.NONE));
  }

  static CompletableFuture<Status> propose(Member member, long number) {
    return propose(member, number, member.machine().leaderTerm());
  }

  static CompletableFuture<Status> propose(Member member, long number, long expectedTerm) {
    CompletableFuture<Status> answer = new CompletableFuture<>();
    Closure done = answer::complete;
    member
        .group()
        .propose(ByteBuffer.allocate(Long.BYTES).putLong(number).flip(), expectedTerm, done);
    return answer;
  }

  /** Proposes first to last one after another at the leader. */
  void replicate(long first, long last)
      throws InterruptedException, ExecutionException, TimeoutException {
    Member leader = leader();
    List<CompletableFuture<Status>> answers = new ArrayList<>();
    for (long number = first; number <= last; number++) {
      answers.add(propose(leader, number));
    }
    for (CompletableFuture<Status> answer : answers) {
      Status status = answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (!status.isOk()) {
        throw new IllegalStateException("proposal failed: " + status);
      }
    }
  }

  void awaitNumbers(Member member, List<Long> expected) {
    await().atMost(PATIENCE).until(() -> member.machine().numbers().equals(expected));
  }

  @Override
  public void close() {
    members.values().forEach(member -> member.group().crash());
  }
}
