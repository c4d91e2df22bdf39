package io.cairn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cairn.client.Cairn;
import io.cairn.client.TaskRun;
import io.cairn.server.FreePorts;
import io.cairn.server.ops.LogSetup;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands against three real processes. */
@Timeout(180)
class CliIT {
  @TempDir private static Path temp;
  private static String dir = "";

  @BeforeAll
  static void start() {
    LogSetup.silenceShims();
    LogSetup.apply("text", "warn");
    dir = temp.resolve("cluster").toString();
    Ran ran = Ran.real("", "cluster", "start", "--nodes", "3", "--dir", dir, "-o", "json");
    assertThat(ran.endedWith(Exit.DONE).json().path("started").asInt()).isEqualTo(3);
  }

  @AfterAll
  static void stop() {
    Ran ran = Ran.real("", "cluster", "stop", "--dir", dir, "-o", "json").endedWith(Exit.DONE);
    assertThat(ran.json().path("nodes")).hasSize(3);
    ran.json().path("nodes").forEach(node -> assertThat(node.path("result").asText()).isNotEmpty());
    Ran.real("", "cluster", "status", "--dir", dir).endedWith(Exit.UNAVAILABLE);
  }

  private static Ran run(String... arguments) {
    List<String> words = new ArrayList<>(List.of("--dir", dir, "--timeout", "20s"));
    words.addAll(List.of(arguments));
    return Ran.real("", words.toArray(String[]::new));
  }

  @Test
  void startOfARunningClusterChangesNothing() {
    Ran ran = run("cluster", "start", "-o", "json").endedWith(Exit.DONE);
    assertThat(ran.json().path("started").asInt()).isZero();
  }

  @Test
  void keysAreWrittenReadComparedAndWatched() {
    run("kv", "get", "it/a").endedWith(Exit.NOT_FOUND).saidOneLine();
    run("kv", "cas", "it/a", "1", "--absent").endedWith(Exit.DONE);
    run("kv", "cas", "it/a", "2", "--absent").endedWith(Exit.CONDITION).saidOneLine();
    JsonNode put = run("kv", "put", "it/a", "2", "-o", "json").endedWith(Exit.DONE).json();
    assertThat(run("kv", "get", "it/a").endedWith(Exit.DONE).out()).isEqualTo("2\n");
    assertThat(run("kv", "get", "it/a", "--max-staleness", "5s").endedWith(Exit.DONE).out())
        .isEqualTo("2\n");
    run("txn", "--if", "value(it/a) = 2", "--then", "put it/b 3").endedWith(Exit.DONE);
    run("txn", "--if", "value(it/a) = 9", "--else", "get it/a").endedWith(Exit.CONDITION);
    Ran watch =
        run(
            "watch",
            "it/",
            "--prefix",
            "--rev",
            put.path("revision").asText(),
            "--max-events",
            "2",
            "-o",
            "json");
    assertThat(watch.endedWith(Exit.DONE).out().lines()).hasSize(2);
    assertThat(watch.out()).contains("\"value\":\"2\"", "\"value\":\"3\"");
    String revision = put.path("revision").asText();
    run("compact", revision, "--wait", "30s").endedWith(Exit.DONE);
    run("compact", revision, "--wait", "30s").endedWith(Exit.DONE);
    assertThat(run("compact", "1", "--wait", "30s", "-o", "json").endedWith(Exit.DONE).json())
        .isEqualTo(run("compact", revision, "--wait", "30s", "-o", "json").json());
    run("compact", revision).endedWith(Exit.FAILED).saidOneLine();
    for (JsonNode node : run("status", "-o", "json").endedWith(Exit.DONE).json().path("nodes")) {
      assertThat(node.path("groups").path(0).path("removedRevision").asText()).isEqualTo(revision);
    }
    run("kv", "get", "it/a", "--rev", "1").endedWith(Exit.FAILED).saidOneLine();
  }

  @Test
  void lockRunsACommandAndEndsWithItsCode() {
    assertThat(
            run("lock", "it", "--", "sh", "-c", "test -n \"$CAIRN_LOCK_TOKEN\" && exit 7").code())
        .isEqualTo(7);
    try (Cairn cairn = client();
        var held = cairn.locks().tryLock("it").orElseThrow()) {
      assertThat(held.isHeld()).isTrue();
      run("lock", "it", "--wait", "0", "--", "true").endedWith(Exit.CONDITION).saidOneLine();
    }
    run("lock", "it", "--wait", "5s", "--", "true").endedWith(Exit.DONE);
  }

  @Test
  void leasesAreGrantedRenewedAndRevoked() {
    String id = run("lease", "grant", "60s").endedWith(Exit.DONE).out().strip();
    run("kv", "put", "leased", "v", "--lease", id).endedWith(Exit.DONE);
    JsonNode ttl = run("lease", "ttl", id, "-o", "json").endedWith(Exit.DONE).json();
    assertThat(ttl.path("keys").path(0).path("key").asText()).isEqualTo("leased");
    assertThat(run("lease", "ls").out()).contains(id);
    run("lease", "keep-alive", id, "--once").endedWith(Exit.DONE);
    run("lease", "revoke", id).endedWith(Exit.DONE);
    run("lease", "ttl", id).endedWith(Exit.NOT_FOUND).saidOneLine();
    run("kv", "get", "leased").endedWith(Exit.NOT_FOUND);
  }

  private static Cairn client() {
    return Cairn.builder()
        .endpoints(LocalCluster.open(Path.of(dir)).endpoints())
        .requestTimeout(Duration.ofSeconds(20))
        .build();
  }

  @Test
  void tasksAreShownVerifiedCancelledAndDeleted() {
    try (Cairn cairn = client();
        TaskRun<String> task = cairn.task("it/one", String.class).acquire()) {
      task.stateOr(() -> "first");
      task.append("record one".getBytes(java.nio.charset.StandardCharsets.UTF_8));
      task.checkpoint("second");
      task.complete(42L);
    }
    try (Cairn cairn = client();
        TaskRun<String> task = cairn.task("it/two", String.class).acquire()) {
      task.stateOr(() -> "first");
    }
    assertThat(run("task", "ls", "it/").endedWith(Exit.DONE).out()).contains("SUCCEEDED", "it/two");
    JsonNode show = run("task", "show", "it/one", "-o", "json").endedWith(Exit.DONE).json();
    assertThat(show.path("state").asText()).isEqualTo("SUCCEEDED");
    assertThat(show.path("checkpoints")).isNotEmpty();
    assertThat(run("task", "history", "it/one").endedWith(Exit.DONE).out())
        .contains("CREATED", "ACQUIRED", "SUCCEEDED");
    run("task", "log", "it/one", "-o", "json").endedWith(Exit.DONE);
    assertThat(run("task", "verify", "it/one").endedWith(Exit.DONE).out()).startsWith("sound");
    run("task", "show", "it/nix").endedWith(Exit.NOT_FOUND).saidOneLine();
    run("task", "cancel", "it/two").endedWith(Exit.DONE);
    run("task", "delete", "it/two", "--yes").endedWith(Exit.DONE);
    run("task", "delete", "it/two", "--yes").endedWith(Exit.NOT_FOUND).saidOneLine();
  }

  @Test
  void membersAreReplacedLeadershipMovesAndSnapshotsAreTaken() throws Exception {
    LocalCluster cluster = LocalCluster.open(Path.of(dir));
    String member =
        "node4=127.0.0.1:%d/%d/%d".formatted(FreePorts.one(), FreePorts.one(), FreePorts.one());
    Process fourth = startMember(cluster, member);
    try {
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> Files.readString(temp.resolve("node4.log")).contains("event=started"));
      run("member", "replace", "node3", member).endedWith(Exit.DONE);
      run("member", "add", member).endedWith(Exit.DONE); // asked for again: done already
      JsonNode members = run("member", "ls", "-o", "json").endedWith(Exit.DONE).json();
      assertThat(names(members.path("members"))).isEqualTo("node1,node2,node4");
      assertThat(run("leader", "transfer", "node4").endedWith(Exit.DONE).out())
          .isEqualTo("leader node4\n");
      run("leader", "transfer", "node9").endedWith(Exit.NOT_FOUND).saidOneLine();
      Ran snapshots = run("snapshot", "-o", "json").endedWith(Exit.DONE);
      assertThat(snapshots.json().path("snapshots")).hasSize(3);
      JsonNode status = run("status", "-o", "json").endedWith(Exit.DONE).json();
      assertThat(status.path("hasLeader").asBoolean()).isTrue();
      run("member", "add", cluster.nodes().get(2).member()).endedWith(Exit.DONE);
      run("leader", "transfer", "node1").endedWith(Exit.DONE);
      Ran left = run("member", "remove", "node4", "-o", "json").endedWith(Exit.DONE);
      assertThat(names(left.json().path("members"))).isEqualTo("node1,node2,node3");
      awaitSameDigest();
    } finally {
      fourth.destroy();
      assertThat(fourth.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** I7: the nodes agree, which the status shows. */
  private static void awaitSameDigest() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              JsonNode nodes = run("status", "-o", "json").json().path("nodes");
              List<String> states =
                  StreamSupport.stream(nodes.spliterator(), false)
                      .filter(node -> !node.path("node").asText().equals("node4"))
                      .map(node -> node.path("groups").path(0))
                      .map(group -> group.path("appliedIndex") + " " + group.path("stateDigest"))
                      .distinct()
                      .toList();
              assertThat(states).hasSize(1);
            });
  }

  private static String names(JsonNode members) {
    return StreamSupport.stream(members.spliterator(), false)
        .map(member -> member.path("name").asText())
        .sorted()
        .collect(Collectors.joining(","));
  }

  private static Process startMember(LocalCluster cluster, String member) throws IOException {
    String members =
        cluster.nodes().stream().map(LocalNode::member).collect(Collectors.joining(","));
    ProcessBuilder builder =
        ServerProcess.builder(
            List.of(
                "--cluster=" + cluster.name(),
                "--node=node4",
                "--data-dir=" + temp.resolve("node4"),
                "--members=" + members + "," + member));
    File log = temp.resolve("node4.log").toFile();
    return builder.redirectErrorStream(true).redirectOutput(log).start();
  }

  @Test
  void watchTellsOfAChangeThatComesWhileItWaits() {
    CompletableFuture<Ran> watch =
        CompletableFuture.supplyAsync(
            () -> run("watch", "late", "--max-events", "1", "--for", "30s"));
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              run("kv", "put", "late", "now").endedWith(Exit.DONE);
              return watch.isDone();
            });
    assertThat(watch.join().endedWith(Exit.DONE).out()).startsWith("PUT\t").endsWith("late\tnow\n");
  }

  @Test
  void nobodyAtTheEndpointIsUnavailable() throws IOException {
    String nobody = "127.0.0.1:" + FreePorts.one();
    Ran.real("", "kv", "put", "a", "b", "--timeout", "1s", "--endpoints", nobody)
        .endedWith(Exit.UNAVAILABLE)
        .saidOneLine();
    assertThat(Ran.real("", "status", "--endpoints", nobody).endedWith(Exit.UNAVAILABLE).out())
        .contains("UNREACHABLE")
        .doesNotContain("\tat ");
  }
}
