package io.cairn.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.chaos.cluster.Command;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpaceFaultsTest {
  @TempDir private Path folder;

  @Test
  void filesAreMadeUntilThereAreNoInodes() {
    String mount = folder.toString();
    assumeTrue(
        Command.attempt("mount", "-t", "tmpfs", "-o", "nr_inodes=40", "tmpfs", mount).isPresent());
    try {
      long made = SpaceFaults.makeFiles(folder.resolve("fillers"));
      assertThat(made).isBetween(30L, 40L);
      assertThat(folder.resolve("fillers/f" + (made - 1))).exists();
      assertThat(Command.attempt("touch", mount + "/more")).isEmpty();
    } finally {
      Command.run("umount", mount);
    }
  }
}
