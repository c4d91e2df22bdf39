package io.cairn.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cairn.chaos.cluster.RunLedger.Kind;
import io.cairn.chaos.cluster.RunLedger.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
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

  private Path abandoned(String run, String owner, String... lines) throws IOException {
    Owned.folder(folder.resolve("runs"));
    Path ledger = folder.resolve("runs").resolve(run + ".run");
    Files.writeString(ledger, "owner " + owner + "\n");
    for (String line : lines) {
      Files.writeString(ledger, line + "\n", StandardOpenOption.APPEND);
    }
    return ledger;
  }

  /** A folder of a run, with a file in it. */
  private Path made(String place, String run) throws IOException {
    Path made = MarkedFolder.make(folder.resolve(place), run);
    Files.writeString(Files.createDirectories(made.resolve("deep")).resolve("file"), "x");
    return made;
  }

  @Test
  void nothingIsLeftWhereNobodyRan() {
    assertThat(Leftovers.clean()).isEmpty();
  }

  @Test
  void runThatLivesKeepsWhatItHas() throws IOException {
    try (RunLedger ledger = RunLedger.open()) {
      Path kept = made("kept/nodes", ledger.run());
      ledger.record(Kind.FOLDER, kept.toString());
      assertThat(Leftovers.clean()).isEmpty();
      assertThat(kept).isDirectory();
    }
  }

  @Test
  void runWhoseProcessIsGoneLosesFoldersAndProcesses() throws Exception {
    Path made = made("made/nodes", "aaaa");
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
      Path ledger = abandoned("aaaa", "1:1", "folder " + made);
      assertThat(Leftovers.clean())
          .containsExactly("process " + server.pid(), "folder " + made, "run aaaa");
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
      Path ledger = abandoned("dddd", "1:1", "folder " + folder.resolve("nodes"));
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
    Path ledger = abandoned("cccc", me.pid() + ":" + (me.startTicks() - 1));
    assertThat(Leftovers.clean()).containsExactly("run cccc");
    assertThat(ledger).doesNotExist();
  }

  @Test
  void whatCannotBeTakenAwayKeepsItsLedgerAndNotTheRest() throws IOException {
    Path made = made("made/nodes", "eeee");
    Path broken = abandoned("eeee", "1:1", "folder " + made, "control_group " + folder);
    Path other = made("other/nodes", "ffff");
    Path whole = abandoned("ffff", "1:1", "folder " + other);
    assertThatThrownBy(Leftovers::clean)
        .isInstanceOf(ClusterFailure.class)
        .hasMessageContaining("run eeee")
        .hasMessageContaining(folder.toString());
    assertThat(made).doesNotExist();
    assertThat(broken).exists();
    assertThat(other).doesNotExist();
    assertThat(whole).doesNotExist();
  }

  @Test
  void pathThatALaterRunHasNowIsLeftToIt() throws IOException {
    Path taken = made("out/nodes", "llll");
    abandoned("oooo", "1:1", "folder " + taken, "image " + taken.resolve("deep/file"));
    abandoned("llll", ProcessStamp.current().text(), "folder " + taken);
    assertThat(Leftovers.clean()).containsExactly("run oooo");
    assertThat(taken.resolve("deep/file")).exists();
  }

  @Test
  void filesOfSomebodyElseInTheFolderOfARunStay() throws IOException {
    Path own = Files.createDirectories(folder.resolve("out/nodes"));
    Files.writeString(own.resolve("mine"), "x");
    Path marked = MarkedFolder.make(folder.resolve("elsewhere"), "oooo");
    Path link = Files.createSymbolicLink(folder.resolve("shims"), marked);
    abandoned("oooo", "1:1", "folder " + own, "folder " + link);
    assertThat(Leftovers.clean()).containsExactly("run oooo");
    assertThat(own.resolve("mine")).exists();
    assertThat(marked).isNotEmptyDirectory();
  }

  @Test
  void foldersThatNoRunMakesAreRefused() throws IOException {
    Path own = Files.createDirectories(folder.resolve("data"));
    Path ledger = abandoned("oooo", "1:1", "folder " + own, "namespace cc-ffff-n1", "device eth0");
    assertThatThrownBy(Leftovers::clean)
        .hasMessageContaining("'folder " + own + "' is nothing that run oooo would make")
        .hasMessageContaining("'namespace cc-ffff-n1'")
        .hasMessageContaining("'device eth0'");
    assertThat(own).isDirectory();
    assertThat(ledger).exists();
  }

  @Test
  void emptyFolderOfARunThatMadeNoMarkYetGoes() throws IOException {
    Path made = Files.createDirectories(folder.resolve("out/nodes"));
    abandoned("oooo", "1:1", "folder " + made);
    assertThat(Leftovers.clean()).containsExactly("folder " + made, "run oooo");
  }

  @Test
  void lineWithoutItsEndIsNotObeyed() throws IOException {
    Path kept = made("nodes", "oooo");
    Path ledger = abandoned("oooo", "1:1");
    Files.writeString(ledger, "folder " + kept, StandardOpenOption.APPEND);
    assertThat(Leftovers.clean()).containsExactly("run oooo");
    assertThat(kept).isDirectory();
  }

  @Test
  void ledgersThatCannotBeReadDoNotKeepTheOthers() throws IOException {
    Path unknown = abandoned("aaaa", "1:1", "planet mars");
    Path owner = abandoned("bbbb", "nobody");
    Path nobody = abandoned("cccc", "1:1");
    Files.writeString(nobody, "folder " + folder + "\n");
    Path whole = abandoned("ffff", "1:1");
    assertThatThrownBy(Leftovers::clean)
        .isInstanceOf(ClusterFailure.class)
        .hasMessageContaining(unknown.toString())
        .hasMessageContaining("'nobody' is no process")
        .hasMessageContaining(nobody + " names no owner");
    assertThat(unknown).exists();
    assertThat(owner).exists();
    assertThat(whole).doesNotExist();
  }

  @Test
  void ledgersThatOthersMayHaveWrittenAreNotObeyed() throws IOException {
    Path made = made("nodes", "aaaa");
    Path ledger = abandoned("aaaa", "1:1", "folder " + made);
    Files.setPosixFilePermissions(ledger, PosixFilePermissions.fromString("rw-rw-rw-"));
    assertThatThrownBy(Leftovers::clean).hasMessageContaining(ledger + " is not trusted");
    Files.delete(ledger);
    Path elsewhere = folder.resolve("elsewhere");
    Files.writeString(elsewhere, "owner 1:1\nfolder " + made + "\n");
    Files.createSymbolicLink(ledger, elsewhere);
    assertThatThrownBy(Leftovers::clean).hasMessageContaining("it is a link");
    Path home = folder.resolve("runs");
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(Leftovers::clean).hasMessageContaining(home + " is not trusted");
    assertThatThrownBy(RunLedger::open).hasMessageContaining(home + " is not trusted");
    assertThat(made).isDirectory();
  }

  @Test
  void ledgersAreForTheirUserAlone() throws IOException {
    try (RunLedger ledger = RunLedger.open()) {
      Path home = folder.resolve("runs");
      assertThat(Files.getPosixFilePermissions(home))
          .isEqualTo(PosixFilePermissions.fromString("rwx------"));
      assertThat(Files.getPosixFilePermissions(home.resolve(ledger.run() + ".run")))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
  }

  @Test
  void whatOthersWriteIntoALedgerIsNoneOfItsRun() throws IOException {
    try (RunLedger ledger = RunLedger.open()) {
      Path file = folder.resolve("runs").resolve(ledger.run() + ".run");
      ledger.record(Kind.FOLDER, "/somewhere/nodes");
      Files.writeString(file, "mount /home\n", StandardOpenOption.APPEND);
      assertThat(ledger.lines()).extracting(Line::kind).containsExactly(Kind.OWNER, Kind.FOLDER);
    }
  }

  @Test
  void mountsAreReadAsTheKernelWritesThem() throws IOException {
    Path table = folder.resolve("mounts");
    Files.writeString(
        table,
        "/dev/loop0 /a/with\\040blank\\134and\\011tab ext4 rw 0 0\nproc /proc proc rw 0 0\n");
    assertThat(Mounts.table(table))
        .containsExactly(
            Map.entry(Path.of("/a/with blank\\and\ttab"), "/dev/loop0"),
            Map.entry(Path.of("/proc"), "proc"));
  }

  @Test
  void networkIsFreeOnlyIfNoRouteLeadsThere() {
    String said =
        """
        2: eth0    inet 172.17.0.2/16 brd 172.17.255.255 scope global eth0
        default via 172.17.0.1 dev eth0
        10.0.0.0/8 dev vpn scope link
        198.18.7.128/25 dev ccb-aaaa proto kernel
        local 198.19.1.9 dev lo table local
        """;
    assertThat(NamespaceNetwork.isTaken(said, "10.210.3.")).as("within a wider one").isTrue();
    assertThat(NamespaceNetwork.isTaken(said, "172.17.5.")).isTrue();
    assertThat(NamespaceNetwork.isTaken(said, "198.18.7.")).as("around a narrower one").isTrue();
    assertThat(NamespaceNetwork.isTaken(said, "198.19.1.")).as("around an address").isTrue();
    assertThat(NamespaceNetwork.isTaken(said, "198.18.8.")).isFalse();
    assertThat(NamespaceNetwork.isTaken(said, "198.19.0.")).isFalse();
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
