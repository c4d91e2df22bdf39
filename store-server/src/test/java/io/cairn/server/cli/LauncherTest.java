package io.cairn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The script {@code cairn}: which program it starts, and with which heap. */
class LauncherTest {
  private static final String SMALL_HEAP = "-Xmx256m";
  private static final String JAVA = "#!/bin/sh\nfor word; do echo \"$word\"; done\n";

  @TempDir private Path root;

  @BeforeEach
  void builtBefore() throws IOException {
    Path sources = Path.of("").toAbsolutePath();
    while (!Files.exists(sources.resolve("docs/cli.md"))) {
      sources = sources.getParent();
      assertThat(sources).as("root of the sources").isNotNull();
    }
    Files.copy(sources.resolve("cairn"), root.resolve("cairn"));
    for (String module : List.of("store-server/target/store-server", "bench/target/bench")) {
      Path jar = root.resolve(module + ".jar");
      Files.createDirectories(jar.resolveSibling("lib"));
      Files.createFile(jar);
    }
    Path java = root.resolve("jdk/bin/java");
    Files.createDirectories(java.getParent());
    Files.writeString(java, JAVA);
    assertThat(java.toFile().setExecutable(true)).isTrue();
  }

  /** What the JVM is started with, one word a line. */
  private List<String> started(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("bash", root.resolve("cairn").toString()));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", root.resolve("jdk").toString());
    builder.environment().remove("CAIRN_JAVA_OPTS");
    builder.environment().remove("CAIRN_REBUILD");
    Process process = builder.start();
    String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(told).isZero();
    return told.lines().toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "worker run --jar x.jar",
        "--dir /tmp/c worker run --jar x.jar",
        "--endpoints=h:1 --verbose worker -o json run --jar x.jar",
      })
  void workerHasTheHeapOfItsMachine(String line) throws Exception {
    String[] words = line.split(" ", -1);
    assertThat(started(words))
        .doesNotContain(SMALL_HEAP)
        .containsSequence(words)
        .contains("io.cairn.server.cli.CairnCli");
  }

  @ParameterizedTest
  @ValueSource(strings = {"server", "--verbose server", "server --node worker run"})
  void serverHasItsOwnHeap(String line) throws Exception {
    assertThat(started(line.split(" ", -1))).contains("-Xmx1g").doesNotContain(SMALL_HEAP);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"worker ls", "--dir server kv get bench", "kv get server", "--timeout", "--help"})
  void otherCommandsAreSmall(String line) throws Exception {
    assertThat(started(line.split(" ", -1)))
        .contains(SMALL_HEAP, "io.cairn.server.cli.CairnCli")
        .endsWith(line.split(" ", -1));
  }

  @Test
  void benchIsAProgramOfItsOwn() throws Exception {
    assertThat(started("-o", "json", "bench", "jobs", "--dir", "bench"))
        .contains("io.cairn.bench.BenchCli")
        .endsWith("-o", "json", "jobs", "--dir", "bench");
    assertThat(started("bench")).endsWith("io.cairn.bench.BenchCli");
  }
}
