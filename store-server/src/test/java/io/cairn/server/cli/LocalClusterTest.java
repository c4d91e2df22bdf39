package io.cairn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a cluster's folder remembers, and what is refused before any process is started. */
class LocalClusterTest {
  @TempDir private Path dir;

  private Ran run(String... arguments) {
    return Ran.with(new StoreInMemory(1).client(), "", arguments);
  }

  @Test
  void folderThatHoldsSomethingElseIsRefused() throws IOException {
    Files.writeString(dir.resolve("thesis.txt"), "precious");
    Ran ran = run("cluster", "start", "--dir", dir.toString()).endedWith(Exit.FAILED).saidOneLine();
    assertThat(ran.err()).contains("thesis.txt");
    assertThat(dir.resolve("cluster.json")).doesNotExist();
  }

  @Test
  void fileInsteadOfFolderIsRefused() throws IOException {
    Path file = Files.writeString(dir.resolve("file"), "");
    run("cluster", "start", "--dir", file.toString()).endedWith(Exit.FAILED).saidOneLine();
  }

  @Test
  void folderOnWhichAnotherCommandIsAtWorkIsRefused() throws IOException {
    LocalCluster.create(dir, 3, 7420);
    // A lock of this JVM cannot be taken twice by it, which is told apart from another process.
    try (FileChannel channel =
            FileChannel.open(
                dir.resolve(LocalClusterLock.FILE),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock held = channel.lock()) {
      assertThat(held.isValid()).isTrue();
      Ran ran =
          run("cluster", "stop", "--dir", dir.toString()).endedWith(Exit.FAILED).saidOneLine();
      assertThat(ran.err()).contains("another 'cairn cluster' command");
    }
  }

  @Test
  void otherNumberOfNodesThanRememberedIsRefused() throws IOException {
    LocalCluster.create(dir, 3, 7420);
    Ran ran =
        run("cluster", "start", "--nodes", "5", "--dir", dir.toString())
            .endedWith(Exit.USAGE)
            .saidOneLine();
    assertThat(ran.err()).contains("--nodes 3, not 5");
  }

  @Test
  void damagedMemoryIsNamed() throws IOException {
    Files.writeString(dir.resolve("cluster.json"), "{\"format\":1,");
    assertThat(run("status", "--dir", dir.toString()).endedWith(Exit.FAILED).saidOneLine().err())
        .contains("cluster.json is damaged");
    Files.writeString(dir.resolve("cluster.json"), "{\"format\":9}");
    assertThat(run("status", "--dir", dir.toString()).endedWith(Exit.FAILED).saidOneLine().err())
        .contains("format 9", "reads 1");
  }

  @Test
  void portInUseIsNamedAndNothingStarted() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      Ran ran =
          run("cluster", "start", "--nodes", "1", "--base-port", port, "--dir", dir.toString())
              .endedWith(Exit.FAILED)
              .saidOneLine();
      assertThat(ran.err()).contains("port " + port).contains("nothing was started");
      assertThat(dir.resolve("node1")).doesNotExist();
    }
  }

  @Test
  void clusterIsRememberedWithItsPortsAndFormedOnce() throws IOException {
    LocalCluster made = LocalCluster.create(dir, 3, 9000);
    assertThat(made.endpoints()).isEqualTo("127.0.0.1:9000,127.0.0.1:9010,127.0.0.1:9020");
    assertThat(made.nodes().get(1).member()).isEqualTo("node2=127.0.0.1:9011/9010/9012");
    LocalCluster again = LocalCluster.open(dir);
    assertThat(again.name()).isEqualTo(made.name());
    assertThat(again.isFormed()).isFalse();
    again.remembersForming();
    assertThat(LocalCluster.open(dir).isFormed()).isTrue();
  }

  @Test
  void processOfAnotherStartIsNotOurs() throws IOException {
    LocalNode node = new LocalNode("node1", 9000, dir);
    long self = ProcessHandle.current().pid();
    Instant started = ProcessHandle.current().info().startInstant().orElseThrow();
    Files.writeString(dir.resolve("server.pid"), self + " " + started.toEpochMilli());
    assertThat(node.process()).isPresent();
    Files.writeString(dir.resolve("server.pid"), self + " " + (started.toEpochMilli() - 60_000));
    assertThat(node.process()).isEmpty();
    Files.writeString(dir.resolve("server.pid"), "garbage");
    assertThat(node.process()).isEmpty();
  }

  @Test
  void stopOfWhatDoesNotRunIsNoError() throws IOException {
    LocalCluster.create(dir, 3, 7420);
    assertThat(run("cluster", "stop", "--dir", dir.toString()).endedWith(Exit.DONE).out())
        .isEqualTo("node1 was not running\nnode2 was not running\nnode3 was not running\n");
    run("cluster", "status", "--dir", dir.toString()).endedWith(Exit.UNAVAILABLE);
  }
}
