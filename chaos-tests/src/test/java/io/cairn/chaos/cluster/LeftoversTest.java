package io.cairn.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cairn.chaos.cluster.RunLedger.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftoversTest {
  private static final String RUNS = "cairn.chaos.runs";

  @TempDir Path folder = Path.of("");

  @BeforeEach
  void keepLedgersApart() {
    System.setProperty(RUNS, folder.resolve("runs").toString());
  }

  @AfterEach
  void forgetLedgers() {
    System.clearProperty(RUNS);
  }

  private Path abandoned(String run, String owner, Path made) throws IOException {
    Files.createDirectories(folder.resolve("runs"));
    Path ledger = folder.resolve("runs").resolve(run + ".run");
    Files.writeString(ledger, "owner " + owner + "\nfolder " + made + "\n");
    return ledger;
  }

  @Test
  void nothingIsLeftWhereNobodyRan() {
    assertThat(Leftovers.clean()).isEmpty();
  }

  @Test
  void runThatLivesKeepsWhatItHas() throws IOException {
    Path kept = Files.createDirectories(folder.resolve("kept"));
    try (RunLedger ledger = RunLedger.open()) {
      ledger.record(Kind.FOLDER, kept.toString());
      assertThat(Leftovers.clean()).isEmpty();
      assertThat(kept).isDirectory();
    }
  }

  @Test
  void runWhoseProcessIsGoneLosesFoldersAndProcesses() throws Exception {
    Path made = Files.createDirectories(folder.resolve("made/deep"));
    Files.writeString(made.resolve("file"), "x");
    // A shell that carries the run's mark, as a server does.
    Process server =
        new ProcessBuilder("sh", "-c", "read never", Leftovers.mark("aaaa"))
            .redirectErrorStream(true)
            .start();
    Process bystander =
        new ProcessBuilder("sh", "-c", "read never", Leftovers.mark("bbbb"))
            .redirectErrorStream(true)
            .start();
    try {
      Path ledger = abandoned("aaaa", "1:1", folder.resolve("made"));
      assertThat(Leftovers.clean())
          .containsExactly(
              "process " + server.pid(), "folder " + folder.resolve("made"), "run aaaa");
      assertThat(server.waitFor()).isEqualTo(137);
      assertThat(bystander.isAlive()).isTrue();
      assertThat(made).doesNotExist();
      assertThat(ledger).doesNotExist();
    } finally {
      server.destroyForcibly();
      bystander.destroyForcibly();
    }
  }

  @Test
  void frozenHelperOfAProcessThatIsGoneIsEnded() throws Exception {
    Process helper =
        new ProcessBuilder("sh", "-c", "read never", "-Dcairn.chaos.owner=1:1")
            .redirectErrorStream(true)
            .start();
    Process other =
        new ProcessBuilder("sh", "-c", "read never", Leftovers.ownerMark())
            .redirectErrorStream(true)
            .start();
    try {
      assertThat(Command.attempt("kill", "-STOP", Long.toString(helper.pid()))).isPresent();
      Path ledger = abandoned("dddd", "1:1", folder.resolve("nothing"));
      assertThat(Leftovers.clean()).containsExactly("process " + helper.pid(), "run dddd");
      assertThat(helper.waitFor()).isEqualTo(137);
      assertThat(other.isAlive()).isTrue();
      assertThat(ledger).doesNotExist();
    } finally {
      helper.destroyForcibly();
      other.destroyForcibly();
    }
  }

  @Test
  void laterProcessOfTheSameIdIsNotTheOwner() throws IOException {
    ProcessStamp me = ProcessStamp.current();
    Path ledger =
        abandoned("cccc", me.pid() + ":" + (me.startTicks() - 1), folder.resolve("nothing"));
    assertThat(Leftovers.clean()).containsExactly("run cccc");
    assertThat(ledger).doesNotExist();
  }

  @Test
  void whatCannotBeTakenAwayKeepsItsLedgerAndNotTheRest() throws IOException {
    Path made = Files.createDirectories(folder.resolve("made"));
    Path noGroup = Files.createDirectories(folder.resolve("group"));
    Path broken = abandoned("eeee", "1:1", made);
    Files.writeString(broken, Files.readString(broken) + "control_group " + noGroup + "\n");
    Path whole = abandoned("ffff", "1:1", Files.createDirectories(folder.resolve("other")));
    assertThatThrownBy(Leftovers::clean)
        .isInstanceOf(ClusterFailure.class)
        .hasMessageContaining("run eeee")
        .hasMessageContaining(noGroup.toString());
    assertThat(made).doesNotExist();
    assertThat(broken).exists();
    assertThat(folder.resolve("other")).doesNotExist();
    assertThat(whole).doesNotExist();
  }

  @Test
  void mountsAreReadAsTheKernelWritesThem() throws IOException {
    Path table = folder.resolve("mounts");
    Files.writeString(
        table,
        "/dev/loop0 /a/with\\040blank\\134and\\011tab ext4 rw 0 0\nproc /proc proc rw 0 0\n");
    assertThat(Leftovers.mounts(table))
        .containsExactlyInAnyOrder(Path.of("/a/with blank\\and\ttab"), Path.of("/proc"));
  }

  @Test
  void packetsOfRulesAreAdded() {
    String rules =
        """
        Chain INPUT (policy ACCEPT 0 packets, 0 bytes)
            pkts      bytes target     prot opt in     out     source               destination
              12      720 DROP       0    --  *      *       10.1.1.1             0.0.0.0/0
               5      300 DROP       0    --  *      *       10.1.1.2             0.0.0.0/0
               3      120 REJECT     6    --  *      *       0.0.0.0/0            0.0.0.0/0
        """;
    assertThat(NamespaceNetwork.packets(rules, "DROP")).isEqualTo(17);
    assertThat(NamespaceNetwork.packets(rules, "REJECT")).isEqualTo(3);
  }

  @Test
  void statusOfANodeIsRead() {
    String json =
        """
        {"cluster":"c","node":"n1","groups":[{"group":1,"role":"LEADER","term":7,\
        "leader":{"name":"n1"},"applied_index":41,"committed_index":42,"last_log_index":43,\
        "first_log_index":1,"snapshot_index":9,"state_digest":"ab01"}]}""";
    assertThat(NodeStatus.parse(json)).contains(new NodeStatus("LEADER", 7, 41, 42, 1, 9, "ab01"));
    assertThat(NodeStatus.parse("{\"groups\":[]}")).isEmpty();
  }
}
