package io.cairn.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.chaos.cluster.Cluster;
import io.cairn.chaos.cluster.ClusterOptions;
import io.cairn.chaos.cluster.Clusters;
import io.cairn.chaos.cluster.Command;
import io.cairn.chaos.cluster.ControlPage;
import io.cairn.chaos.cluster.Means;
import io.cairn.chaos.cluster.ServerCluster;
import io.cairn.chaos.cluster.Shim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files a shim touches, shown by a program that writes one byte. */
class IoFaultsTest {
  private static final IoFaults.Trick NO_WRITE = new IoFaults.Trick(1, 1, 1_000_000);
  private final Optional<String> home = Optional.ofNullable(System.getProperty("cairn.home"));

  @TempDir private Path folder;

  @BeforeEach
  void nothingIsStarted() throws IOException {
    assumeTrue(Means.compiler().isEmpty());
    Path jar = folder.resolve("home/store-server/target/store-server.jar");
    Files.createDirectories(jar.getParent());
    Files.createFile(jar);
    System.setProperty("cairn.home", folder.resolve("home").toString());
  }

  @AfterEach
  void homeIsAsBefore() {
    home.ifPresentOrElse(
        value -> System.setProperty("cairn.home", value), () -> System.clearProperty("cairn.home"));
  }

  @Test
  void onlyFilesOfTheNamedPartAreHit() throws IOException {
    Path root = folder.resolve("run");
    try (Cluster cluster = Clusters.create(ClusterOptions.of(1, root).withShim(Shim.IO))) {
      ControlPage page =
          ((ServerCluster) cluster).controlPage(((ServerCluster) cluster).node("n1"), Shim.IO);
      Path group = root.resolve("nodes/n1/disk/data/groups/1");
      Path log = Files.createDirectories(group.resolve("raft/log")).resolve("file");
      Path vote = Files.createDirectories(group.resolve("raft/meta")).resolve("file");
      assertThat(writes(root, log)).isTrue();

      IoFaults.begin(page, NO_WRITE, 1_000_000, 0, StoredPart.LOG.mark());
      assertThat(writes(root, log)).isFalse();
      assertThat(writes(root, vote)).isTrue();
      assertThat(IoFaults.end(page)).containsEntry("writes-hit", 1L);

      IoFaults.begin(page, NO_WRITE, 1_000_000, 0, "");
      assertThat(writes(root, vote)).isFalse();
      assertThat(writes(root, folder.resolve("elsewhere"))).isTrue();
      assertThat(IoFaults.end(page)).containsEntry("writes-hit", 1L);
      assertThat(writes(root, log)).isTrue();
    }
  }

  private static boolean writes(Path root, Path file) {
    return Command.attempt(
            "env",
            "LD_PRELOAD=" + root.resolve("shims/io.so"),
            "CHAOS_IO=" + root.resolve("nodes/n1/io.page"),
            "CHAOS_IO_PATH=" + root.resolve("nodes/n1/disk"),
            "dd",
            "if=/dev/zero",
            "of=" + file,
            "bs=1",
            "count=1",
            "status=none")
        .isPresent();
  }
}
