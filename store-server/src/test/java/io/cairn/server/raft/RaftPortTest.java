package io.cairn.server.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.alipay.remoting.exception.CodecException;
import com.alipay.remoting.serialization.SerializerManager;
import com.alipay.sofa.jraft.option.CliOptions;
import com.alipay.sofa.jraft.rpc.CliRequests.ResetPeerRequest;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequestHeader;
import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteRequest;
import com.alipay.sofa.jraft.util.RpcFactoryHelper;
import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.cairn.server.raft.RaftCluster.Member;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What strangers can do to a raft port: nothing that costs memory, threads or the membership. */
@Timeout(120)
class RaftPortTest {
  private static final int MUTATED_FRAMES = 10_000;
  private static final int TWO_GIB = Integer.MAX_VALUE;

  @TempDir Path folder;

  @Test
  void frameThatDeclaresTwoGibIsClosedBeforeAllocation() throws Exception {
    try (RaftCluster cluster = RaftCluster.formed(folder, 1)) {
      Member member = cluster.leader();
      try (Socket socket = connect(member.peer())) {
        socket.getOutputStream().write(frame(1, 1, "x", new byte[0], TWO_GIB));
        assertClosed(socket);
      }
      assertThat(member.group().status().refusedConnections()).isPositive();
      assertAlive(cluster);
    }
  }

  @Test
  void hessianFrameIsRefusedAndNotDeserialized() throws Exception {
    assertThatThrownBy(
            () -> SerializerManager.getSerializer(1).deserialize(new byte[30], "java.util.HashMap"))
        .isInstanceOf(CodecException.class);
    try (RaftCluster cluster = RaftCluster.formed(folder, 1)) {
      try (Socket socket = connect(cluster.leader().peer())) {
        // A typed list that claims 2^31 - 1 elements, in 30 bytes with its header.
        byte[] bomb = {0x56, 0x04, '[', 'i', 'n', 't', 'I', 0x7f};
        socket.getOutputStream().write(frame(1, 1, "", bomb, bomb.length));
        socket.getOutputStream().write(frame(1, 1, "java.util.HashMap", bomb, bomb.length));
        socket.getOutputStream().flush();
      }
      assertAlive(cluster);
    }
  }

  @Test
  void mutatedFramesLeaveTheServerAliveWithFewThreads() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.err.println("seed=" + seed);
    Random random = new Random(seed);
    try (RaftCluster cluster = RaftCluster.formed(folder, 1)) {
      Member member = cluster.leader();
      int threadsBefore = Thread.activeCount();
      List<byte[]> frames = validFrames(member.peer());
      Socket socket = connect(member.peer());
      for (int i = 0; i < MUTATED_FRAMES; i++) {
        byte[] frame = mutate(frames.get(random.nextInt(frames.size())).clone(), random);
        try {
          socket.getOutputStream().write(frame);
        } catch (SocketException e) {
          socket.close();
          socket = connect(member.peer());
        }
      }
      socket.close();
      assertAlive(cluster);
      assertThat(Thread.activeCount() - threadsBefore).isLessThan(RequestGate.SENDERS_MAX + 50);
      await()
          .atMost(RaftCluster.PATIENCE)
          .until(() -> member.group().status().connections() == 0); // all of them are given back
      assertThat(cluster.halts()).isEmpty();
    }
  }

  @Test
  void connectionsBeyondTheLimitAreClosed() throws Exception {
    try (RaftCluster cluster = RaftCluster.formed(folder, 1)) {
      Member member = cluster.leader();
      List<Socket> sockets = new ArrayList<>();
      for (int i = 0; i < ConnectionLimits.CONNECTIONS_MAX + 20; i++) {
        sockets.add(connect(member.peer()));
      }
      await()
          .atMost(RaftCluster.PATIENCE)
          .until(() -> member.group().status().refusedConnections() >= 20);
      assertThat(member.group().status().connections()).isEqualTo(ConnectionLimits.CONNECTIONS_MAX);
      for (Socket socket : sockets) {
        socket.close();
      }
      await().atMost(RaftCluster.PATIENCE).until(() -> member.group().status().connections() == 0);
      assertAlive(cluster);
    }
  }

  @Test
  void resetOfTheMembershipByACliRequestIsRefused() throws Exception {
    try (RaftCluster cluster = RaftCluster.formed(folder, 1)) {
      Member member = cluster.leader();
      RpcClient client = RpcFactoryHelper.rpcFactory().createRpcClient();
      client.init(new CliOptions());
      ResetPeerRequest request =
          ResetPeerRequest.newBuilder()
              .setGroupId("test-main")
              .setPeerId(member.peer().toString())
              .addNewPeers("127.0.0.1:1")
              .build();
      try {
        assertThatThrownBy(
                () -> client.invokeSync(member.peer().toPeerId().getEndpoint(), request, 5_000))
            .isInstanceOf(Exception.class);
      } finally {
        client.shutdown();
      }
      assertThat(member.group().peers()).containsExactly(member.peer());
      assertAlive(cluster);
    }
  }

  @Test
  void readIndexOfAnotherServerIsRefusedUntilTheLoneVoterServesReads() throws Exception {
    try (RaftCluster cluster = RaftCluster.formed(folder, 1)) {
      Member member = cluster.leader();
      AtomicBoolean serves = new AtomicBoolean();
      member.group().setServesReads(term -> serves.get());
      RpcClient client = RpcFactoryHelper.rpcFactory().createRpcClient();
      client.init(new CliOptions());
      ReadIndexRequest request =
          ReadIndexRequest.newBuilder()
              .setGroupId("test-main")
              .setServerId("127.0.0.1:9999")
              .setPeerId(member.peer().toString())
              .addEntries(ByteString.EMPTY)
              .build();
      try {
        assertThat(readIndex(client, member, request).getSuccess()).isFalse();
        serves.set(true);
        assertThat(readIndex(client, member, request).getIndex()).isPositive();
      } finally {
        client.shutdown();
      }
    }
  }

  private static ReadIndexResponse readIndex(
      RpcClient client, Member member, ReadIndexRequest request) throws Exception {
    return (ReadIndexResponse)
        client.invokeSync(member.peer().toPeerId().getEndpoint(), request, 5_000);
  }

  @Test
  void portIsBoundToItsAddressOnly() throws Exception {
    try (RaftCluster cluster = RaftCluster.formed(folder, 1)) {
      int port = cluster.leader().peer().port();
      assertThatThrownBy(() -> new Socket(InetAddress.getByName("127.0.0.2"), port).close())
          .isInstanceOf(IOException.class);
    }
  }

  private static void assertAlive(RaftCluster cluster) throws Exception {
    long number = cluster.leader().machine().numbers().size() + 1L;
    assertThat(RaftCluster.propose(cluster.leader(), number).get(30, TimeUnit.SECONDS).isOk())
        .isTrue();
  }

  private static Socket connect(RaftPeer peer) throws IOException {
    Socket socket = new Socket(InetAddress.getByName(peer.host()), peer.port());
    socket.setSoTimeout(30_000);
    return socket;
  }

  private static void assertClosed(Socket socket) throws IOException {
    try {
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset");
    }
  }

  private static byte[] mutate(byte[] frame, Random random) {
    for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
      // Half of the flips hit the header, where the lengths are.
      int at = random.nextBoolean() ? random.nextInt(22) : random.nextInt(frame.length);
      frame[at] = (byte) random.nextInt(256);
    }
    return frame;
  }

  private static List<byte[]> validFrames(RaftPeer peer) throws IOException {
    AppendEntriesRequest append =
        AppendEntriesRequest.newBuilder()
            .setGroupId("test-main")
            .setServerId("127.0.0.1:9999")
            .setPeerId(peer.toString())
            .setTerm(0)
            .setPrevLogIndex(0)
            .setPrevLogTerm(0)
            .setCommittedIndex(0)
            .build();
    AppendEntriesRequestHeader header =
        AppendEntriesRequestHeader.newBuilder()
            .setGroupId("test-main")
            .setServerId("127.0.0.1:9999")
            .setPeerId(peer.toString())
            .build();
    RequestVoteRequest vote =
        RequestVoteRequest.newBuilder()
            .setGroupId("test-main")
            .setServerId("127.0.0.1:9999")
            .setPeerId(peer.toString())
            .setTerm(1)
            .setLastLogIndex(0)
            .setLastLogTerm(0)
            .setPreVote(true)
            .build();
    return List.of(
        message(append, header.toByteArray()),
        message(vote, new byte[0]),
        frame(1, 1, "java.util.HashMap", new byte[] {'H', 'Z'}, 2),
        frame(2, 1, "java.lang.String", new byte[] {1, 'a'}, 2));
  }

  private static byte[] message(MessageLite message, byte[] header) throws IOException {
    byte[] name = message.getClass().getName().getBytes(StandardCharsets.UTF_8);
    byte[] content = message.toByteArray();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    writeHeader(bytes, 1, 1, new int[] {name.length, header.length, content.length});
    bytes.write(name);
    bytes.write(header);
    bytes.write(content);
    return bytes.toByteArray();
  }

  private static byte[] frame(
      int protocol, int type, String className, byte[] content, int declared) throws IOException {
    byte[] name = className.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    writeHeader(bytes, protocol, type, new int[] {name.length, 0, declared});
    bytes.write(name);
    bytes.write(content);
    return bytes.toByteArray();
  }

  private static void writeHeader(OutputStream bytes, int protocol, int type, int[] lengths)
      throws IOException {
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeByte(protocol);
    if (protocol == 2) {
      out.writeByte(1); // version
    }
    out.writeByte(type);
    out.writeShort(1); // an RPC request
    out.writeByte(1);
    out.writeInt(42); // id
    out.writeByte(1); // Hessian
    if (protocol == 2) {
      out.writeByte(0); // no CRC
    }
    out.writeInt(1_000); // timeout
    out.writeShort(lengths[0]);
    out.writeShort(lengths[1]);
    out.writeInt(lengths[2]);
    out.flush();
  }
}
