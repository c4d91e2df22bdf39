package io.cairn.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LoopDiskTest {
  private static final String RUNS = "cairn.chaos.runs";

  @TempDir Path folder = Path.of("");

  @BeforeEach
  void onlyWhereDisksCanBeMade() {
    assumeTrue(Means.loopDisks().isEmpty());
    System.setProperty(RUNS, folder.resolve("runs").toString());
  }

  @AfterEach
  void forgetLedgers() {
    System.clearProperty(RUNS);
  }

  /** A disk in a folder of this run. */
  private static LoopDisk disk(RunLedger ledger, Path nodes) {
    MarkedFolder.make(nodes, ledger.run());
    return new LoopDisk(ledger, nodes.resolve("disk.img"), nodes.resolve("disk"));
  }

  @Test
  void aDiskOfARunThatIsTakenAwayIsNotMountedAgain() {
    try (RunLedger ledger = RunLedger.open()) {
      LoopDisk disk = disk(ledger, folder.resolve("nodes"));
      try {
        disk.detach();
        assertThat(disk.isThere()).isFalse();
        ledger.shut();
        assertThatThrownBy(disk::attach).isInstanceOf(ClusterFailure.class);
        assertThatThrownBy(disk::wipe).isInstanceOf(ClusterFailure.class);
        assertThatThrownBy(disk::freeze).isInstanceOf(ClusterFailure.class);
        assertThat(disk.isThere()).isFalse();
      } finally {
        Leftovers.clear(ledger.run(), ledger.lines());
      }
    }
  }

  @Test
  void aDiskInAFolderWithABlankBehindALinkIsRecognisedAndTakenAway() throws IOException {
    Path real = Files.createDirectory(folder.resolve("with blank"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    try (RunLedger ledger = RunLedger.open()) {
      LoopDisk disk = disk(ledger, link.resolve("nodes"));
      try {
        assertThat(disk.isThere()).isTrue();
        disk.wipe();
        assertThat(disk.isThere()).isTrue();
      } finally {
        Leftovers.clear(ledger.run(), ledger.lines());
      }
      assertThat(disk.isThere()).isFalse();
      assertThat(Mounts.isMounted(real.resolve("nodes/disk").toString())).isFalse();
    }
  }

  @Test
  void aDiskAtThePathOfAnEarlierRunStaysWithTheLaterOne() throws IOException {
    try (RunLedger ledger = RunLedger.open()) {
      LoopDisk disk = disk(ledger, folder.resolve("nodes"));
      try {
        assertThat(Leftovers.clear("earlier", ledger.lines())).isEmpty();
        Path write = Files.createFile(disk.mount().resolve("write"));
        assertThat(write).exists();
        assertThat(disk.isThere()).isTrue();
      } finally {
        Leftovers.clear(ledger.run(), ledger.lines());
      }
    }
  }

  @Test
  void aDiskWhoseImageAndMarkSomebodyRemovedIsTakenAway() throws IOException {
    Path nodes = folder.resolve("nodes");
    try (RunLedger ledger = RunLedger.open()) {
      ledger.record(RunLedger.Kind.FOLDER, nodes.toString());
      LoopDisk disk = disk(ledger, nodes);
      assertThat(Command.attempt("rm", "-rf", nodes.toString())).as("it is mounted").isEmpty();
      assertThat(nodes.resolve("disk.img")).doesNotExist();
      assertThat(disk.isThere()).isTrue();
      List<String> ignored = Leftovers.clear(ledger.run(), ledger.lines());
      assertThat(disk.isThere()).isFalse();
      assertThat(nodes).doesNotExist();
      assertThat(Mounts.detach(nodes.resolve("disk.img").toString(), true)).isFalse();
    }
  }

  @Test
  void aFolderWithAMountInItIsNotWalkedInto() throws IOException {
    Path nodes = folder.resolve("nodes");
    try (RunLedger ledger = RunLedger.open()) {
      ledger.record(RunLedger.Kind.FOLDER, nodes.toString());
      LoopDisk disk = disk(ledger, nodes);
      Path kept = Files.createFile(disk.mount().resolve("kept"));
      try {
        assertThatThrownBy(() -> Leftovers.clear(ledger.run(), ledger.lines().subList(0, 2)))
            .isInstanceOf(ClusterFailure.class)
            .hasMessageContaining("something is mounted in it");
        assertThat(kept).exists();
      } finally {
        Leftovers.clear(ledger.run(), ledger.lines());
      }
      assertThat(nodes).doesNotExist();
    }
  }

  @Test
  void aDiskThatIsInUseIsNotForgotten() throws IOException {
    RunLedger ledger = RunLedger.open();
    LoopDisk disk = disk(ledger, folder.resolve("nodes"));
    try (OutputStream open = Files.newOutputStream(disk.mount().resolve("open"))) {
      open.write(1);
      assertThatThrownBy(() -> Leftovers.clear(ledger.run(), ledger.lines()))
          .isInstanceOf(ClusterFailure.class)
          .hasMessageContaining("disk.img is in use by /dev/loop");
    }
    assertThat(Leftovers.clear(ledger.run(), ledger.lines())).isEmpty();
    ledger.close();
  }
}
