package io.cairn.server.raft;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.rpc.RpcRequests;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a server sends to another has a checksum of all of it: terms, votes and entries. */
@Timeout(60)
class MessageChecksumTest {
  /** Bytes of a request's header in Bolt's second protocol. */
  private static final int HEADER_BYTES = 24;

  private static final int SWITCHES_AT = 11;
  private static final int LENGTHS_BYTES = 8;

  @TempDir Path folder;

  @Test
  void whatIsSentHasOne() throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    RecordedHalt halt = new RecordedHalt();
    try (ServerSocket other = new ServerSocket(0, 1, loopback)) {
      RaftPeer peer = RaftCluster.freePeer();
      List<RaftPeer> voters = List.of(peer, new RaftPeer("127.0.0.1", other.getLocalPort()));
      RaftGroup group =
          new RaftGroup(
              new RaftGroupConfig("test", "main", peer, voters, true, folder, RaftCluster.TIMINGS),
              new CountingMachine(),
              LogCheck.NONE,
              halt);
      group.start();
      group.past(RequestGate.Past.NONE);
      try (Socket socket = other.accept()) {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] frame = frame(in, HEADER_BYTES);
        assertThat(new String(frame, ISO_8859_1)).contains("RpcRequests$");
        CRC32 crc = new CRC32();
        crc.update(frame);
        assertThat(in.readInt()).isEqualTo((int) crc.getValue());
      } finally {
        group.crash();
      }
    }
  }

  @Test
  void oneThatDoesNotMatchEndsItsConnection() throws Exception {
    try (RaftCluster cluster = RaftCluster.formed(folder, 1)) {
      RaftPeer peer = cluster.leader().peer();
      byte[] name = RpcRequests.PingRequest.class.getName().getBytes(ISO_8859_1);
      byte[] content =
          RpcRequests.PingRequest.newBuilder().setSendTimestamp(1).build().toByteArray();
      ByteBuffer frame =
          ByteBuffer.allocate(HEADER_BYTES + name.length + content.length)
              .put(new byte[] {2, 2, 1, 0, 1, 1, 0, 0, 0, 42, 1, 1}) // up to the switches
              .putInt(1_000)
              .putShort((short) name.length)
              .putShort((short) 0)
              .putInt(content.length)
              .put(name)
              .put(content);
      CRC32 crc = new CRC32();
      crc.update(frame.array());
      try (Socket socket = new Socket(peer.host(), peer.port())) {
        socket.setSoTimeout(30_000);
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        out.write(frame.array());
        out.writeInt((int) crc.getValue());
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] answer = frame(in, HEADER_BYTES - 2);
        crc.reset();
        crc.update(answer);
        assertThat(in.readInt()).as("checksum of the answer").isEqualTo((int) crc.getValue());
        out.write(frame.array());
        out.writeInt(0);
        assertThat(in.read()).as("no answer, but the end").isEqualTo(-1);
      }
      assertThat(cluster.leader().group().status().refusedConnections()).isEqualTo(1);
      assertThat(cluster.halts()).isEmpty();
    }
  }

  /** The first message of a connection, without its checksum. */
  private static byte[] frame(DataInputStream in, int headerBytes) throws IOException {
    byte[] header = in.readNBytes(headerBytes);
    assertThat(header[0]).as("protocol").isEqualTo((byte) 2);
    assertThat(header[1]).as("version").isEqualTo((byte) 2);
    assertThat(header[SWITCHES_AT] & 1).as("with checksum").isEqualTo(1);
    ByteBuffer lengths = ByteBuffer.wrap(header).position(headerBytes - LENGTHS_BYTES);
    byte[] body = in.readNBytes(lengths.getShort() + lengths.getShort() + lengths.getInt());
    return ByteBuffer.allocate(header.length + body.length).put(header).put(body).array();
  }
}
