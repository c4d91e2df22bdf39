package io.cairn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a server's JVM is started. */
class ServerProcessTest {
  @TempDir Path folder;

  @Test
  void anArchiveOfClassesIsUsedOnlyIfItIsNewerThanTheJar() throws IOException {
    Path jar = Files.createFile(folder.resolve("store-server.jar"));
    assertThat(ServerProcess.classArchive(jar)).isEmpty();
    Path archive = Files.createFile(folder.resolve("cairn-server.jsa"));
    Files.setLastModifiedTime(jar, FileTime.fromMillis(20_000));
    Files.setLastModifiedTime(archive, FileTime.fromMillis(10_000));
    assertThat(ServerProcess.classArchive(jar)).isEmpty();
    Files.setLastModifiedTime(archive, FileTime.fromMillis(30_000));
    assertThat(ServerProcess.classArchive(jar)).contains("-XX:SharedArchiveFile=" + archive);
  }

  @Test
  void aJvmThatTheArchiveDoesNotFitStartsAndSaysNothing() throws Exception {
    Path jar = Files.createFile(folder.resolve("store-server.jar"));
    Files.setLastModifiedTime(jar, FileTime.fromMillis(10_000));
    Files.writeString(folder.resolve("cairn-server.jsa"), "no archive");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ServerProcess.classArchive(jar));
    assertThat(command).hasSizeGreaterThan(1);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(CairnCli.class.getName());
    command.add("--help");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said.toLowerCase(Locale.ROOT)).doesNotContain("shared archive", "[warning]");
  }
}
