package io.cairn.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  @Test
  void aDiskOfARunThatIsTakenAwayIsNotMountedAgain() {
    try (RunLedger ledger = RunLedger.open()) {
      LoopDisk disk = new LoopDisk(ledger, folder.resolve("disk.img"), folder.resolve("disk"));
      try {
        disk.detach();
        assertThat(disk.isThere()).isFalse();
        assertThat(ledger.shut()).isTrue();
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
      LoopDisk disk = new LoopDisk(ledger, link.resolve("disk.img"), link.resolve("disk"));
      try {
        assertThat(disk.isThere()).isTrue();
        disk.wipe();
        assertThat(disk.isThere()).isTrue();
      } finally {
        Leftovers.clear(ledger.run(), ledger.lines());
      }
      assertThat(disk.isThere()).isFalse();
      assertThat(Leftovers.isMounted(real.resolve("disk").toString())).isFalse();
    }
  }

  @Test
  void aFolderWithAMountInItIsNotWalkedInto() throws IOException {
    Path nodes = Files.createDirectory(folder.resolve("nodes"));
    try (RunLedger ledger = RunLedger.open()) {
      ledger.record(RunLedger.Kind.FOLDER, nodes.toString());
      LoopDisk disk = new LoopDisk(ledger, nodes.resolve("disk.img"), nodes.resolve("disk"));
      Path kept = Files.createFile(disk.mount().resolve("kept"));
      try {
        assertThatThrownBy(() -> Leftovers.clear("none", ledger.lines().subList(0, 2)))
            .isInstanceOf(ClusterFailure.class)
            .hasMessageContaining("something is mounted in it");
        assertThat(kept).exists();
      } finally {
        Leftovers.clear(ledger.run(), ledger.lines());
      }
      assertThat(nodes).doesNotExist();
    }
  }
}
