package io.cairn.server.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
  private final RecordedHalt halt = new RecordedHalt();

  @TempDir Path folder;

  @Test
  void secondOwnerIsToldTheProcessIdOfTheFirst() throws IOException {
    try (DataFolderLock lock = DataFolderLock.acquire(folder)) {
      assertThat(lock).isNotNull();
      assertThatThrownBy(() -> DataFolderLock.acquire(folder))
          .isInstanceOf(DataFolderLock.FolderInUseException.class)
          .hasMessageContaining(folder.toString())
          .hasMessageContaining("process " + ProcessHandle.current().pid());
    }
    DataFolderLock.acquire(folder).close();
  }

  @Test
  void folderOfThisNodeIsClaimedAgain() throws IOException {
    DataFolderLock.acquire(folder).close();
    FolderFormat first = FolderFormat.claim(folder, "prod", "node1");
    assertThat(FolderFormat.claim(folder, "prod", "node1")).isEqualTo(first);
  }

  @Test
  void folderOfAnotherClusterOrNodeIsRefusedWithBothNames() throws IOException {
    FolderFormat.claim(folder, "prod", "node1");
    assertThatThrownBy(() -> FolderFormat.claim(folder, "test", "node1"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("'prod'")
        .hasMessageContaining("'test'");
    assertThatThrownBy(() -> FolderFormat.claim(folder, "prod", "node2"))
        .hasMessageContaining("'node1'")
        .hasMessageContaining("'node2'");
  }

  @Test
  void folderOfANewerFormatIsRefused() throws IOException {
    Files.writeString(folder.resolve("FORMAT"), "version=9\ncluster=prod\nnode=node1\n");
    assertThatThrownBy(() -> FolderFormat.claim(folder, "prod", "node1"))
        .hasMessageContaining("format 9")
        .hasMessageContaining("up to " + FolderFormat.CURRENT_VERSION);
  }

  @Test
  void folderWithALogInRocksDbIsRefused() throws IOException {
    Files.writeString(folder.resolve("FORMAT"), "version=1\ncluster=prod\nnode=node1\n");
    assertThatThrownBy(() -> FolderFormat.claim(folder, "prod", "node1"))
        .hasMessageContaining("has format 1 of an earlier version")
        .hasMessageContaining("start the version that wrote it");
  }

  @Test
  void damagedFormatAndForeignFilesAreRefused() throws IOException {
    Files.writeString(folder.resolve("FORMAT"), "version=\n");
    assertThatThrownBy(() -> FolderFormat.claim(folder, "prod", "node1"))
        .hasMessageContaining("damaged");
    Files.delete(folder.resolve("FORMAT"));
    Files.writeString(folder.resolve("thesis.doc"), "");
    assertThatThrownBy(() -> FolderFormat.claim(folder, "prod", "node1"))
        .hasMessageContaining("thesis.doc");
  }

  @Test
  void formedFolderRemembersItsVotersAndIgnoresLaterOnes() throws IOException {
    RaftPeer self = new RaftPeer("127.0.0.1", 7421);
    RaftPeer other = new RaftPeer("127.0.0.1", 7431);
    assertThat(open(self, List.of(self, other), true).initialVoters()).containsExactly(self, other);
    assertThat(open(self, List.of(), false).initialVoters()).containsExactly(self, other);
    assertThat(open(self, List.of(self), true).initialVoters()).containsExactly(self, other);
  }

  @Test
  void folderThatWaitsIsNotFormedLater() throws IOException {
    RaftPeer self = new RaftPeer("127.0.0.1", 7421);
    assertThat(open(self, List.of(), false).initialVoters()).isEmpty();
    assertThat(open(self, List.of(self), true).initialVoters()).isEmpty();
  }

  @Test
  void logWithoutVoteAndVoteWithoutLogAreRefused() throws IOException {
    RaftPeer self = new RaftPeer("127.0.0.1", 7421);
    GroupFolder group = open(self, List.of(self), true);
    group.metaStorage().setTermAndVotedFor(3, self.toPeerId());
    assertThatThrownBy(() -> open(self, List.of(self), true))
        .hasMessageContaining("lost its log")
        .hasMessageContaining("term 3");
    Files.writeString(group.log().resolve("0000000001.segment.new"), ""); // begun is no log
    assertThatThrownBy(() -> open(self, List.of(self), true)).hasMessageContaining("lost its log");
    Files.delete(group.meta().resolve(MetaCopies.COPY_A));
    Files.delete(group.meta().resolve(MetaCopies.COPY_B));
    assertThatThrownBy(() -> open(self, List.of(self), true))
        .hasMessageContaining("lost its term and vote");
  }

  private GroupFolder open(RaftPeer self, List<RaftPeer> voters, boolean forming)
      throws IOException {
    return GroupFolder.open(
        new RaftGroupConfig(
            "prod", "main", self, voters, forming, folder, RaftGroupConfig.Timings.DEFAULT),
        halt);
  }
}
